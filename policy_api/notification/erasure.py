"""What is forgotten of mail subscriptions, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from policy_api.notification import mail_limits
from policy_api.notification.mail_queries import CONFIRM_WITHIN
from policy_api.notification.models import Attempt, Delivery, Endpoint, MailSubscription, Ping

ERASED_AFTER = timedelta(days=28)
"""Kept that long after the last subscription of an address ended, for complaints and mistakes."""

CHUNK = 200
NOBODY = ""
SILENT = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How much was forgotten."""

    dropped: int
    """Requests that nobody confirmed in time; nothing is left of them."""

    erased: int
    """Subscriptions that ended; what is left of them leads to nobody."""


def purge(session: Session, *, now: datetime, chunk: int = CHUNK) -> Purged:
    """Forget what is due, at most a chunk of each kind. A worker calls it now and then."""
    mail_limits.forget(session, now=now)
    return Purged(
        dropped=_drop_unconfirmed(session, now=now, chunk=chunk),
        erased=_erase_ended(session, now=now, chunk=chunk),
    )


def _drop_unconfirmed(session: Session, *, now: datetime, chunk: int) -> int:
    query = _idle().where(
        MailSubscription.confirmed_at.is_(None),
        MailSubscription.erased_at.is_(None),
        MailSubscription.asked_at < now - CONFIRM_WITHIN,
    )
    rows = session.execute(query.limit(chunk)).all()
    ids = [row.id for row in rows]
    session.execute(
        delete(MailSubscription).where(MailSubscription.id.in_(ids)), execution_options=SILENT
    )
    _drop_endpoints(session, [row.endpoint_id for row in rows])
    return len(rows)


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
