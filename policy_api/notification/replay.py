"""Send again: one delivery, or everything since a moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.errors import NotFound
from policy_api.events import queries as events
from policy_api.notification import queries
from policy_api.notification.endpoints import call, new_delivery, own
from policy_api.notification.filters import filter_of
from policy_api.notification.models import Delivery, Endpoint
from policy_api.notification.queries import DeliveryRow, delivery_key

BATCH = 200


def redeliver(session: Session, *, name: str, delivery: str, now: datetime) -> DeliveryRow:
    """Send something again, under the same ``webhook-id``, and return the delivery that does it.

    One that is waiting or parked is tried now; of a finished one, another generation is made.

    :raises NotFound: If there is no such endpoint or delivery.
    """
    found = own(session, name)
    sequence, generation = delivery_key(delivery)
    known = session.get(Delivery, (found.id, sequence, generation))
    if known is None or sequence == 0:
        raise NotFound(f"There is no delivery {delivery}.")
    past = session.scalars(
        select(Delivery).where(Delivery.endpoint_id == found.id, Delivery.sequence == sequence)
    )
    made = _again(session, found, sequence, list(past), now=now)
    call(session, found, now=now)
    return queries.delivery(session, endpoint=name, id=f"{made.sequence}.{made.generation}")


def replay(
    session: Session,
    *,
    name: str,
    now: datetime,
    since_sequence: int | None = None,
    since: datetime | None = None,
) -> int:
    """Send every event again that an endpoint's filter lets through, and return their number.

    :param since_sequence: The first event to send; or
    :param since: the instant from which on events were recorded.
    :raises NotFound: If there is no such endpoint.
    """
    found = own(session, name)
    if since is not None:
        start = events.sequence_before(session, instant=since)
    else:
        start = max(since_sequence or 1, 1) - 1
    wanted, past = filter_of(found), _past(session, found, after=start)
    count = 0
    while batch := events.after(session, sequence=start, limit=BATCH):
        for event in batch:
            if wanted.lets_through(event):
                _again(session, found, event.sequence, past[event.sequence], now=now)
                count += 1
        start = batch[-1].sequence
    session.flush()
    if count:
        call(session, found, now=now)
    return count


def _past(session: Session, found: Endpoint, *, after: int) -> dict[int, list[Delivery]]:
    rows: dict[int, list[Delivery]] = defaultdict(list)
    query = select(Delivery).where(Delivery.endpoint_id == found.id, Delivery.sequence > after)
    for delivery in session.scalars(query):
        rows[delivery.sequence].append(delivery)
    return rows


def _again(
    session: Session, found: Endpoint, sequence: int, past: list[Delivery], *, now: datetime
) -> Delivery:
    """Make one event due, by what exists of it if that is not finished."""
    for delivery in past:
        if delivery.state in {"pending", "parked"}:
            delivery.state, delivery.reason = "pending", None
            delivery.attempts, delivery.due_at = 0, now
            return delivery
    generation = max((delivery.generation for delivery in past), default=0) + 1
    made = new_delivery(found, sequence=sequence, generation=generation, now=now)
    session.add(made)
    session.flush()
    return made
