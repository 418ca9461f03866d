"""A kind of block for Policy API: what happens when, such as the steps of a deletion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields
from typing_extensions import override

from policy_api.domain.blocks.base import (
    Block,
    BlockKind,
    BlockSchema,
    Comparison,
    Reference,
    Scene,
    Unit,
)
from policy_api.domain.content.fields import ContentText, Key, Line
from policy_api.domain.content.limits import ITEMS
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.labels.formats import long_date


class Day(ContentText):
    """A day of the calendar, as in ``2026-03-01``."""

    @override
    def accepted(self, value: object) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError as error:
            raise ValidationError("This is no day such as 2026-03-01.") from error


class EventSchema(ContentSchema):
    """Something that happens on a day."""

    key = Key(required=True)
    """Name of the event; never used again for another one."""

    day = Day(required=True)
    """When it happens; readers see it in their language."""

    label = Line(required=True)
    """What happens; translated."""


class TimelineSchema(BlockSchema):
    """A list of such events."""

    items = Several(fields.Nested(EventSchema), most=ITEMS, fewest=1, required=True)
    """Events in the order in which they are shown."""


class TimelineKind(BlockKind):
    """What happens when."""

    kind = "timeline"
    schema = TimelineSchema
    templates = Path(__file__).parent / "templates"
    comparison = Comparison(
        items="items",
        aspects={"day": "section.changed", "label": "section.changed"},
        added="section.changed",
        removed="section.changed",
    )

    @override
    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        for event in block["items"]:
            yield Unit(path=f"items/{event['key']}/label", text=event["label"])

    @override
    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        yield from ()  # it mentions no other entry

    @override
    def compose(self, block: Block, scene: Scene) -> Block:
        return {"items": [self._composed(event, scene.locale) for event in block["items"]]}

    def _composed(self, event: Mapping[str, Any], locale: str) -> dict[str, Any]:
        day = date.fromisoformat(event["day"])
        return {
            "key": event["key"],
            "day": {"iso": event["day"], "label": long_date(day, locale)},
            "label": event["label"],
        }
