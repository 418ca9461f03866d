"""What is forgotten of mail subscriptions, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from policy_api.notification import mail_limits
from policy_api.notification.addresses import Address, MailKeys
from policy_api.notification.mail_queries import CONFIRM_WITHIN
from policy_api.notification.models import (
    Attempt,
    Delivery,
    Endpoint,
    MailSubscription,
    Ping,
    Suppression,
)
from policy_api.notification.subscriptions import BOUNCED

ERASED_AFTER = timedelta(days=28)
"""Kept that long after the last subscription of an address ended, for complaints and mistakes."""

CHUNK = 200
NOBODY = ""
SILENT = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How much was forgotten."""

    dropped: int
    """Requests that nobody confirmed in time and what was erased on demand; nothing is left."""

    erased: int
    """Subscriptions that ended; what is left of them leads to nobody."""


def purge(session: Session, *, now: datetime, chunk: int = CHUNK) -> Purged:
    """Forget what is due, at most a chunk of each kind. A worker calls it now and then."""
    mail_limits.forget(session, now=now)
    return Purged(
        dropped=_drop_unwanted(session, now=now, chunk=chunk),
        erased=_erase_ended(session, now=now, chunk=chunk),
    )


def erase(session: Session, *, address: Address, keys: MailKeys, now: datetime) -> int:
    """Forget an address at once, and return how many subscriptions it had.

    That its owner wants no mail at all stays known: without it, anybody could make us write again.
    What a worker is sending at this moment keeps a row that leads to nobody until it is done.
    """
    query = (
        select(MailSubscription.id, Endpoint.id.label("endpoint_id"), Endpoint.leased_until)
        .join(Endpoint, Endpoint.id == MailSubscription.endpoint_id)
        .where(MailSubscription.address_digest == keys.digest(address))
        .order_by(Endpoint.id)
        .with_for_update(of=Endpoint)
    )
    rows = session.execute(query).all()
    _drop(session, [(row.id, row.endpoint_id) for row in rows if row.leased_until is None])
    _blind(session, [row for row in rows if row.leased_until is not None], now=now)
    mail_limits.let_go(session, mailbox=keys.mailbox_digest(address))
    session.execute(
        delete(Suppression).where(
            Suppression.address_digest == keys.digest(address), Suppression.reason == BOUNCED
        ),
        execution_options=SILENT,
    )
    return len(rows)


def _blind(
    session: Session, rows: Sequence[Row[int, int, datetime | None]], *, now: datetime
) -> None:
    """End subscriptions that a worker holds, and leave nothing in them that leads to anybody."""
    ids = [row.endpoint_id for row in rows]
    session.execute(
        update(MailSubscription)
        .where(MailSubscription.endpoint_id.in_(ids))
        .values(sealed_address=None, address_digest=NOBODY, ended_at=now),
        execution_options=SILENT,
    )
    session.execute(
        update(Endpoint)
        .where(Endpoint.id.in_(ids))
        # The lease stays until it runs out, and with it what its holder may be reading.
        .values(state="deleted", stopped_at=now, due_at=None, lease_token=Endpoint.lease_token + 1),
        execution_options=SILENT,
    )


def _drop_unwanted(session: Session, *, now: datetime, chunk: int) -> int:
    """Drop requests that nobody confirmed in time, and what was erased while a worker held it."""
    is_late = and_(
        MailSubscription.confirmed_at.is_(None),
        MailSubscription.asked_at < now - CONFIRM_WITHIN,
    )
    query = _idle().where(
        MailSubscription.erased_at.is_(None),
        or_(is_late, MailSubscription.sealed_address.is_(None)),
    )
    rows = session.execute(query.limit(chunk)).all()
    _drop(session, [(row.id, row.endpoint_id) for row in rows])
    return len(rows)


def _drop(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    """Leave nothing of subscriptions and their endpoints."""
    session.execute(
        delete(MailSubscription).where(MailSubscription.id.in_([each for each, _ in pairs])),
        execution_options=SILENT,
    )
    _drop_endpoints(session, [each for _, each in pairs])


def _erase_ended(session: Session, *, now: datetime, chunk: int) -> int:
    until = now - ERASED_AFTER
    other = aliased(MailSubscription)
    still_needed = (
        select(other.id)
        .where(
            other.address_digest == MailSubscription.address_digest,
            other.confirmed_at.is_not(None),
            or_(other.ended_at.is_(None), other.ended_at > until),
        )
        .exists()
    )
    query = _idle().where(
        and_(MailSubscription.confirmed_at.is_not(None), MailSubscription.erased_at.is_(None)),
        MailSubscription.ended_at <= until,
        ~still_needed,
    )
    rows = session.execute(query.limit(chunk)).all()
    session.execute(
        update(MailSubscription)
        .where(MailSubscription.id.in_([row.id for row in rows]))
        .values(sealed_address=None, address_digest=NOBODY, endpoint_id=None, erased_at=now),
        execution_options=SILENT,
    )
    _drop_endpoints(session, [row.endpoint_id for row in rows])
    return len(rows)


def _idle() -> Select[int, int]:
    """Return the query for subscriptions that no worker is writing to.

    Whoever holds a lease still reads what it is to send; the next look comes a little later.
    """
    return (
        select(MailSubscription.id, Endpoint.id.label("endpoint_id"))
        .join(Endpoint, Endpoint.id == MailSubscription.endpoint_id)
        .where(Endpoint.leased_until.is_(None))
        .with_for_update(of=Endpoint, skip_locked=True)
    )


def _drop_endpoints(session: Session, ids: Sequence[int]) -> None:
    for table in (Attempt, Delivery, Ping):
        session.execute(delete(table).where(table.endpoint_id.in_(ids)), execution_options=SILENT)
    session.execute(delete(Endpoint).where(Endpoint.id.in_(ids)), execution_options=SILENT)
