"""Write transactions: begun on purpose, committed at the door, with what is due afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import SystemRandom
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_api.db.base import db
from policy_api.db.guard import WRITE_OPTIONS
from policy_api.errors import Unavailable

T = TypeVar("T")

TRIES = 5
SHORTEST_PAUSE = 0.02
LONGEST_PAUSE = 0.5
CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of a serialization failure, a deadlock and a lock that was not to be had."""

_BUSY = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED, the low byte of every more exact code."""

_WAITED_IN_VAIN = frozenset({"55P03", "57014"})
"""SQLSTATE of a lock that was not to be had, and of a statement that took too long."""

_AFTER_COMMIT = "policy_api.after_commit"


@contextmanager
def writing(session: Session | None = None, *, keep: bool = True) -> Iterator[Session]:
    """Run a block in one write transaction: all of it is stored, or nothing.

    :param session: Default: the session of the application context.
    :param keep: False for a rehearsal: everything is done, and then undone.
    :raises RuntimeError: If a write transaction is open already; only doors open them.
    """
    session = db.session() if session is None else session
    _begin(session)
    due: list[Callable[[], object]] = []
    session.info[_AFTER_COMMIT] = due
    try:
        yield session
        if keep:
            session.commit()
        else:
            session.rollback()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[_AFTER_COMMIT]
    for call in due if keep else ():
        call()


def after_commit(session: Session, call: Callable[[], object]) -> None:
    """Do something once the transaction is committed, and never if it is not.

    :raises RuntimeError: Outside of ``writing()``, where nothing would ever call it.
    """
    due = session.info.get(_AFTER_COMMIT)
    if due is None:
        raise RuntimeError("There is no write transaction to wait for.")
    due.append(call)


def retrying(
    call: Callable[[], T], *, tries: int = TRIES, sleep: Callable[[float], object] = time.sleep
) -> T:
    """Call a function that opens its own transaction, again if another one got in its way.

    :raises Unavailable: If that happened every time.
    """
    for _ in range(tries - 1):
        try:
            return call()
        except DBAPIError as error:
            if not is_conflict(error):
                raise
        # A random pause keeps two writers from meeting again and again.
        sleep(SystemRandom().uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
    try:
        return call()
    except DBAPIError as error:
        if not is_conflict(error):
            raise
        raise Unavailable("The database is busy. Please try again.") from error


def is_conflict(error: DBAPIError) -> bool:
    """Tell whether an error only says that another transaction was in the way."""
    original = error.orig
    busy = getattr(original, "sqlite_errorcode", None)
    if busy is not None:
        return busy & 0xFF in _BUSY
    return getattr(original, "sqlstate", None) in CONFLICTS


def is_timeout(error: DBAPIError) -> bool:
    """Tell whether an error says that a lock of another transaction was not to be had in time."""
    return getattr(error.orig, "sqlstate", None) in _WAITED_IN_VAIN


def _begin(session: Session) -> None:
    """End a read transaction, if there is one, and begin to write."""
    if _AFTER_COMMIT in session.info:
        raise RuntimeError("A write transaction is open already.")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("There are changes from outside of a write transaction.")
    # What was read so far may be outdated once the write lock is ours.
    session.rollback()
    session.connection(execution_options=WRITE_OPTIONS)
