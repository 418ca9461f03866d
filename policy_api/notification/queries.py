"""Questions about endpoints and what they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from policy_api.errors import NotFound
from policy_api.events import queries as events
from policy_api.notification.models import Attempt, Delivery, Endpoint, EndpointSecret, Ping

STOPPED = ("disabled", "gone")
RESTORED = "restored"
"""Held back by the fence of a restored database."""

LONGEST_ID = 30
MANAGED_PREFIX = "ep_"
"""Of the names of endpoints that owners look after; those of readers and caches have others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """An endpoint as its owner sees it. Never carries a secret."""

    name: str
    channel: str
    target: Mapping[str, Any]
    description: str
    state: str
    created_at: datetime
    created_by: str
    verified_at: datetime | None
    stopped_at: datetime | None
    types: tuple[str, ...] | None
    sites: tuple[str, ...] | None
    policies: tuple[str, ...] | None
    change_types: tuple[str, ...] | None
    min_significance: str | None
    failures: int
    failing_since: datetime | None
    held_until: datetime | None
    pending: int
    """Deliveries that wait; they count as parked while it is disabled or gone."""

    signatures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery as the log shows it."""

    id: str
    sequence: int
    event: str | None
    """The ``webhook-id``."""

    type: str
    state: str
    """With what the endpoint's state makes of it: pending ones are parked while it is stopped."""

    reason: str | None
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """What came of one attempt."""

    started_at: datetime
    milliseconds: int
    verdict: str
    status: int | None
    detail: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PingRow:
    """A message that is no event."""

    id: str
    type: str
    body: bytes = field(repr=False)


def endpoint(session: Session, *, name: str) -> EndpointRow:
    """Return an endpoint.

    :raises NotFound: If there is none of that name, or it was deleted.
    """
    found = session.scalar(_endpoints().where(Endpoint.name == name))
    if found is None:
        raise NotFound(f"There is no endpoint {name}.")
    return _endpoint_row(session, found)


def endpoints(
    session: Session, *, after: str | None = None, limit: int = 50
) -> tuple[EndpointRow, ...]:
    """Return the endpoints that somebody made and looks after, in the order of creation.

    :param after: Name of the last one seen.
    """
    query = _endpoints().where(is_managed()).order_by(Endpoint.id).limit(limit)
    if after is not None:
        seen = select(Endpoint.id).where(Endpoint.name == after).scalar_subquery()
        query = query.where(Endpoint.id > seen)
    return tuple(_endpoint_row(session, found) for found in session.scalars(query))


def is_managed() -> ColumnElement[bool]:
    """Return the condition on endpoints that they were made by somebody, not by the program."""
    return Endpoint.name.startswith(MANAGED_PREFIX, autoescape=True)


def deliveries(
    session: Session, *, endpoint: str, before: str | None = None, limit: int = 50
) -> tuple[DeliveryRow, ...]:
    """Return the delivery log of an endpoint, the newest event first.

    :param before: Id of the last delivery seen.
    """
    query = _deliveries(endpoint).limit(limit)
    if before is not None:
        sequence, generation = delivery_key(before)
        earlier = and_(Delivery.sequence == sequence, Delivery.generation < generation)
        query = query.where(or_(Delivery.sequence < sequence, earlier))
    return _delivery_rows(session, session.execute(query).all())


def delivery(session: Session, *, endpoint: str, id: str) -> DeliveryRow:  # noqa: A002 -- the contract's word
    """Return one delivery.

    :raises NotFound: If the endpoint has none of that id.
    """
    sequence, generation = delivery_key(id)
    query = _deliveries(endpoint).where(
        Delivery.sequence == sequence, Delivery.generation == generation
    )
    found = _delivery_rows(session, session.execute(query).all())
    if not found:
        raise NotFound(f"There is no delivery {id}.")
    return found[0]


