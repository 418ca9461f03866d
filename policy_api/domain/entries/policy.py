"""A policy: its title, the order of its sections, and the rules it is published by."""

from __future__ import annotations

from marshmallow import fields

from policy_api.domain.content.faults import refusal, shown
from policy_api.domain.content.fields import Code, Key, Line, Locale, Name, Word
from policy_api.domain.content.limits import SECTIONS
from policy_api.domain.content.list_fields import Named, Several
from policy_api.domain.content.placeholders import DECLARED_FORM, TYPES, is_declarable
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.content.web_fields import HttpsUrl
from policy_api.domain.entries.kind import EntryKind

GATES = ("all_required", "source_first", "urgent")
SERVED = ("approved", "translated")


class Declarations(Named):
    """Placeholder → type of its values."""

    def accepted_name(self, name: str) -> str:
        """Return the name of a placeholder that is not built in."""
        if not is_declarable(name):
            raise refusal(f"“{shown(name)}” cannot be declared.", DECLARED_FORM)
        return name

    def accepted_value(self, value: object) -> str:
        """Return one of the types."""
        return Word(TYPES).accepted(value)


class LicenseSchema(ContentSchema):
    """Under which terms others may use the text."""

    spdx = Name(required=True)
    url = HttpsUrl(required=True)
    attribution = Line()
    adapted_from = Line()


class PolicySchema(ContentSchema):
    """What belongs to the policy as a whole."""

    title = Line(required=True)
    kind = Code(Scheme.POLICY_KIND)
    source_locale = Locale()
    authoritative_locale = Locale()
    sections = Several(Key(), most=SECTIONS, fewest=1, required=True)
    license = fields.Nested(LicenseSchema)
    placeholders = Declarations()
    serve = Word(SERVED)
    gate = Word(GATES)


POLICY = EntryKind(name="policy", template="policies/{policy}", schema=PolicySchema)
