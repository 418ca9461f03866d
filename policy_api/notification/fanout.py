"""Hand events to endpoints, in chunks that may be repeated and interrupted at will."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.types import UTCDateTime
from policy_api.events import queries as events
from policy_api.events.rows import EventRow
from policy_api.notification.filters import wants
from policy_api.notification.models import Delivery, Endpoint, FanoutCursor

CHUNK = 2000
"""Endpoints per transaction at most; fewer where they take longer than 25 milliseconds."""

SMALLEST = 500
"""Below it, the price of a commit is more than that of the rows."""

SHORT, LONG = 0.010, 0.020
"""Seconds of a chunk: below the first the next one may be larger, above the second not."""

FIRST_GENERATION = 1
COLUMNS = ("endpoint_id", "sequence", "generation", "state", "attempts", "created_at", "due_at")


def has_work(session: Session) -> bool:
    """Tell whether an event waits to be handed out."""
    done = session.scalar(select(FanoutCursor.sequence)) or 0
    return events.last_sequence(session) > done


def advance(session: Session, *, now: datetime, chunk: int = CHUNK) -> bool:
    """Hand one event to the next endpoints in line; False if there was nothing to do.

    Rows that exist already are left as they are, so doing it again does no harm.
    """
    cursor = session.scalar(select(FanoutCursor).with_for_update(skip_locked=True))
    if cursor is None:
        # Another worker is at it.
        return False
    found = events.after(session, sequence=cursor.sequence, limit=1)
    if not found:
        return False
    event = found[0]
    last = _last_of_chunk(session, after=cursor.endpoint_id, chunk=chunk)
    if last is not None:
        those = _concerned(session, event, first=cursor.endpoint_id, last=last)
        _insert(session, event, those, now=now)
        _call_upon(session, those, now=now)
        cursor.endpoint_id = last
    if last is None or not _has_endpoints(session, after=last):
        cursor.sequence, cursor.endpoint_id = event.sequence, 0
    session.flush()
    return True


def next_chunk(chunk: int, *, seconds: float, largest: int = CHUNK) -> int:
    """Return how many endpoints to take next, so that writers who wait for us wait briefly."""
    if seconds > LONG:
        return max(SMALLEST, chunk // 2)
    return min(largest, chunk * 2) if seconds < SHORT else chunk


def _last_of_chunk(session: Session, *, after: int, chunk: int) -> int | None:
    ids = select(Endpoint.id).where(Endpoint.id > after).order_by(Endpoint.id).limit(chunk)
    last: int | None = session.scalar(select(func.max(ids.subquery().c.id)))
    return last


def _has_endpoints(session: Session, *, after: int) -> bool:
    return session.scalar(select(Endpoint.id).where(Endpoint.id > after).limit(1)) is not None


def _concerned(session: Session, event: EventRow, *, first: int, last: int) -> ColumnElement[bool]:
    """Return the condition on endpoints of a chunk that an event is for.

    The state does not matter: what an endpoint misses while it is disabled waits for it.
    """
    return and_(
        Endpoint.id > first,
        Endpoint.id <= last,
        Endpoint.after_sequence < event.sequence,
        Endpoint.state != "deleted",
        wants(event, dialect=session.get_bind().dialect.name),
    )


def _insert(
    session: Session, event: EventRow, those: ColumnElement[bool], *, now: datetime
) -> None:
    instant = literal(now, UTCDateTime())
    rows = select(
        Endpoint.id,
        literal(event.sequence, WHOLE_NUMBER),
        literal(FIRST_GENERATION, WHOLE_NUMBER),
        literal("pending"),
        literal(0, WHOLE_NUMBER),
        instant,
        instant,
    ).where(those)
    session.execute(insert_new(session).from_select(COLUMNS, rows).on_conflict_do_nothing())


def insert_new(session: Session) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT into deliveries that can leave existing rows alone."""
    table = cast("Table", Delivery.__table__)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _call_upon(session: Session, those: ColumnElement[bool], *, now: datetime) -> None:
    """Make workers look at endpoints; those that are given rest, after it."""
    instant = literal(now, UTCDateTime())
    at_rest = Endpoint.held_until > instant
    idle = and_(
        those,
        Endpoint.state.in_(("active", "suspect")),
        or_(Endpoint.due_at.is_(None), Endpoint.due_at > instant),
    )
    session.execute(
        update(Endpoint)
        .where(idle)
        .values(due_at=case((at_rest, Endpoint.held_until), else_=instant)),
        execution_options={"synchronize_session": False},
    )
