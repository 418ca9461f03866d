"""The organization that publishes the policies."""

from __future__ import annotations

from policy_api.domain.content.fields import Country, Flag, Line, Locale, LocalizedName, Name
from policy_api.domain.content.limits import LINE_LENGTH
from policy_api.domain.content.list_fields import Variables
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.entries.kind import EntryKind


class OrganizationSchema(ContentSchema):
    """Who publishes, where it sits, and what follows from that."""

    name = Name(required=True)
    """Name by which readers know it."""

    legal_name = Name()
    """Registered name, with the legal form."""

    description = LocalizedName(longest=LINE_LENGTH)
    """What it does, in one line."""

    country = Country()
    """Where it has its seat."""

    established_in_eea = Flag()
    """Whether it has an establishment in the European Economic Area."""

    representative_exemption = Line()
    """Why it needs no representative (Art. 27(2) GDPR)."""

    dpo_designated = Flag()
    """Whether it has a data protection officer."""

    legal_representative = Name()
    """Person who acts for it in law."""

    source_locale = Locale()
    """Locale in which its texts are written. Absent: `en`."""

    vars = Variables("organization")
    """Values of `{organization.…}` placeholders, the same on every site."""


ORGANIZATION = EntryKind(name="organization", template="organization", schema=OrganizationSchema)
