"""Adding to the event log."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import update
from sqlalchemy.orm import Session

from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import Refused
from policy_api.events.models import Event, EventCounter
from policy_api.events.queries import event_row
from policy_api.events.rows import EventRow

MAX_BODY_BYTES = 20_000
"""More than a careful receiver takes; refused here, where a person can still do something."""


class EventTooLarge(Refused):
    """An announcement does not fit into a notification, even without naming any site."""

    slug, title = "event-too-large", "The announcement is too long to be sent"


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
        # Made from the bytes: the same event never gets another id, and no two share one.
        id=f"evt_{hashlib.sha256(body).hexdigest()[:32]}",
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
