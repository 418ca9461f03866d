"""Adding to the event log."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from policy_api.domain.changes.types import Significance
from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import N_, Refused
from policy_api.events.models import Event, EventCounter, ScheduledEvent
from policy_api.events.queries import event_row
from policy_api.events.rows import EventRow

MAX_BODY_BYTES = 20_000
"""More than a careful receiver takes; refused here, where a person can still do something."""


class EventTooLarge(Refused):
    """An announcement does not fit into a notification, even without naming any site."""

    slug, title = "event-too-large", N_("The announcement is too long to be sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """A fact, to be written down."""

    type: str
    occurred_at: datetime
    data: Mapping[str, Any]
    """``data`` of the body; its list ``sites`` is cut if need be, and ``sites_total`` added."""

    release: int | None = None
    policy: str | None = None
    sites: tuple[str, ...] = ()
    """Keys of all sites affected, for filters."""

    significance: str | None = None
    change_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePart:
    """What a scheduled event will say of one site; it can fall away before that."""

    site: str
    significance: str
    change_types: tuple[str, ...]
    content: Mapping[str, Any]
    """Member of the list ``sites`` in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRecord:
    """A fact that an instant will bring about, unless something comes between."""

    type: str
    due_at: datetime
    release: int
    policy: str
    data: Mapping[str, Any]
    """``data`` of the body without ``sites`` and ``significance``, which follow from the parts."""

    parts: tuple[SitePart, ...]


def append(session: Session, record: EventRecord, *, now: datetime) -> EventRow:
    """Write an event at the end of the log.

    Takes the counter's row, so it comes late in a transaction: other writers of events wait.

    :raises EventTooLarge: If the body is over the limit even without a site in it.
    """
    sequence = _next_sequence(session)
    timestamp = instant_text(record.occurred_at)
    head = {"type": record.type, "timestamp": timestamp, "sequence": sequence}
    body = _fitting(head, record.data)
    found = Event(
        sequence=sequence,
        id=id_of(body),
        type=record.type,
        occurred_at=record.occurred_at,
        recorded_at=now,
        release=record.release,
        policy=record.policy,
        sites=list(record.sites),
        significance=record.significance,
        change_types=list(record.change_types),
        body=body,
    )
    session.add(found)
    session.flush()
    return event_row(found)


def id_of(body: bytes) -> str:
    """Return the id of an event, made from its bytes.

    The same event never gets another id, and no two share one.
    """
    return f"evt_{hashlib.sha256(body).hexdigest()[:32]}"


def schedule(session: Session, record: ScheduledRecord, *, now: datetime) -> None:
    """Write down an event that its instant will bring about.

    What an earlier release scheduled for the same policy, instant and sites is replaced: of two
    versions that take effect at once only the later one ever does.
    """
    hold(session)
    sites = {part.site for part in record.parts}
    same = ScheduledEvent.policy == record.policy, ScheduledEvent.due_at == record.due_at
    for earlier in session.scalars(_waiting().where(*same)):
        _drop_sites(earlier, sites, now=now)
    parts = [
        {
            "site": part.site,
            "significance": part.significance,
            "change_types": list(part.change_types),
            "content": dict(part.content),
        }
        for part in record.parts
    ]
    found = ScheduledEvent(
        type=record.type,
        due_at=record.due_at,
        release=record.release,
        policy=record.policy,
        record={"data": dict(record.data), "parts": parts},
        fired_sequence=None,
        cancelled_at=None,
    )
    session.add(found)
    session.flush()


def cancel(
    session: Session,
    *,
    release: int,
    policy: str,
    due_at: datetime,
    sites: Collection[str],
    now: datetime,
) -> None:
    """Take sites out of what a release scheduled; without any left, it never happens."""
    hold(session)
    query = _waiting().where(
        ScheduledEvent.release == release,
        ScheduledEvent.policy == policy,
        ScheduledEvent.due_at == due_at,
    )
    for found in session.scalars(query):
        _drop_sites(found, sites, now=now)
    session.flush()


def fire_due(session: Session, *, now: datetime) -> tuple[EventRow, ...]:
    """Append every scheduled event whose instant has come, in the order of the instants.

    Whoever comes second finds nothing left. One that comes late still carries its own instant.
    """
    hold(session)
    due = _waiting().where(ScheduledEvent.due_at <= now)
    fired = []
    for found in session.scalars(due.order_by(ScheduledEvent.due_at, ScheduledEvent.id)).all():
        event = append(session, _record_of(found), now=now)
        found.fired_sequence = event.sequence
        fired.append(event)
    session.flush()
    return tuple(fired)


def hold(session: Session) -> None:
    """Keep others from writing events until the transaction ends.

    Taken before any scheduled row, so that nobody waits for somebody who waits for him.
    """
    session.execute(select(EventCounter.value).with_for_update())


def _waiting() -> Select[ScheduledEvent]:
    return select(ScheduledEvent).where(
        ScheduledEvent.fired_sequence.is_(None), ScheduledEvent.cancelled_at.is_(None)
    )


def _drop_sites(found: ScheduledEvent, sites: Collection[str], *, now: datetime) -> None:
    left = [part for part in found.record["parts"] if part["site"] not in sites]
    if not left:
        found.cancelled_at = now
        return
    found.record = {**found.record, "parts": left}


def _record_of(found: ScheduledEvent) -> EventRecord:
    parts = found.record["parts"]
    significance = max(Significance(part["significance"]) for part in parts).value
    return EventRecord(
        type=found.type,
        occurred_at=found.due_at,
        data={
            **found.record["data"],
            "significance": significance,
            "sites": [part["content"] for part in parts],
        },
        release=found.release,
        policy=found.policy,
        sites=tuple(part["site"] for part in parts),
        significance=significance,
        change_types=tuple(sorted({name for part in parts for name in part["change_types"]})),
    )


def _next_sequence(session: Session) -> int:
    """Take the next number; it is given again if the transaction fails, so there is no gap."""
    taken = update(EventCounter).values(value=EventCounter.value + 1).returning(EventCounter.value)
    return session.execute(taken).scalar_one()


def _fitting(head: Mapping[str, Any], data: Mapping[str, Any]) -> bytes:
    """Return the body, with as many sites as there is room for."""
    body = _body(head, data)
    if len(body) <= MAX_BODY_BYTES:
        return body
    named = list(data.get("sites", ()))
    bare = {**data, "sites": [], "sites_total": len(named)}
    room = MAX_BODY_BYTES - len(_body(head, bare))
    if room < 0:
        raise EventTooLarge(f"Shorten the title or the summary by {-room} bytes.", excess=-room)
    return _body(head, {**bare, "sites": _first_that_fit(named, room)})


def _first_that_fit(members: Sequence[Any], room: int) -> list[Any]:
    kept = []
    for member in members:
        room -= len(orjson.dumps(member)) + len(b",")
        if room < 0:
            break
        kept.append(member)
    return kept


def _body(head: Mapping[str, Any], data: Mapping[str, Any]) -> bytes:
    return orjson.dumps({**head, "data": data}, default=dict)
