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
    """Identifier of the SPDX license list, such as `CC-BY-4.0`."""

    url = HttpsUrl(required=True)
    """Text of the license."""

    attribution = Line()
    """Whom to name."""

    adapted_from = Line()
    """What the text was made from."""


class PolicySchema(ContentSchema):
    """What belongs to the policy as a whole."""

    title = Line(required=True)
    """Title of the document."""

    kind = Code(Scheme.POLICY_KIND)
    """What kind of document it is. Absent: `dpv:PrivacyNotice`."""

    source_locale = Locale()
    """Locale in which it is written. Absent: that of the organization."""

    authoritative_locale = Locale()
    """Locale that counts where languages differ. Absent: the source locale."""

    sections = Several(Key(), most=SECTIONS, fewest=1, required=True)
    """Keys of its sections in order; every section is listed, and every listed one exists."""

    license = fields.Nested(LicenseSchema)
    """Terms under which others may use the text."""

    placeholders = Declarations()
    """Declared placeholder → type of its values."""

    serve = Word(SERVED)
    """State from which on a translation is shown. Absent: `translated`."""

    gate = Word(GATES)
    """Which translations a release waits for: `all_required`, all of them; `source_first`, those
    of a locale that a site offers for the first time; `urgent`, none. Absent: `source_first`."""


POLICY = EntryKind(name="policy", template="policies/{policy}", schema=PolicySchema)
