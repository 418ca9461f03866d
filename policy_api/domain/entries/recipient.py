"""A recipient: who receives data, once, shared by all tables."""

from __future__ import annotations

from policy_api.domain.content.fields import (
    Code,
    Country,
    Flag,
    Key,
    Line,
    LocalizedName,
    Name,
)
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.content.web_fields import HttpsUrl
from policy_api.domain.entries.kind import EntryKind


class RecipientSchema(ContentSchema):
    """Who it is, where it sits and where it explains itself.

    ``group``: the name stands for several of a kind, of which ``sector`` says more.
    """

    name = Name(required=True)
    """Name by which readers know it."""

    legal_name = Name()
    """Registered name, with the legal form."""

    group = Flag()
    """Whether the name stands for several recipients of a kind."""

    sector = LocalizedName()
    """What a group does, such as payment services."""

    country = Country()
    """Where it has its seat; where it handles data is said in the rows."""

    role = Code(Scheme.ROLE)
    """Role it has unless a row says otherwise."""

    service = LocalizedName()
    """What it provides."""

    url = HttpsUrl()
    """Its website."""

    privacy_policy_url = HttpsUrl()
    """Its own privacy policy."""

    replaces = Key()
    """Recipient whose place it takes; that one may be gone already."""

    arrangement_summary = Line()
    """Essence of the arrangement between joint controllers (Art. 26(2) GDPR)."""


RECIPIENT = EntryKind(name="recipient", template="recipients/{key}", schema=RecipientSchema)
