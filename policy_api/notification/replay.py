"""Send again: one delivery, or everything since a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, case, func, literal, select, true, update
from sqlalchemy.orm import Session

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.given import given, rows_given
from policy_api.db.types import UTCDateTime
from policy_api.errors import NotFound
from policy_api.events import queries as events
from policy_api.notification import queries
from policy_api.notification.endpoints import call, new_delivery, own
from policy_api.notification.fanout import COLUMNS, insert_new
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
    wanted = filter_of(found)
    sequences: list[int] = []
    while batch := events.after(session, sequence=start, limit=BATCH):
        sequences += (event.sequence for event in batch if wanted.lets_through(event))
        start = batch[-1].sequence
    if sequences:
        _send_again(session, found, sequences, now=now)
        call(session, found, now=now)
    return len(sequences)


def _send_again(session: Session, found: Endpoint, sequences: list[int], *, now: datetime) -> None:
    """Make events due, by what exists of each if that is not finished.

    In three statements, however many there are: on SQLite everybody who writes waits for this.
    """
    past = {row.sequence: row for row in session.execute(_past(found, first=sequences[0]))}
    again, anew = [], []
    for each in sequences:
        row = past.get(each)
        if row is not None and row.unfinished is not None:
            again.append({"sequence": each, "generation": row.unfinished})
        else:
            anew.append({"sequence": each, "generation": 1 if row is None else row.newest + 1})
    dialect = session.get_bind().dialect.name
    rows = given({"sequence": WHOLE_NUMBER, "generation": WHOLE_NUMBER}, dialect=dialect)
    table = cast("Table", Delivery.__table__)
    session.connection().execute(
        update(table)
        .where(
            table.c.endpoint_id == found.id,
            table.c.sequence == rows.c.sequence,
            table.c.generation == rows.c.generation,
        )
        .values(state="pending", reason=None, attempts=0, due_at=now),
        rows_given(again),
    )
    instant = literal(now, UTCDateTime())
    made = select(
        literal(found.id, WHOLE_NUMBER),
        rows.c.sequence,
        rows.c.generation,
        literal("pending"),
        literal(0, WHOLE_NUMBER),
        instant,
        instant,
    ).where(true())
    # What was handed out this very moment is as good.
    insert = insert_new(session).from_select(COLUMNS, made).on_conflict_do_nothing()
    session.connection().execute(insert, rows_given(anew))


def _past(found: Endpoint, *, first: int) -> Select[int, int, Any]:
    """Return the query for the newest generation of each event, and one that is not finished."""
    is_unfinished = Delivery.state.in_(("pending", "parked"))
    return (
        select(
            Delivery.sequence,
            func.max(Delivery.generation).label("newest"),
            func.min(case((is_unfinished, Delivery.generation))).label("unfinished"),
        )
        .where(Delivery.endpoint_id == found.id, Delivery.sequence >= first)
        .group_by(Delivery.sequence)
    )


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