def attempts(session: Session, *, endpoint: str, id: str) -> tuple[AttemptRow, ...]:  # noqa: A002 -- the contract's word
    """Return every attempt of a delivery, the first one first."""
    sequence, generation = delivery_key(id)
    query = (
        select(Attempt)
        .join(Endpoint, Endpoint.id == Attempt.endpoint_id)
        .where(
            Endpoint.name == endpoint,
            Attempt.sequence == sequence,
            Attempt.generation == generation,
        )
        .order_by(Attempt.started_at, Attempt.lease_token)
    )
    return tuple(
        AttemptRow(
            started_at=found.started_at,
            milliseconds=found.milliseconds,
            verdict=found.verdict,
            status=found.status,
            detail=found.detail,
            answer=found.answer,
        )
        for found in session.scalars(query)
    )


def ping(session: Session, *, endpoint_id: int, number: int) -> PingRow:
    """Return a message that is no event."""
    found = session.get_one(Ping, (endpoint_id, number))
    return PingRow(id=found.id, type=found.type, body=found.body)


def backlog(session: Session) -> tuple[int, datetime | None]:
    """Return how many deliveries are due to receivers that work, and since when the oldest is."""
    query = (
        select(func.count(), func.min(Delivery.created_at))
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Delivery.state == "pending", Endpoint.state == "active")
    )
    count, oldest = session.execute(query).one()
    return count, oldest


def delivery_key(id: str) -> tuple[int, int]:  # noqa: A002 -- the contract's word
    """Return sequence and generation of a delivery's id.

    :raises NotFound: If it is no such id; then there is no such delivery.
    """
    sequence, _, generation = id.partition(".")
    is_id = all(part.isascii() and part.isdigit() for part in (sequence, generation))
    if not is_id or len(id) > LONGEST_ID:
        raise NotFound(f"There is no delivery {id}.")
    return int(sequence), int(generation)


def _endpoints() -> Select[Endpoint]:
    return select(Endpoint).where(Endpoint.state != "deleted")


def _deliveries(name: str) -> Select[Delivery, str]:
    return (
        select(Delivery, Endpoint.state)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Endpoint.name == name)
        .order_by(Delivery.sequence.desc(), Delivery.generation.desc())
    )


def _delivery_rows(
    session: Session, found: Sequence[Row[Delivery, str]]
) -> tuple[DeliveryRow, ...]:
    sequences = {row[0].sequence for row in found if row[0].sequence}
    names = events.names(session, sequences=sequences)
    return tuple(_delivery_row(session, row[0], row[1], names) for row in found)


def _delivery_row(
    session: Session, found: Delivery, endpoint_state: str, names: Mapping[int, tuple[str, str]]
) -> DeliveryRow:
    if found.sequence:
        event, kind = names[found.sequence]
    else:
        sent = ping(session, endpoint_id=found.endpoint_id, number=found.generation)
        event, kind = sent.id, sent.type
    is_parked = found.state == "pending" and endpoint_state in STOPPED
    return DeliveryRow(
        id=f"{found.sequence}.{found.generation}",
        sequence=found.sequence,
        event=event,
        type=kind,
        state="parked" if is_parked else found.state,
        reason=endpoint_state if is_parked else _reason(found),
        attempts=found.attempts,
        created_at=found.created_at,
        due_at=found.due_at,
        delivered_at=found.delivered_at,
    )


def _reason(found: Delivery) -> str | None:
    return RESTORED if found.state == "parked" and found.reason is None else found.reason


def _endpoint_row(session: Session, found: Endpoint) -> EndpointRow:
    pending = select(func.count()).where(
        Delivery.endpoint_id == found.id, Delivery.state == "pending"
    )
    schemes = select(EndpointSecret.scheme).where(EndpointSecret.endpoint_id == found.id)
    return EndpointRow(
        name=found.name,
        channel=found.channel,
        target=found.target,
        description=found.description,
        state=found.state,
        created_at=found.created_at,
        created_by=found.created_by,
        verified_at=found.verified_at,
        stopped_at=found.stopped_at,
        types=_names(found.types),
        sites=_names(found.sites),
        policies=_names(found.policies),
        change_types=_names(found.change_types),
        min_significance=found.min_significance,
        failures=found.failures,
        failing_since=found.failing_since,
        held_until=found.held_until,
        pending=session.scalar(pending) or 0,
        signatures=tuple(sorted(set(session.scalars(schemes)))),
    )


def _names(stored: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if stored is None else tuple(stored)
