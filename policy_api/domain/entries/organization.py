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
    legal_name = Name()
    description = LocalizedName(longest=LINE_LENGTH)
    country = Country()
    established_in_eea = Flag()
    representative_exemption = Line()
    dpo_designated = Flag()
    legal_representative = Name()
    source_locale = Locale()
    vars = Variables("organization")


ORGANIZATION = EntryKind(name="organization", template="organization", schema=OrganizationSchema)
