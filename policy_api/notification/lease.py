"""Leases on endpoints: who may send to whom now, and what becomes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from policy_api.db.types import UTCDateTime
from policy_api.notification.models import Delivery, Endpoint, EndpointSecret
from policy_api.notification.retry import Health

LONGEST = timedelta(hours=1)
"""A lease that ends later than any can: the clock was set back since."""

WORKABLE = ("active", "suspect", "pending_verification")
_SILENT = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery that a lease holder shall try."""

    sequence: int
    generation: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A signing key as it is stored."""

    scheme: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to send to one endpoint, for a while."""

    endpoint_id: int
    name: str
    token: int
    """The fence: a higher one makes this lease worthless."""

    channel: str
    target: Mapping[str, Any]
    health: Health
    keys: tuple[SealedKey, ...]
    due: tuple[Due, ...]
    has_more: bool
    """Whether deliveries stay behind that are due as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An endpoint that was just leased."""

    id: int
    name: str
    token: int
    channel: str
    target: Mapping[str, Any]
    health: Health


def is_waiting(session: Session, *, now: datetime, channels: Sequence[str]) -> bool:
    """Tell whether an endpoint is due or a lease has run out."""
    due = select(Endpoint.id).where(_claimable(now, channels)).limit(1)
    lost = select(Endpoint.id).where(_run_out(now)).limit(1)
    return session.scalar(due) is not None or session.scalar(lost) is not None


def reap(session: Session, *, now: datetime) -> None:
    """End leases whose holder did not come back in time."""
    session.execute(
        update(Endpoint)
        .where(_run_out(now))
        .values(leased_until=None, due_at=now, lease_token=Endpoint.lease_token + 1),
        execution_options=_SILENT,
    )


def claim(
    session: Session,
    *,
    now: datetime,
    channels: Sequence[str],
    limit: int,
    lasting: timedelta,
) -> tuple[Claimed, ...]:
    """Take the endpoints that have waited longest, for a while.

    :param channels: Those the worker has; who is told through another waits for one that has it.
    """
    claimable = _claimable(now, channels)
    chosen = select(Endpoint.id).where(claimable).order_by(Endpoint.due_at).limit(limit)
    statement = (
        update(Endpoint)
        .where(Endpoint.id.in_(chosen.with_for_update(skip_locked=True)))
        .values(
            lease_token=Endpoint.lease_token + 1,
            leased_until=now + lasting,
            due_at=None,
        )
        .returning(
            Endpoint.id,
            Endpoint.name,
            Endpoint.lease_token,
            Endpoint.channel,
            Endpoint.target,
            Endpoint.state,
            Endpoint.failures,
            Endpoint.failing_since,
            Endpoint.held_until,
        )
    )
    return tuple(
        Claimed(
            id=row.id,
            name=row.name,
            token=row.lease_token,
            channel=row.channel,
            target=row.target,
            health=Health(
                state=row.state,
                failures=row.failures,
                failing_since=row.failing_since,
                held_until=row.held_until,
            ),
        )
        for row in session.execute(statement, execution_options=_SILENT)
    )


def leases(
    session: Session, claimed: Sequence[Claimed], *, now: datetime, size: int
) -> tuple[Lease, ...]:
    """Return claimed endpoints with their keys and with what to send, the oldest first.

    :param size: Deliveries per lease; one more tells whether others stay behind.
    """
    ids = [found.id for found in claimed]
    due = _due(session, ids, now=now, size=size + 1)
    keys = _keys(session, ids, now=now)
    return tuple(
        _lease(found, due.get(found.id, []), keys.get(found.id, []), size) for found in claimed
    )


