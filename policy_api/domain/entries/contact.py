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
    """Street and number, or the post box."""

    postal_code = Name()
    """In quotes, because it may begin with a zero."""

    locality = Name()
    """Town."""

    region = Name()
    """State or province."""

    country = Country()
    """Shown in the language of the reader."""


class ContactSchema(ContentSchema):
    """Who it is, and the ways to reach them."""

    role = Word(CONTACT_TERMS, required=True)
    """What it is there for."""

    name = LocalizedName()
    """Person, company or department."""

    represented_by = Name()
    """Person who speaks for it."""

    email = Email()
    """Without `mailto:`."""

    url = HttpsUrl()
    """Page or form to reach it by."""

    phone = Phone()
    """Grouped as it shall be shown."""

    address = fields.Nested(AddressSchema)
    """Postal address."""

    external = Flag()
    """Whether it is somebody outside the organization."""


CONTACT = EntryKind(name="contact", template="contacts/{key}", schema=ContactSchema)
