"""A contact: a way to reach the organization or somebody who acts for it."""

from __future__ import annotations

from marshmallow import fields

from policy_api.domain.content.fields import Country, Flag, LocalizedName, Name, Word
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import CONTACT_TERMS
from policy_api.domain.content.web_fields import Email, HttpsUrl, Phone
from policy_api.domain.entries.kind import EntryKind


class AddressSchema(ContentSchema):
    """A postal address."""

    street = Name()
    postal_code = Name()
    locality = Name()
    region = Name()
    country = Country()


class ContactSchema(ContentSchema):
    """Who it is, and the ways to reach them."""

    role = Word(CONTACT_TERMS, required=True)
    name = LocalizedName()
    represented_by = Name()
    email = Email()
    url = HttpsUrl()
    phone = Phone()
    address = fields.Nested(AddressSchema)
    external = Flag()


CONTACT = EntryKind(name="contact", template="contacts/{key}", schema=ContactSchema)
