"""Mail subscriptions on the wire."""

from __future__ import annotations

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.fields import Key, Locale
from policy_api.errors import BadInput
from policy_api.notification.addresses import MAX_ADDRESS, Address
from policy_api.notification.mail_reports import COMPLAINED
from policy_api.notification.subscriptions import BOUNCED, DIGESTS, IMMEDIATE

LENGTHS = {"minLength": 3, "maxLength": MAX_ADDRESS}

MAX_REPORTED = 100
"""Addresses in one request: they are suppressed in one transaction, and others wait for it."""

DEFAULT_SIGNIFICANCE = Significance.NON_MATERIAL.value
"""As in the feeds: nobody needs a mail about a comma, unless they ask for it."""


def check_address(written: str) -> None:
    """Refuse what no mail can be sent to.

    :raises ValidationError: Always with the same words; nobody is told more about an address.
    """
    try:
        Address.parse(written)
    except BadInput:
        raise ValidationError("It is no mail address.") from None


def _email(description: str) -> fields.String:
    return fields.String(
        required=True, validate=check_address, metadata={"description": description, **LENGTHS}
    )


class SubscriptionIn(Schema):
    """A wish to be told by e-mail."""

    class Meta:
        unknown = RAISE

    email = _email("Where the mail goes that asks for a confirmation.")
    site = Key(required=True, metadata={"description": "Key of a published site."})
    policy = Key(
        load_default=None,
        metadata={"description": "Key of one of its policies; default: all of them."},
    )
    locale = Locale(
        load_default=None,
        metadata={"description": "Language of the mails. Default: by Accept-Language."},
    )
    min_significance = fields.String(
        load_default=DEFAULT_SIGNIFICANCE,
        validate=validate.OneOf([level.value for level in Significance]),
        metadata={"description": "Changes below it are not told."},
    )
    digest = fields.String(
        load_default=IMMEDIATE,
        validate=validate.OneOf(DIGESTS),
        metadata={"description": "One mail per change, or one for all of a day or a week."},
    )


class AskedOut(Schema):
    """The same answer for every address, known or not."""

    status = fields.String(required=True, validate=validate.OneOf(["accepted"]))
    detail = fields.String(required=True)


class BounceIn(Schema):
    """What a mail provider says about one address."""

    class Meta:
        unknown = RAISE

    email = _email("An address that was written to.")
    kind = fields.String(
        load_default=BOUNCED,
        validate=validate.OneOf([BOUNCED, COMPLAINED]),
        metadata={"description": "It does not exist, or its owner called a mail unwanted."},
    )


class BouncesIn(Schema):
    """What a mail provider says about some addresses."""

    class Meta:
        unknown = RAISE

    bounces = fields.List(
        fields.Nested(BounceIn), required=True, validate=validate.Length(1, MAX_REPORTED)
    )


class EndedOut(Schema):
    """What came of it."""

    ended = fields.Integer(
        required=True, metadata={"description": "Subscriptions that ended with it."}
    )


class ErasureIn(Schema):
    """An address whose owner wants it forgotten."""

    class Meta:
        unknown = RAISE

    email = _email("The address.")
    never_again = fields.Boolean(
        load_default=False,
        metadata={"description": "Its owner wants no mail from here either, whoever asks for one."},
    )


class ErasedOut(Schema):
    """What came of it."""

    erased = fields.Integer(
        required=True, metadata={"description": "Subscriptions of which nothing is left."}
    )
