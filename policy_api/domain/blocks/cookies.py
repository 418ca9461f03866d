"""What is stored on the reader's device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from policy_api.domain.blocks.base import (
    Block,
    BlockKind,
    BlockSchema,
    Comparison,
    Reference,
    Scene,
    Unit,
)
from policy_api.domain.content.fields import Flag, Key, Line, Name, Word
from policy_api.domain.content.limits import ITEMS
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.web_fields import Period
from policy_api.domain.labels import N_
from policy_api.domain.labels.words import COOKIE_TYPES

SESSION = "session"
SESSION_LABEL = N_("Until the browser is closed")

_FIELDS = ("name", "provider", "type", "purpose", "duration", "third_party")


class Lifetime(Period):
    """A period, or ``session``."""

    def accepted(self, value: object) -> str:
        """Return a period or the word."""
        return SESSION if value == SESSION else super().accepted(value)


class CookieSchema(ContentSchema):
    """One thing that is stored."""

    key = Key(required=True)
    """Name of the item here; never used again for another one."""

    name = Name(required=True)
    """Name on the device."""

    provider = Key()
    """Recipient that sets it."""

    type = Word(COOKIE_TYPES)
    """How it is stored."""

    purpose = Line(required=True)
    """Why; translated."""

    duration = Lifetime()
    """How long it stays."""

    third_party = Flag()
    """Whether other websites can read it."""


class CookiesSchema(BlockSchema):
    """A list of such things."""

    items = Several(fields.Nested(CookieSchema), most=ITEMS, fewest=1, required=True)
    """What is stored, in order."""


class CookiesKind(BlockKind):
    """What is stored on the reader's device."""

    kind = "cookies"
    schema = CookiesSchema
    comparison = Comparison(
        items="items", noun="cookie", aspects=dict.fromkeys(_FIELDS, "cookie.changed")
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the purposes."""
        for item in block["items"]:
            yield Unit(path=f"items/{item['key']}/purpose", text=item["purpose"])

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the recipients that set something."""
        for index, item in enumerate(block["items"]):
            if "provider" in item:
                yield Reference(
                    pointer=f"/items/{index}/provider", path=f"recipients/{item['provider']}"
                )

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the items with labels for types and periods."""
        return {"items": [_composed(item, scene) for item in block["items"]]}


def _composed(item: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    return {
        "key": item["key"],
        "name": item["name"],
        "provider": _provider(item.get("provider"), scene),
        "type": _type(item.get("type"), scene),
        "purpose": item["purpose"],
        "duration": _lifetime(item.get("duration"), scene),
        "third_party": item.get("third_party"),
    }


def _provider(key: str | None, scene: Scene) -> dict[str, Any] | None:
    return None if key is None else {"key": key, "name": scene.recipient(key)["name"]}


def _type(code: str | None, scene: Scene) -> dict[str, str] | None:
    return None if code is None else {"code": code, "label": scene.word(COOKIE_TYPES[code])}


def _lifetime(duration: str | None, scene: Scene) -> dict[str, str] | None:
    if duration == SESSION:
        return {"iso": SESSION, "label": scene.word(SESSION_LABEL)}
    return scene.period(duration)
