"""Webhook endpoints on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from policy_api.access.listing import ListQuery
from policy_api.domain.changes.types import Significance
from policy_api.domain.content.fields import Key, Name
from policy_api.notification.filters import EVENT_TYPES, Filter
from policy_api.notification.guard import MAX_URL_BYTES
from policy_api.notification.signing import SCHEMES

MAX_NAMES = 200
MAX_ID = 64
MAX_SEQUENCE = 2**53 - 1

STATES = ("pending_verification", "active", "suspect", "disabled", "gone")
DELIVERY_STATES = ("pending", "delivered", "parked", "skipped")


def _names(inner: fields.Field[Any], description: str) -> fields.List[Any]:
    return fields.List(
        inner,
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MAX_NAMES),
        metadata={"description": f"{description} null lets everything through."},
    )


class FilterIn(Schema):
    """What an endpoint wants to hear about."""

    class Meta:
        unknown = RAISE

    types = _names(
        fields.String(validate=validate.OneOf(EVENT_TYPES)), "Types of events to be told."
    )
    sites = _names(Key(), "Keys of sites; an event about one of them is enough.")
    policies = _names(Key(), "Keys of policies.")
    change_types = _names(
        fields.String(validate=validate.Regexp(r"^[a-z_]+\.[a-z_]+$")),
        "Types of changes; an event with one of them is enough.",
    )
    min_significance = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([level.value for level in Significance]),
        metadata={"description": "Changes below it are not told."},
    )


def filter_from(told: dict[str, Any] | None) -> Filter:
    """Return a filter as it was sent."""
    listed: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in (told or {}).items()
    }
    return Filter(**listed)


class WebhookIn(Schema):
    """An endpoint that somebody wants."""

    class Meta:
        unknown = RAISE

    url = fields.String(
        required=True,
        validate=validate.Length(1, MAX_URL_BYTES),
        metadata={"description": "Where events are posted to; https."},
    )
    description = Name(load_default="", metadata={"description": "For people."})
    filter = fields.Nested(FilterIn, load_default=None, allow_none=True)
    signatures = fields.List(
        fields.String(validate=validate.OneOf(SCHEMES)),
        load_default=["v1"],
        validate=validate.Length(1, len(SCHEMES)),
        metadata={"description": "v1: HMAC-SHA256 with a shared secret; v1a: Ed25519."},
    )


class WebhookPatch(Schema):
    """Changes of an endpoint; what is left out stays, a filter is replaced as a whole."""

    class Meta:
        unknown = RAISE

    url = fields.String(validate=validate.Length(1, MAX_URL_BYTES))
    description = Name()
    filter = fields.Nested(FilterIn, allow_none=True)


class FilterOut(Schema):
    """What an endpoint wants to hear about; null lets everything through."""

    types = fields.List(fields.String(), required=True, allow_none=True)
    sites = fields.List(fields.String(), required=True, allow_none=True)
    policies = fields.List(fields.String(), required=True, allow_none=True)
    change_types = fields.List(fields.String(), required=True, allow_none=True)
    min_significance = fields.String(required=True, allow_none=True)


class WebhookOut(Schema):
    """An endpoint, without its secret."""

    id = fields.String(required=True)
    channel = fields.String(
        required=True, metadata={"description": "webhook, or one that a plugin brings."}
    )
    url = fields.String(required=True, allow_none=True)
    description = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    filter = fields.Nested(FilterOut, required=True)
    signatures = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)
    failures = fields.Integer(required=True, metadata={"description": "In a row."})
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    held_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "The receiver is given rest until then."},
    )
    pending = fields.Integer(
        required=True, metadata={"description": "Deliveries that wait, parked ones included."}
    )


class NewWebhookOut(WebhookOut):
    """An endpoint with what is shown once."""

    secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For v1. Shown this once; null when a request is repeated."},
    )
    public_key = fields.String(required=True, allow_none=True, metadata={"description": "For v1a."})


class WebhooksOut(Schema):
    """Endpoints in the order of creation."""

    items = fields.List(fields.Nested(WebhookOut), required=True)
    next = fields.String(required=True, allow_none=True)


class WebhooksQuery(ListQuery):
    """Query of the list of endpoints."""

    after = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[a-z0-9_]{1,64}$"),
        metadata={"description": "Only endpoints behind this id; `next` says which."},
    )


class DeliveriesQuery(ListQuery):
    """Query of the delivery log."""

    before = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[0-9]{1,15}\.[0-9]{1,9}$"),
        metadata={"description": "Only deliveries older than this id; `next` says which."},
    )


class AttemptOut(Schema):
    """What came of one attempt."""

    started_at = fields.AwareDateTime(required=True)
    milliseconds = fields.Integer(required=True)
    verdict = fields.String(
        required=True,
        metadata={"description": "delivered, retry (refused), busy (unreachable), or gone."},
    )
    status = fields.Integer(required=True, allow_none=True)
    detail = fields.String(required=True)
    answer = fields.String(
        required=True, metadata={"description": "The beginning of what the receiver said."}
    )


class DeliveryOut(Schema):
    """One message to one endpoint."""

    id = fields.String(required=True)
    sequence = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of the event; null for challenges and tests."},
    )
    webhook_id = fields.String(required=True)
    type = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(DELIVERY_STATES))
    reason = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptOut), required=True)


class DeliveriesOut(Schema):
    """The delivery log, newest first."""

    items = fields.List(fields.Nested(DeliveryOut), required=True)
    next = fields.String(required=True, allow_none=True)


class ReplayIn(Schema):
    """From where on everything is sent again; exactly one of the two."""

    class Meta:
        unknown = RAISE

    since_sequence = fields.Integer(
        strict=True,
        validate=validate.Range(1, MAX_SEQUENCE),
        metadata={"description": "The first event to be sent."},
    )
    since = fields.AwareDateTime(
        metadata={"description": "Everything that was recorded at this instant or later."}
    )

    @validates_schema
    def check_one(self, told: dict[str, Any], **_: object) -> None:
        """Refuse none and both.

        :raises ValidationError: If it is not exactly one.
        """
        if len(told) != 1:
            raise ValidationError("Give either since_sequence or since.")


class ReplayedOut(Schema):
    """How much is sent again."""

    deliveries = fields.Integer(required=True)


class TestedOut(Schema):
    """The message that was sent as a test."""

    webhook_id = fields.String(required=True)
