"""Bundles: one mail for everything that happened since the last one.

A bundle is a single delivery, of the last event in it. What else it tells follows from the log: the
events between the delivery before and this one. So the engine carries bundles like everything else,
and a crash at any moment neither loses an event nor tells it twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from policy_api.events import queries as events
from policy_api.events.rows import EventRow
from policy_api.notification.bell import ring
from policy_api.notification.endpoints import new_delivery
from policy_api.notification.fanout import insert_new
from policy_api.notification.filters import Filter
from policy_api.notification.mail_queries import SubscriptionRow
from policy_api.notification.models import Delivery, Endpoint, MailSubscription
from policy_api.notification.subscriptions import EMAIL, IMMEDIATE, TYPES

HOUR = 6
"""In UTC: before most people in Europe and Africa read their mail, not in anybody's night there."""

PERIODS = {"daily": 1, "weekly": 7}
"""Days of a bundle; weekly ones go out on Mondays."""

CHUNK = 500
BATCH = 200


def last_close(digest: str, now: datetime) -> datetime:
    """Return when the newest complete bundle was closed."""
    close = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if close > now:
        close -= timedelta(days=1)
    if digest == "weekly":
        close -= timedelta(days=close.weekday())
    return close


def advance(session: Session, *, now: datetime, chunk: int = CHUNK) -> bool:
    """Make bundles of what is complete due; False if there was nothing to do.

    At most a chunk of subscriptions at once. Doing it again, or in two places, does no harm.
    """
    return any(_advance(session, digest, now=now, chunk=chunk) for digest in PERIODS)


def bundle_of(session: Session, found: SubscriptionRow, *, sequence: int) -> tuple[EventRow, ...]:
    """Return what a delivery tells, in order: one event, or everything since the last bundle."""
    if found.digest == IMMEDIATE:
        return events.after(session, sequence=sequence - 1, limit=1)
    wanted = filter_of(found)
    start = _told_up_to(session, found, before=sequence)
    return tuple(
        event for event in _between(session, start, sequence) if wanted.lets_through(event)
    )


def filter_of(found: SubscriptionRow | MailSubscription) -> Filter:
    """Return what a subscription is about."""
    return Filter(
        types=TYPES,
        sites=(found.site,),
        policies=None if found.policy is None else (found.policy,),
        min_significance=found.min_significance,
    )


def _advance(session: Session, digest: str, *, now: datetime, chunk: int) -> bool:
    until = events.sequence_before(session, instant=last_close(digest, now))
    query = (
        select(Endpoint, MailSubscription)
        .join(MailSubscription, MailSubscription.endpoint_id == Endpoint.id)
        .where(
            Endpoint.channel == EMAIL,
            Endpoint.state.in_(("active", "suspect")),
            Endpoint.after_sequence < until,
            MailSubscription.digest == digest,
        )
        .order_by(Endpoint.id)
        .limit(chunk)
        .with_for_update()
    )
    rows = session.execute(query).all()
    if not rows:
        return False
    start = min(endpoint.after_sequence or 0 for endpoint, _ in rows)
    happened = tuple(_between(session, start, until))
    for endpoint, subscription in rows:
        last = _last_wanted(happened, subscription, after=endpoint.after_sequence or 0)
        if last is not None:
            _make_due(session, endpoint, last, now=now)
        # Fan-out passes these endpoints by; here it says how far the log was looked at.
        endpoint.after_sequence = until
    session.flush()
    ring(session)
    return True


def _last_wanted(
    happened: Sequence[EventRow], found: MailSubscription, *, after: int
) -> int | None:
    wanted = filter_of(found)
    for event in reversed(happened):
        if event.sequence > after and wanted.lets_through(event):
            return event.sequence
    return None


def _make_due(session: Session, endpoint: Endpoint, sequence: int, *, now: datetime) -> None:
    made = new_delivery(endpoint, sequence=sequence, generation=1, now=now)
    row = {
        name: getattr(made, name)
        for name in (
            "endpoint_id",
            "sequence",
            "generation",
            "state",
            "attempts",
            "created_at",
            "due_at",
        )
    }
    session.execute(insert_new(session).values(row).on_conflict_do_nothing())
    endpoint.due_at = max(now, endpoint.held_until or now)


def _told_up_to(session: Session, found: SubscriptionRow, *, before: int) -> int:
    """Return the last event that an earlier bundle told, or the one before the subscription.

    What the fence of a restored database holds back counts as told: nobody knows whether it was.
    """
    held_back = and_(Delivery.state == "parked", Delivery.reason.is_(None))
    query = (
        select(func.max(Delivery.sequence))
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(
            Endpoint.name == found.owner,
            Delivery.sequence > 0,
            Delivery.sequence < before,
            or_(Delivery.state == "delivered", held_back),
        )
    )
    told = session.scalar(query)
    if told is not None:
        return told
    return events.sequence_before(session, instant=found.confirmed_at or found.asked_at)


def _between(session: Session, start: int, last: int) -> Iterator[EventRow]:
    while batch := events.after(session, sequence=start, limit=BATCH):
        for event in batch:
            if event.sequence > last:
                return
            yield event
        start = batch[-1].sequence
