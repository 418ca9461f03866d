"""A table: one row for each disclosure of data to a recipient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from policy_api.domain.blocks.facts import FactsSchema
from policy_api.domain.content.faults import Fault
from policy_api.domain.content.fields import Code, Country, Flag, Key, Line, Name, Region, Word
from policy_api.domain.content.limits import PLACES, ROWS
from policy_api.domain.content.list_fields import Scope, Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.entries.kind import EntryKind

COLUMNS = (
    "recipient",
    "used_on",
    "role",
    "service",
    "purpose",
    "purposes",
    "legal_basis",
    "legitimate_interest",
    "data_categories",
    "locations",
    "transfer",
    "retention",
    "required",
    "privacy_policy",
)
"""What a table can show; the rows hold more, for machines."""


class PlaceSchema(ContentSchema):
    """Where data is handled."""

    country = Country()
    """Country."""

    region = Region()
    """Wider region, in quotes: `"150"` is Europe, `"001"` the world."""

    place = Name()
    """Town or site."""

    @validates_schema
    def check_stated(self, place: Mapping[str, Any], **_: object) -> None:
        """Refuse a place that is nowhere.

        :raises ValidationError: If nothing is stated.
        """
        if not place:
            raise ValidationError([Fault("The place is empty.", "a country, a region or a place")])


class TransferSchema(ContentSchema):
    """How data leaves the European Economic Area."""

    outside_eea = Flag()
    """Whether data leaves the European Economic Area. Absent: told from the locations."""

    mechanism = Code(Scheme.TRANSFER)
    """What makes the transfer lawful (Chapter V GDPR)."""

    copy = Line()
    """Where to get a copy of the safeguards; translated."""


class RowSchema(FactsSchema):
    """One disclosure."""

    key = Key(required=True)
    """Name of the row; stays when it moves, is never used again."""

    recipient = Key(required=True)
    """Who receives the data."""

    role = Code(Scheme.ROLE)
    """Role here. Absent: that of the recipient."""

    locations = Several(fields.Nested(PlaceSchema), most=PLACES)
    """Where data is handled. Absent: not stated; `[]`: stated, nowhere."""

    transfer = fields.Nested(TransferSchema)
    """How data leaves the European Economic Area."""

    applies_to = Scope(required=True)
    """Sites that the row is for: `["*"]` or their keys."""

    locked = Flag()
    """Whether sites may not override or hide it."""

    class Meta(FactsSchema.Meta):
        fields = (
            "key",
            "recipient",
            "role",
            "purpose",
            "purposes",
            "legal_basis",
            "special_basis",
            "legitimate_interest",
            "data_categories",
            "data_categories_open",
            "locations",
            "transfer",
            "retention",
            "required",
            "source_of_data",
            "applies_to",
            "locked",
        )


class TableSchema(ContentSchema):
    """Columns and rows."""

    caption = Line()
    """Caption; translated."""

    columns = Several(Word(COLUMNS), most=len(COLUMNS), fewest=1, required=True)
    """What is shown, in order; the rows may hold more, for machines."""

    rows = Several(fields.Nested(RowSchema), most=ROWS, required=True)
    """One for each disclosure. `[]`: nobody receives data, and the table says so."""


TABLE = EntryKind(name="table", template="policies/{policy}/tables/{table}", schema=TableSchema)
