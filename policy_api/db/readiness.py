"""Whether the database can be used now."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from policy_api.db import migrate
from policy_api.errors import Unavailable

_DAMAGED_STATES = frozenset({"22", "XX"})
"""PostgreSQL: data that is none, and damaged files."""

_DAMAGED_CODES = frozenset({11, 26})
"""SQLITE_CORRUPT and SQLITE_NOTADB, the low byte of every more exact code."""


def check_ready(session: Session) -> None:
    """Refuse while the database is out of reach or not at the revision of this program.

    :raises Unavailable: With the reason, which names no address.
    """
    try:
        found = migrate.current(session.connection())
    except SQLAlchemyError as error:
        raise Unavailable("The database cannot be reached.") from error
    if found != migrate.head():
        raise Unavailable(
            "The database is at another revision than the program.",
            found=found,
            expected=migrate.head(),
        )


def is_damage(error: DBAPIError) -> bool:
    """Tell stored bytes that cannot be read from a database that does not answer."""
    original = error.orig
    sqlstate = getattr(original, "sqlstate", None)
    if sqlstate is not None:
        return str(sqlstate)[:2] in _DAMAGED_STATES
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & 0xFF in _DAMAGED_CODES
    # The driver complains of text that is no UTF-8 by itself, without a code.
    return "decode" in str(original)


def damages(engine: Engine, *, thorough: bool = False) -> tuple[str, ...]:
    """Return what SQLite finds broken in its own file; nothing on PostgreSQL.

    :param thorough: Also compare every index with its table, which takes much longer.
    """
    if engine.dialect.name != "sqlite":
        return ()
    check = "integrity_check" if thorough else "quick_check"
    try:
        with engine.connect() as connection:
            lines = connection.scalars(text(f"PRAGMA {check}")).all()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all() if thorough else []
    except DatabaseError as error:
        # A page can be so broken that the check itself, or even connecting, gives up.
        return (str(error.orig),)
    found = [line for line in lines if line != "ok"]
    return (*found, *(f"{row[0]} refers to a missing row of {row[2]}" for row in broken))
