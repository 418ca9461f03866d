"""The worker's side of the database: whole transactions, called on a thread of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from policy_api.db.tx import retrying, writing
from policy_api.events import queries as events
from policy_api.events import service
from policy_api.notification import completion, fanout, lease
from policy_api.notification.completion import Finished, Tried
from policy_api.notification.lease import Lease
from policy_api.notification.letters import Letter, LetterKey, Letters
from policy_api.notification.pace import Pace

T = TypeVar("T")

Clock = Callable[[Session], datetime]

FIRST_CHUNK = 500

_SQLITE_NOW = text("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")
_POSTGRESQL_NOW = select(func.clock_timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a look at the database brought."""

    leases: tuple[Lease, ...] = ()
    letters: dict[LetterKey, Letter] = field(default_factory=dict)
    has_more: bool = False
    next_due: datetime | None = None
    """Of the events that only the clock brings about."""

    now: datetime


def database_time(session: Session) -> datetime:
    """Return the time by which leases are measured: the database's, one clock for all workers."""
    if session.get_bind().dialect.name == "sqlite":
        found: str = session.execute(_SQLITE_NOW).scalar_one()
        return datetime.fromisoformat(found)
    now: datetime = session.execute(_POSTGRESQL_NOW).scalar_one()
    return now


class Mailbox:
    """Everything a worker asks of the database. Not for two threads at once."""

    def __init__(
        self,
        engine: Engine,
        *,
        pace: Pace,
        channels: Sequence[str],
        now: Clock = database_time,
    ) -> None:
        self._session = Session(engine, expire_on_commit=False)
        self._pace = pace
        self._channels = tuple(channels)
        self._now = now
        self._letters = Letters()
        self._chunk = min(FIRST_CHUNK, pace.chunk)

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    def turn(self, limit: int) -> Turn:
        """Bring due events about, hand one chunk out, and lease what is due.

        :param limit: Endpoints there is room for.
        """
        now = self._look(self._now)
        next_due = self._look(events.next_due)
        if next_due is not None and next_due <= now:
            second = now.replace(microsecond=0)
            self._write(lambda session: service.fire_due(session, now=second))
        has_more = False
        if self._look(fanout.has_work):
            has_more = self._hand_out(now)
        taken: tuple[Lease, ...] = ()
        if limit and self._look(partial(lease.is_waiting, now=now, channels=self._channels)):
            taken = self._take(min(limit, self._pace.claim))
        return Turn(
            leases=taken,
            letters=self._look(lambda session: self._letters.of(session, taken)),
            has_more=has_more or len(taken) == self._pace.claim,
            next_due=next_due,
            now=now,
        )

    def record(self, tried: Sequence[Tried], finished: Sequence[Finished]) -> None:
        """Store what came of attempts and end leases."""
        now = self._look(self._now)
        self._write(
            lambda session: completion.record(
                session, tried, finished, now=now, schedule=self._pace.schedule
            )
        )

    def sweep(self) -> int:
        """Find what nobody would look at."""
        now = self._look(self._now)
        forgotten = self._look(lease.forgotten)
        if not forgotten:
            return 0
        self._write(lambda session: lease.call(session, forgotten, now=now))
        return len(forgotten)

    def _hand_out(self, now: datetime) -> bool:
        def advance(session: Session) -> tuple[bool, float]:
            started = time.monotonic()
            found = fanout.advance(session, now=now, chunk=self._chunk)
            return found, time.monotonic() - started

        found, seconds = self._write(advance)
        self._chunk = fanout.next_chunk(self._chunk, seconds=seconds, largest=self._pace.chunk)
        return found

    def _take(self, limit: int) -> tuple[Lease, ...]:
        def claimed(session: Session) -> tuple[datetime, tuple[lease.Claimed, ...]]:
            # Asked once it is our turn to write: a lease that begins with a wait or a freeze
            # could have run out before its first delivery.
            now = self._now(session)
            lease.reap(session, now=now)
            return now, lease.claim(
                session,
                now=now,
                channels=self._channels,
                limit=limit,
                lasting=self._pace.lease,
            )

        now, found = self._write(claimed)
        if not found:
            return ()
        size = self._pace.per_lease
        return self._look(lambda session: lease.leases(session, found, now=now, size=size))

    def _look(self, ask: Callable[[Session], T]) -> T:
        """Read, and end the transaction at once: an open one would keep SQLite's log growing."""
        try:
            return ask(self._session)
        finally:
            self._session.rollback()

    def _write(self, act: Callable[[Session], T]) -> T:
        def once() -> T:
            with writing(self._session) as session:
                found = act(session)
            session.expunge_all()
            return found

        return retrying(once)
