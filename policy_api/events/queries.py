"""Questions to the event log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy_api.events.models import Event, EventCounter, ScheduledEvent
from policy_api.events.rows import EventRow


def after(session: Session, *, sequence: int = 0, limit: int = 50) -> tuple[EventRow, ...]:
    """Return what happened after an event, in order; nothing can appear before it later."""
    query = select(Event).where(Event.sequence > sequence).order_by(Event.sequence).limit(limit)
    return tuple(event_row(found) for found in session.scalars(query))


def event(session: Session, *, id: str) -> EventRow | None:  # noqa: A002 -- the contract's word
    """Return an event by its id."""
    found = session.scalar(select(Event).where(Event.id == id))
    return None if found is None else event_row(found)


def names(session: Session, *, sequences: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return id and type of some events, without the bodies."""
    query = select(Event.sequence, Event.id, Event.type).where(Event.sequence.in_(sequences))
    return {sequence: (id_, type_) for sequence, id_, type_ in session.execute(query)}


def last_sequence(session: Session) -> int:
    """Return the newest event's sequence, or 0."""
    return session.scalar(select(func.max(Event.sequence))) or 0


def last_given(session: Session) -> int:
    """Return the last sequence ever given: the newest event's, unless that one is gone."""
    return session.scalar(select(EventCounter.value)) or 0


def next_due(session: Session) -> datetime | None:
    """Return the instant of the next scheduled event, if there is one."""
    query = select(func.min(ScheduledEvent.due_at)).where(
        ScheduledEvent.fired_sequence.is_(None), ScheduledEvent.cancelled_at.is_(None)
    )
    return session.scalar(query)


def sequence_before(session: Session, *, instant: datetime) -> int:
    """Return the sequence after which everything recorded since an instant is found."""
    query = select(func.min(Event.sequence)).where(Event.recorded_at >= instant)
    first = session.scalar(query)
    return last_sequence(session) if first is None else first - 1


def event_row(found: Event) -> EventRow:
    """Return an event as a value."""
    return EventRow(
        sequence=found.sequence,
        id=found.id,
        type=found.type,
        occurred_at=found.occurred_at,
        recorded_at=found.recorded_at,
        release=found.release,
        policy=found.policy,
        sites=tuple(found.sites),
        significance=found.significance,
        change_types=tuple(found.change_types),
        body=found.body,
    )
