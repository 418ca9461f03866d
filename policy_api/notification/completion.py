"""Write down what came of attempts, many at a time, and end leases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from policy_api.db.given import given, rows_given
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
    dialect = session.get_bind().dialect.name
    connection = session.connection()
    if tried:
        connection.execute(_log(dialect), rows_given(map(_attempt, tried)))
    delivered = [each for each in tried if each.outcome.verdict is Verdict.DELIVERED]
    if delivered:
        rows = rows_given(map(_success, delivered))
        connection.execute(_deliver(dialect), {**rows, "now": now})
    failed = [each for each in tried if each.outcome.verdict is not Verdict.DELIVERED]
    if failed:
        rows = rows_given(_failure(each, now=now, schedule=schedule) for each in failed)
        connection.execute(_fail(dialect), rows)
    verified = [each for each in finished if each.is_verified]
    if verified:
        _activate(session, verified, now=now)
    if finished:
        # Everybody takes endpoints in the same order, so nobody waits in a circle.
        ends = sorted(finished, key=lambda each: each.endpoint_id)
        rows = rows_given(_end(each, now=now) for each in ends)
        connection.execute(_finish(dialect), {**rows, "now": now})


def _attempt(each: Tried) -> dict[str, object]:
    return {
        "endpoint_id": each.endpoint_id,
        "sequence": each.due.sequence,
        "generation": each.due.generation,
        "lease_token": each.token,
        "started_at": each.started_at,
        "milliseconds": each.milliseconds,
        "verdict": each.outcome.verdict.value,
        "status": each.outcome.status,
        "detail": _storable(each.outcome.detail),
        "answer": _storable(each.outcome.answer),
    }


def _storable(text: str) -> str:
    """Return a text as every database takes it; a plugin's channel may hand on anything."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _success(each: Tried) -> dict[str, object]:
    return {
        "endpoint_id": each.endpoint_id,
        "sequence": each.due.sequence,
        "generation": each.due.generation,
        "attempts": each.due.attempts + 1,
    }


def _failure(each: Tried, *, now: datetime, schedule: Schedule) -> dict[str, object]:
    attempts = each.due.attempts + 1
    pause = schedule.pause(attempts, retry_after=each.outcome.retry_after)
    is_refused = each.outcome.verdict is Verdict.RETRY
    is_over = pause is None and each.outcome.verdict is not Verdict.GONE
    return {
        **_success(each),
        "lease_token": each.token,
        # Where the endpoint is given rest, its own clock counts: the oldest one goes first again.
        "due_at": now + pause if is_refused and pause is not None else now,
        "state": "parked" if is_over else "pending",
        "reason": "exhausted" if is_over else None,
    }


def _end(each: Finished, *, now: datetime) -> dict[str, object]:
    health = each.health
    rests = health.held_until is not None and health.held_until > now
    return {
        "endpoint_id": each.endpoint_id,
        "lease_token": each.token,
        "state": "active" if each.is_verified else health.state,
        "failures": health.failures,
        "failing_since": health.failing_since,
        "held_until": health.held_until,
        "wanted": health.held_until if rests else each.due_at,
        "is_stopped": health.state in {"disabled", "gone"},
    }


_attempts = cast("Table", Attempt.__table__)
_delivery = cast("Table", Delivery.__table__)
_endpoint = cast("Table", Endpoint.__table__)
_NOW = bindparam("now", type_=UTCDateTime())


@cache
def _log(dialect: str) -> postgresql.Insert | sqlite.Insert:
    rows = _given(*_attempts.c, dialect=dialect)
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Without a condition, SQLite would take ON CONFLICT for that of a join.
    found = select(rows).where(true())
    return insert(_attempts).from_select(_attempts.c.keys(), found).on_conflict_do_nothing()


@cache
def _deliver(dialect: str) -> Update:
    rows = _given(*_delivery.primary_key, _delivery.c.attempts, dialect=dialect)
    return (
        update(_delivery)
        .where(_is_delivery(rows), _delivery.c.state != "delivered")
        .values(state="delivered", reason=None, attempts=rows.c.attempts, delivered_at=_NOW)
    )


@cache
def _fail(dialect: str) -> Update:
    kept = [_delivery.c[name] for name in ("attempts", "due_at", "state", "reason")]
    rows = _given(*_delivery.primary_key, _endpoint.c.lease_token, *kept, dialect=dialect)
    held = select(_endpoint.c.id).where(_is_held(rows)).exists()
    return (
        update(_delivery)
        .where(_is_delivery(rows), _delivery.c.state == "pending", held)
        .values({column.name: rows.c[column.name] for column in kept})
    )


@cache
def _finish(dialect: str) -> Update:
    kept = [_endpoint.c[name] for name in ("state", "failures", "failing_since", "held_until")]
    rows = _given(
        _delivery.c.endpoint_id,
        _endpoint.c.lease_token,
        *kept,
        dialect=dialect,
        wanted=UTCDateTime(),
        is_stopped=Boolean(),
    )
    return (
        update(_endpoint)
        .where(_is_held(rows))
        .values(
            **{column.name: rows.c[column.name] for column in kept},
            leased_until=None,
            stopped_at=case(
                (rows.c.is_stopped, func.coalesce(_endpoint.c.stopped_at, _NOW)), else_=None
            ),
            due_at=case(
                (rows.c.is_stopped, None),
                (rows.c.wanted.is_not(None), rows.c.wanted),
                # Somebody has called meanwhile: what he knows, this statement may not see yet.
                (_endpoint.c.due_at.is_not(None), _endpoint.c.due_at),
                else_=_next_due(rows),
            ),
        )
    )


def _given(*columns: Column[Any], dialect: str, **more: TypeEngine[Any]) -> FromClause:
    kinds = {column.name: column.type for column in columns}
    return given({**kinds, **more}, dialect=dialect)


def _is_delivery(rows: FromClause) -> ColumnElement[bool]:
    return and_(*(key == rows.c[key.name] for key in _delivery.primary_key))


def _is_held(rows: FromClause) -> ColumnElement[bool]:
    """Tell whether who reports on an endpoint still has its lease."""
    return and_(_endpoint.c.id == rows.c.endpoint_id, _endpoint.c.lease_token == rows.c.lease_token)


def _next_due(rows: FromClause) -> Any:  # noqa: ANN401 -- SQLAlchemy's expressions
    """Return when an endpoint has something to send, if it does not need rest."""
    pending = and_(
        _delivery.c.endpoint_id == _endpoint.c.id,
        _delivery.c.state == "pending",
        or_(rows.c.state != "pending_verification", _delivery.c.sequence == 0),
    )
    ready = select(1).select_from(_delivery).where(pending, _delivery.c.due_at <= _NOW).exists()
    later = select(func.min(_delivery.c.due_at)).where(pending).scalar_subquery()
    return case((ready, _NOW), else_=later)


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
