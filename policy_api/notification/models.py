"""Tables of notification: who wants to be told, what is due, what was tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_api.db.base import Model
from policy_api.db.types import CanonicalJson

STRICT = {"sqlite_strict": True}
KEYED = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""Kept in the order of the primary key, which spares SQLite a second tree."""

NUMBERED = {"sqlite_strict": True, "sqlite_autoincrement": True}
"""A number is never given twice, also after the newest row was deleted."""

ENDPOINT_STATE = (
    "state IN ('pending_verification', 'active', 'suspect', 'disabled', 'gone', 'deleted')"
)
DELIVERY_STATE = "state IN ('pending', 'delivered', 'parked', 'skipped')"
REASON = "reason IN ('exhausted', 'filter', 'unsubscribed')"
VERDICT = "verdict IN ('delivered', 'retry', 'busy', 'gone')"
SIGNIFICANCE = "min_significance IN ('technical', 'editorial', 'non_material', 'material')"


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Endpoint(Model):
    """Where a subscriber is told, through which channel, and about what."""

    __tablename__ = "endpoint"
    __table_args__ = (
        CheckConstraint(ENDPOINT_STATE, name="state"),
        CheckConstraint(SIGNIFICANCE, name="min_significance"),
        CheckConstraint("failures >= 0", name="failures_from_zero"),
        Index("ix_endpoint_due_at", "due_at", **_where("due_at IS NOT NULL")),
        Index("ix_endpoint_leased_until", "leased_until", **_where("leased_until IS NOT NULL")),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Grows with creation, which is the order of fan-out."""

    name: Mapped[str] = mapped_column(unique=True)
    """``ep_…``, as clients know it."""

    channel: Mapped[str]
    target: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """What the channel needs to know; checked by it, so a new channel needs no migration."""

    description: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    types: Mapped[list[str] | None] = mapped_column(CanonicalJson)
    sites: Mapped[list[str] | None] = mapped_column(CanonicalJson)
    policies: Mapped[list[str] | None] = mapped_column(CanonicalJson)
    change_types: Mapped[list[str] | None] = mapped_column(CanonicalJson)
    """Filters; None lets everything through."""

    min_significance: Mapped[str | None]

    state: Mapped[str]
    verified_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    """Since when it is disabled, gone or deleted."""

    after_sequence: Mapped[int | None]
    """Only later events concern it; None until it was verified for the first time."""

    due_at: Mapped[datetime | None]
    """When a worker shall look; None if nothing is due or a worker has it."""

    held_until: Mapped[datetime | None]
    """Set while the receiver is given rest; then one delivery goes ahead as a probe."""

    failures: Mapped[int]
    """In a row, of any delivery."""

    failing_since: Mapped[datetime | None]
    """The clock of the row: a restart of the program does not forgive."""

    lease_token: Mapped[int]
    """Grows with each lease and with each act that ends one: the fence against late workers."""

    leased_until: Mapped[datetime | None]


class EndpointSecret(Model):
    """A key that signs what an endpoint is sent. Two live side by side while one replaces one."""

    __tablename__ = "endpoint_secret"
    __table_args__ = (CheckConstraint("scheme IN ('v1', 'v1a')", name="scheme"), KEYED)

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoint.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scheme: Mapped[str]
    sealed: Mapped[bytes]
    """Encrypted for this endpoint; useless in another row."""

    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Ping(Model):
    """A message to one endpoint that is no event: a challenge or a test."""

    __tablename__ = "ping"
    __table_args__ = (
        CheckConstraint("type IN ('endpoint.verify', 'endpoint.test')", name="type"),
        KEYED,
    )

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("endpoint.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The ``generation`` of its delivery, whose sequence is 0."""

    id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    body: Mapped[bytes]
    created_at: Mapped[datetime]


class Delivery(Model):
    """One message to one endpoint.

    While the endpoint is disabled or gone, a pending one counts as parked: nothing is written for
    that, so nothing can be missed when it comes back.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(DELIVERY_STATE, name="state"),
        CheckConstraint(REASON, name="reason"),
        CheckConstraint("generation >= 1", name="generation_from_one"),
        Index(
            "ix_delivery_pending",
            "endpoint_id",
            "sequence",
            "generation",
            **_where("state = 'pending'"),
        ),
        KEYED,
    )

    endpoint_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Not a foreign key: made from the endpoint's own row, which is never deleted."""

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the event; 0 for a ping."""

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1 by fan-out, more by replay."""

    state: Mapped[str]
    reason: Mapped[str | None]
    """Why it is parked or skipped; None for what the fence of a restored database holds back."""

    attempts: Mapped[int]
    """Those that count against the schedule."""

    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class Attempt(Model):
    """What came of one try. A worker tries a delivery once per lease."""

    __tablename__ = "attempt"
    __table_args__ = (CheckConstraint(VERDICT, name="verdict"), KEYED)

    endpoint_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lease_token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    started_at: Mapped[datetime]
    milliseconds: Mapped[int]
    verdict: Mapped[str]
    status: Mapped[int | None]
    """HTTP status, if there was an answer."""

    detail: Mapped[str]
    answer: Mapped[str]
    """The beginning of what the receiver said."""


class FanoutCursor(Model):
    """How far events were handed to endpoints. Whoever moves it holds the row."""

    __tablename__ = "fanout_cursor"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    """Every event up to this one is done."""

    endpoint_id: Mapped[int]
    """Of the next event, endpoints up to this one are done."""


class MailSubscription(Model):
    """Somebody's wish to be told by e-mail; confirmed, it has an endpoint."""

    __tablename__ = "mail_subscription"
    __table_args__ = (
        CheckConstraint("digest IN ('immediate', 'daily', 'weekly')", name="digest"),
        CheckConstraint(SIGNIFICANCE, name="min_significance"),
        CheckConstraint("erased_at IS NULL OR sealed_address IS NULL", name="erased_is_erased"),
        NUMBERED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("endpoint.id"), unique=True)
    sealed_address: Mapped[bytes | None]
    """Encrypted; erased some time after the last subscription of the address ended."""

    address_digest: Mapped[str] = mapped_column(index=True)
    """Keyed digest of the address: finds it again without revealing it."""

    site: Mapped[str]
    policy: Mapped[str | None]
    locale: Mapped[str]
    min_significance: Mapped[str | None]
    digest: Mapped[str]
    """How mails are bundled: ``immediate``, ``daily`` or ``weekly``."""

    token_digest: Mapped[str] = mapped_column(unique=True)
    """Of the secret in the links of its mails."""

    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class MailConfirmation(Model):
    """A request for a confirmation mail, counted to limit them per address and per client."""

    __tablename__ = "mail_confirmation"
    __table_args__ = (
        Index("ix_mail_confirmation_address_digest_asked_at", "address_digest", "asked_at"),
        Index("ix_mail_confirmation_client_digest_asked_at", "client_digest", "asked_at"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_digest: Mapped[str]
    client_digest: Mapped[str]
    asked_at: Mapped[datetime]


class Suppression(Model):
    """An address that is sent nothing, whoever asks: it bounced, or its owner said so."""

    __tablename__ = "suppression"
    __table_args__ = (
        CheckConstraint("reason IN ('bounced', 'complained', 'unwanted')", name="reason"),
        STRICT,
    )

    address_digest: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
