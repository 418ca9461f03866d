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
    legal_name = Name()
    group = Flag()
    sector = LocalizedName()
    country = Country()
    role = Code(Scheme.ROLE)
    service = LocalizedName()
    url = HttpsUrl()
    privacy_policy_url = HttpsUrl()
    replaces = Key()
    arrangement_summary = Line()


RECIPIENT = EntryKind(name="recipient", template="recipients/{key}", schema=RecipientSchema)
