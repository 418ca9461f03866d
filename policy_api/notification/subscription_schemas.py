"""Mail subscriptions on the wire."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.fields import Key, Locale
from policy_api.notification.addresses import MAX_ADDRESS
from policy_api.notification.subscriptions import DIGESTS, IMMEDIATE

DEFAULT_SIGNIFICANCE = Significance.NON_MATERIAL.value
"""As in the feeds: nobody needs a mail about a comma, unless they ask for it."""


class SubscriptionIn(Schema):
    """A wish to be told by e-mail."""

    class Meta:
        unknown = RAISE

    email = fields.String(
        required=True,
        validate=validate.Length(3, MAX_ADDRESS),
        metadata={"description": "Where the mail goes that asks for a confirmation."},
    )
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
