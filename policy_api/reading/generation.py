"""Which state of the ledger counts: one cheap question, with the same answer in every process.

An answer that is kept is shown again only while this state is still the newest, so whatever was
committed before a request arrived is seen by it, whoever committed it and wherever.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from policy_api.db.engine import make_engine, sqlite_file
from policy_api.db.wal_index import WalIndex, wal_index
from policy_api.ledger import queries
from policy_api.reading.moment import ON_THE_WAY

QUESTION: Final = (
    "SELECT (SELECT max(number) FROM release), (SELECT max(sequence) FROM event), "
    "(SELECT number FROM packing)"
)
"""All that readers see comes from a release or is in the log of events, and how strongly it is
compressed from packing; all three only ever grow."""

IMPATIENCE_MS: Final = 500
"""Longer than any answer to that question takes while the database is well."""

PAUSE_SECONDS: Final = 1.0
"""After a failure nothing is asked for so long; the usual way tells readers what is wrong."""

SECOND: Final = timedelta(seconds=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Generation:
    """A state of what is public. Two that are not the same object are not the same state."""

    release: int
    sequence: int
    packing: int = 0
    """How often answers came to be compressed more strongly."""

    published_at: datetime | None = None
    switches: tuple[datetime, ...] = field(default=())
    """When announced texts take effect, past and to come, in order."""

    @property
    def age(self) -> tuple[int, int, int]:
        """Return what is greater in every later state."""
        return self.release, self.sequence, self.packing

    def steady_until(self, now: datetime, *, longest: int) -> datetime:
        """Return the instant before which nothing in an answer changes that is given now.

        Near a switch the lifetime that an answer states shrinks with each second, and so it does
        while the clock is behind the last change.

        :param longest: Seconds that an answer may state as its lifetime, and once more as stale.
        """
        if self.published_at is None:
            return now + timedelta(days=1)
        begun = [switch for switch in self.switches if switch <= now]
        if max([self.published_at, *begun]) >= now:
            return now + SECOND
        following = next((switch for switch in self.switches if switch > now), None)
        if following is None:
            return now + timedelta(days=1)
        return max(now + SECOND, following - timedelta(seconds=2 * longest + ON_THE_WAY + 1))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A state, and what tells that it is still the newest without another question."""

    generation: Generation
    index: WalIndex
    mark: bytes
    process: int

    def is_newest(self) -> bool:
        """Tell whether nothing at all was committed since."""
        return self.index.state() == self.mark and self.process == os.getpid()


class GenerationCheck:
    """Asks the database for the state that counts, over a connection of its own."""

    def __init__(self, find_engine: Callable[[], Engine]) -> None:
        self._find_engine = find_engine
        self._lock = Lock()
        self._asked = 0
        self._known: Generation | None = None
        self._quiet_until = 0.0
        self._open: _OpenCheck | None = None
        self._seen: _Seen | None = None

    def current(self) -> Generation | None:
        """Return the newest state as of now, or None if that cannot be told.

        Threads that wait share a question that was asked after each of them arrived.
        """
        seen = self._seen
        if seen is not None and seen.is_newest():
            return seen.generation
        before = self._asked
        with self._lock:
            if self._asked == before:
                self._known = self._ask()
            return self._known

    def close(self, *_: object) -> None:
        """Let go of the connection; the next question opens another one."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = self._known = self._seen = None
            self._quiet_until = 0.0

    def _ask(self) -> Generation | None:
        self._asked += 1
        if time.monotonic() < self._quiet_until:
            return None
        try:
            if self._open is None or self._open.process != os.getpid():
                self._open = self._opened()
            return self._answer(self._open)
        # Drivers have no error in common, and any failure means the same: take the usual way.
        except Exception as error:  # noqa: BLE001
            _log.info("Kept answers rest: %s", type(error).__name__)
            if self._open is not None:
                self._open.close()
            self._open = self._seen = None
            self._quiet_until = time.monotonic() + PAUSE_SECONDS
            return None

    def _answer(self, opened: _OpenCheck) -> Generation:
        # Marked before the question: what is committed meanwhile makes the mark outdated at once.
        mark = None if opened.index is None else opened.index.state()
        answer = opened.answer(self._known)
        if opened.index is not None and mark is not None:
            self._seen = _Seen(answer, opened.index, mark, opened.process)
        return answer

    def _opened(self) -> _OpenCheck:
        engine = self._find_engine()
        if not event.contains(engine, "engine_disposed", self.close):
            event.listen(engine, "engine_disposed", self.close)
        return _OpenCheck(engine)


class _OpenCheck:
    """A connection that has nothing else to do."""

    def __init__(self, engine: Engine) -> None:
        self.process = os.getpid()
        self._engine = make_engine(engine.url, threads=1)
        self._connection = self._engine.connect()
        if engine.dialect.name == "postgresql":
            self._connection = self._connection.execution_options(isolation_level="AUTOCOMMIT")
        # The driver itself is asked; SQLAlchemy would take ten times as long as the database.
        driver: Any = self._connection.connection.driver_connection
        if engine.dialect.name == "postgresql":
            driver.execute(f"SET statement_timeout = {IMPATIENCE_MS}")
        else:
            driver.execute(f"PRAGMA busy_timeout={IMPATIENCE_MS}").fetchall()
            driver.execute("PRAGMA query_only=1").fetchall()
        self._cursor = driver.cursor()
        self._numbers()
        file = sqlite_file(engine.url)
        self.index = None if file is None else wal_index(file)

    def answer(self, known: Generation | None) -> Generation:
        """Return the newest state: the known one, if that is it."""
        age = self._numbers()
        if known is not None and known.age == age:
            return known
        return self._read()

    def close(self) -> None:
        """Close the connection."""
        self._connection.invalidate()
        self._connection.close()
        self._engine.dispose()

    def _numbers(self) -> tuple[int, int, int]:
        # All rows are fetched, for a statement that is not finished would hold on to its state.
        ((release, sequence, packing),) = self._cursor.execute(QUESTION).fetchall()
        return release or 0, sequence or 0, packing

    def _read(self) -> Generation:
        """Read when a new state switches texts.

        Numbers are asked for first: older ones than belong to the instants make kept answers
        outdated too early, never too late.
        """
        _, sequence, packing = self._numbers()
        with Session(self._connection) as session:
            release = queries.head_number(session)
            published_at, switches = queries.instants(session)
        return Generation(
            release=release,
            sequence=sequence,
            packing=packing,
            published_at=published_at,
            switches=switches,
        )