def _lease(found: Claimed, due: list[Due], keys: list[SealedKey], size: int) -> Lease:
    if found.health.state == "pending_verification":
        # Nothing but challenges goes to whom has not proved to want it.
        due = [each for each in due if each.sequence == 0]
    kept = due[: 1 if found.health.is_held else size]
    return Lease(
        endpoint_id=found.id,
        name=found.name,
        token=found.token,
        channel=found.channel,
        target=found.target,
        health=found.health,
        keys=tuple(keys),
        due=tuple(kept),
        has_more=len(due) > len(kept),
    )


def forgotten(session: Session) -> tuple[int, ...]:
    """Return endpoints with something pending that nobody would look at.

    That takes two transactions that pass each other in an unlucky moment, or rows that somebody
    edited by hand; neither may cost a delivery.
    """
    pending = (
        select(Delivery.endpoint_id)
        .where(Delivery.endpoint_id == Endpoint.id, Delivery.state == "pending")
        .exists()
    )
    query = select(Endpoint.id).where(
        Endpoint.due_at.is_(None),
        Endpoint.leased_until.is_(None),
        Endpoint.state.in_(("active", "suspect")),
        pending,
    )
    return tuple(session.scalars(query))


def call(session: Session, endpoint_ids: Sequence[int], *, now: datetime) -> None:
    """Make workers look at endpoints, unless they would anyway."""
    for endpoint_id in sorted(endpoint_ids):
        session.execute(
            update(Endpoint)
            .where(Endpoint.id == endpoint_id, Endpoint.due_at.is_(None))
            .values(due_at=now),
            execution_options=_SILENT,
        )


def _claimable(now: datetime, channels: Sequence[str]) -> Any:  # noqa: ANN401 -- SQLAlchemy's conditions
    return and_(
        Endpoint.channel.in_(channels),
        Endpoint.due_at <= now,
        Endpoint.leased_until.is_(None),
        Endpoint.state.in_(WORKABLE),
    )


def _run_out(now: datetime) -> Any:  # noqa: ANN401 -- SQLAlchemy's conditions
    return or_(Endpoint.leased_until <= now, Endpoint.leased_until > now + LONGEST)


def _due(session: Session, ids: Sequence[int], *, now: datetime, size: int) -> dict[int, list[Due]]:
    """Return the first due deliveries of each endpoint, in the order of the log.

    One statement for all, which stops after some rows of each, however long the backlog.
    """
    inner, instant = aliased(Delivery), literal(now, UTCDateTime())
    last = (
        select(inner.sequence)
        .where(
            inner.endpoint_id == Delivery.endpoint_id,
            inner.state == "pending",
            inner.due_at <= instant,
        )
        .order_by(inner.sequence, inner.generation)
        .offset(size - 1)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Delivery.endpoint_id, Delivery.sequence, Delivery.generation, Delivery.attempts)
        .where(
            Delivery.endpoint_id.in_(ids),
            Delivery.state == "pending",
            Delivery.due_at <= instant,
            Delivery.sequence <= func.coalesce(last, 2**62),
        )
        .order_by(Delivery.endpoint_id, Delivery.sequence, Delivery.generation)
    )
    found: dict[int, list[Due]] = defaultdict(list)
    for endpoint_id, sequence, generation, attempts in session.execute(query):
        each = Due(sequence=sequence, generation=generation, attempts=attempts)
        found[endpoint_id].append(each)
    return found


def _keys(session: Session, ids: Sequence[int], *, now: datetime) -> dict[int, list[SealedKey]]:
    """Return the keys that are live, the newest first."""
    query = (
        select(EndpointSecret.endpoint_id, EndpointSecret.scheme, EndpointSecret.sealed)
        .where(
            EndpointSecret.endpoint_id.in_(ids),
            or_(EndpointSecret.expires_at.is_(None), EndpointSecret.expires_at > now),
        )
        .order_by(EndpointSecret.endpoint_id, EndpointSecret.number.desc())
    )
    found: dict[int, list[SealedKey]] = defaultdict(list)
    for endpoint_id, scheme, sealed in session.execute(query):
        found[endpoint_id].append(SealedKey(scheme=scheme, sealed=sealed))
    return found
