"""Translations: the units of one section, table, policy or overlay in one locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from policy_api.domain.content.faults import refusal, shown
from policy_api.domain.content.fields import Prose, Word
from policy_api.domain.content.keys import KEY_PATTERN
from policy_api.domain.content.limits import UNITS
from policy_api.domain.content.list_fields import Named
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.entries.kind import EntryKind
from policy_api.domain.entries.overlay import SourceHash
from policy_api.domain.entries.translatable import accepted_text

STATES = ("draft", "translated", "approved")
ORIGINS = ("human", "machine", "carried")

_FIELD = r"[a-z0-9][a-z0-9_-]{0,62}(?:/[a-z0-9][a-z0-9_-]{0,62}){0,5}"
_SECTION = rf"heading|blocks/{KEY_PATTERN}/{_FIELD}"
_TABLE = rf"caption|rows/{KEY_PATTERN}/{_FIELD}"


class UnitSchema(ContentSchema):
    """The translation of one text."""

    text = Prose(required=True)
    """The translation."""

    state = Word(STATES)
    """How far it is. Absent: `approved`."""

    source_hash = SourceHash()
    """Hash of the text it was made from, filled in when the bundle is published; tells when it
    is outdated."""

    origin = Word(ORIGINS)
    """Who made it. Absent: `human`."""


_UNIT = UnitSchema()


class Units(Named):
    """Address of a text → its translation; a bare text is short for one without remarks."""

    most = UNITS

    def __init__(self, form: str, example: str, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.form, self.example = re.compile(form, re.ASCII), example

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,
        data: Mapping[str, Any] | None,
        **more: object,
    ) -> dict[str, Any]:
        units = super()._deserialize(value, attr, data, **more)
        wrong: dict[str, object] = {}
        for path, unit in units.items():
            try:
                unit["text"] = accepted_text(path, unit["text"])
            except ValidationError as error:
                wrong[path] = {"text": error.messages}
        if wrong:
            raise ValidationError(wrong)
        return units

    def accepted_name(self, name: str) -> str:
        """Return the address of a text in the translated entry."""
        if self.form.fullmatch(name) is None:
            raise refusal(f"“{shown(name)}” is no text of this entry.", f"such as {self.example}")
        return name

    def accepted_value(self, value: object) -> dict[str, Any]:
        """Return a unit."""
        unit: dict[str, Any] = _UNIT.load({"text": value} if isinstance(value, str) else value)  # type: ignore[arg-type]
        return unit


class PolicyUnitsSchema(ContentSchema):
    """Translations of what belongs to the policy as a whole."""

    units = Units("title", "title", required=True)
    """`title` → its translation."""


class SectionUnitsSchema(ContentSchema):
    """Translations of a section."""

    units = Units(_SECTION, "heading or blocks/intro/markdown", required=True)
    """Address of a text in the section → its translation."""


class TableUnitsSchema(ContentSchema):
    """Translations of a table."""

    units = Units(_TABLE, "caption or rows/payments/purpose", required=True)
    """Address of a text in the table → its translation."""


class OverlayUnitsSchema(ContentSchema):
    """Translations of what a site's overlay wrote."""

    units = Units(
        rf"sections/{KEY_PATTERN}/(?:{_SECTION})|tables/{KEY_PATTERN}/(?:{_TABLE})",
        "sections/scope/blocks/covered/markdown",
        required=True,
    )
    """Address of a text that the overlay wrote → its translation."""


_SCHEMAS: Mapping[str, type[ContentSchema]] = {
    "policy": PolicyUnitsSchema,
    "sections/{section}": SectionUnitsSchema,
    "tables/{table}": TableUnitsSchema,
    "overlays/{site}": OverlayUnitsSchema,
}


PREFIX = "policies/{policy}/locales/{locale}/"

LOCALES = tuple(
    EntryKind(
        name=f"{template.partition('/')[0].removesuffix('s')} translation",
        template=f"{PREFIX}{template}",
        schema=schema,
    )
    for template, schema in _SCHEMAS.items()
)
