"""Write down what came of attempts, many at a time, and end leases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, Table, and_, bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from policy_api.db.types import UTCDateTime
from policy_api.events import queries as events
from policy_api.events.service import hold
from policy_api.notification.lease import Due
from policy_api.notification.models import Attempt, Delivery, Endpoint
from policy_api.notification.retry import Health, Schedule
from policy_api.notification.wire import Outcome, Verdict

_SILENT = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt, and what came of it."""

    endpoint_id: int
    token: int
    due: Due
    started_at: datetime
    milliseconds: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The end of a lease."""

    endpoint_id: int
    token: int
    health: Health
    is_verified: bool = False
    """Whether the receiver has just repeated its challenge."""

    due_at: datetime | None = None
    """When to look again, if that is not up to the deliveries."""


def record(
    session: Session,
    tried: Sequence[Tried],
    finished: Sequence[Finished],
    *,
    now: datetime,
    schedule: Schedule,
) -> None:
    """Store attempts and end leases, all in the caller's transaction.

    That something was delivered is a fact and counts whoever says so. Everything else counts only
    from the one who holds the lease.
    """
    tried = sorted(tried, key=lambda each: (each.endpoint_id, each.token))
    if tried:
        _log(session, tried)
        _store(session, tried, now=now, schedule=schedule)
    verified = [each for each in finished if each.is_verified]
    if verified:
        _activate(session, verified, now=now)
    if finished:
        ends = sorted(finished, key=lambda each: each.endpoint_id)
        session.execute(_END, [_end(each, now=now) for each in ends])


def _log(session: Session, tried: Sequence[Tried]) -> None:
    rows = [
        {
            "endpoint_id": each.endpoint_id,
            "sequence": each.due.sequence,
            "generation": each.due.generation,
            "lease_token": each.token,
            "started_at": each.started_at,
            "milliseconds": each.milliseconds,
            "verdict": each.outcome.verdict.value,
            "status": each.outcome.status,
            "detail": each.outcome.detail,
            "answer": each.outcome.answer,
        }
        for each in tried
    ]
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgresql else sqlite).insert(Attempt.__table__)
    session.connection().execute(insert.on_conflict_do_nothing(), rows)


def _store(session: Session, tried: Sequence[Tried], *, now: datetime, schedule: Schedule) -> None:
    delivered, failed = [], []
    for each in tried:
        if each.outcome.verdict is Verdict.DELIVERED:
            delivered.append({**_key(each), "n": each.due.attempts + 1, "now": now})
        else:
            failed.append(_failure(each, now=now, schedule=schedule))
    connection = session.connection()
    if delivered:
        connection.execute(_DELIVERED, delivered)
    if failed:
        connection.execute(_FAILED, failed)


def _failure(each: Tried, *, now: datetime, schedule: Schedule) -> dict[str, Any]:
    attempts = each.due.attempts + 1
    pause = schedule.pause(attempts, retry_after=each.outcome.retry_after)
    is_refused = each.outcome.verdict is Verdict.RETRY
    is_over = pause is None and each.outcome.verdict is not Verdict.GONE
    return {
        **_key(each),
        "token": each.token,
        "n": attempts,
        # Where the endpoint is given rest, its own clock counts: the oldest one goes first again.
        "due": now + pause if is_refused and pause is not None else now,
        "to": "parked" if is_over else "pending",
        "why": "exhausted" if is_over else None,
    }


def _key(each: Tried) -> dict[str, Any]:
    return {"e": each.endpoint_id, "s": each.due.sequence, "g": each.due.generation}


_delivery = cast("Table", Delivery.__table__)
_endpoint = cast("Table", Endpoint.__table__)
_NOW = bindparam("now", type_=UTCDateTime())
_THIS = and_(
    _delivery.c.endpoint_id == bindparam("e"),
    _delivery.c.sequence == bindparam("s"),
    _delivery.c.generation == bindparam("g"),
)
_HELD = (
    select(_endpoint.c.id)
    .where(_endpoint.c.id == bindparam("e"), _endpoint.c.lease_token == bindparam("token"))
    .exists()
)
_DELIVERED = (
    update(_delivery)
    .where(_THIS, _delivery.c.state != "delivered")
    .values(state="delivered", reason=None, attempts=bindparam("n"), delivered_at=_NOW)
)
_FAILED = (
    update(_delivery)
    .where(_THIS, _delivery.c.state == "pending", _HELD)
    .values(
        state=bindparam("to"),
        reason=bindparam("why"),
        attempts=bindparam("n"),
        due_at=bindparam("due"),
    )
)


def _next_due() -> Any:  # noqa: ANN401 -- SQLAlchemy's expressions
    """Return when an endpoint has something to send, if it does not need rest."""
    pending = and_(
        _delivery.c.endpoint_id == _endpoint.c.id,
        _delivery.c.state == "pending",
        or_(bindparam("to") != "pending_verification", _delivery.c.sequence == 0),
    )
    ready = select(1).where(pending, _delivery.c.due_at <= _NOW).exists()
    later = select(func.min(_delivery.c.due_at)).where(pending).scalar_subquery()
    return case((ready, _NOW), else_=later)


_WANTED = bindparam("wanted", type_=UTCDateTime())
_STOPPED = bindparam("is_stopped", type_=Boolean())
_END = (
    update(_endpoint)
    .where(_endpoint.c.id == bindparam("e"), _endpoint.c.lease_token == bindparam("token"))
    .values(
        state=bindparam("to"),
        failures=bindparam("n"),
        failing_since=bindparam("since"),
        held_until=bindparam("held"),
        leased_until=None,
        stopped_at=case((_STOPPED, func.coalesce(_endpoint.c.stopped_at, _NOW)), else_=None),
        due_at=case(
            (_STOPPED, None),
            (_WANTED.is_not(None), _WANTED),
            # Somebody has called meanwhile: what he knows, this statement may not see yet.
            (_endpoint.c.due_at.is_not(None), _endpoint.c.due_at),
            else_=_next_due(),
        ),
    )
)


def _end(each: Finished, *, now: datetime) -> dict[str, Any]:
    health = each.health
    rests = health.held_until is not None and health.held_until > now
    return {
        "e": each.endpoint_id,
        "token": each.token,
        "to": "active" if each.is_verified else health.state,
        "n": health.failures,
        "since": health.failing_since,
        "held": health.held_until,
        "wanted": health.held_until if rests else each.due_at,
        "is_stopped": health.state in {"disabled", "gone"},
        "now": now,
    }


def _activate(session: Session, verified: Sequence[Finished], *, now: datetime) -> None:
    """Let endpoints hear of what happens from now on.

    Holding the log makes "from now on" exact: no event can be on its way meanwhile.
    """
    hold(session)
    last = events.last_sequence(session)
    for each in verified:
        session.execute(
            update(Endpoint)
            .where(Endpoint.id == each.endpoint_id, Endpoint.lease_token == each.token)
            .values(verified_at=now, after_sequence=func.coalesce(Endpoint.after_sequence, last)),
            execution_options=_SILENT,
        )
