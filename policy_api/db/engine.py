"""Engines set up for safety: pragmas that are checked, time-outs, own transaction control."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from policy_api.db.guard import is_writing, refuse_stray_write

DEFAULT_THREADS = 4
"""Connections a process keeps; it should equal the threads that ask for one."""

POSTGRESQL_SCHEMA = "policy_api"
"""Where the tables live, so that they can share a database and nothing can get in between."""

SAFE_WAL = (3, 51, 3)
"""Before this version, processes that share a write-ahead log can corrupt the database."""

BUSY_MS = 5000
JOURNAL_LIMIT = 64 * 1024 * 1024

POSTGRESQL_SETTINGS: Mapping[str, str] = {
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "timezone": "UTC",
    "search_path": f"{POSTGRESQL_SCHEMA},pg_temp",
}
POSTGRESQL_CONNECTION: Mapping[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10000,
    "application_name": "policy-api",
}
TRANSACTION_TIMEOUT_SINCE = 170000
TRANSACTION_TIMEOUT_MS = 15000


def make_engine(url: str | URL, *, threads: int = DEFAULT_THREADS) -> Engine:
    """Return an engine for use outside of an application."""
    return prepare(create_engine(absolute_url(url), **engine_options(url, threads=threads)))


def absolute_url(url: str | URL) -> URL:
    """Return an address whose SQLite file is found from any working directory.

    Flask-SQLAlchemy would look for a relative one in the application's instance folder.
    """
    parsed = make_url(url)
    file = sqlite_file(parsed)
    return parsed if file is None else parsed.set(database=str(file.absolute()))


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database, or None for another database.

    :raises ValueError: For a database in memory, which no second connection would see.
    """
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ValueError("A SQLite database needs a file.")
    return Path(url.database)


def engine_options(url: str | URL, *, threads: int = DEFAULT_THREADS) -> dict[str, Any]:
    """Return the keywords of ``create_engine`` for a database."""
    parsed = make_url(url)
    if sqlite_file(parsed) is not None:
        return {
            "module": sqlite_driver(),
            "connect_args": {"timeout": BUSY_MS / 1000},
            "pool_size": threads,
            "max_overflow": 0,
            "pool_timeout": 5,
        }
    return {
        "connect_args": _postgresql_arguments(parsed),
        "isolation_level": "READ COMMITTED",
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "pool_size": threads,
        "max_overflow": 2,
        "pool_timeout": 5,
    }


def prepare(engine: Engine) -> Engine:
    """Attach what every connection of an engine needs, and return it."""
    event.listen(engine, "before_cursor_execute", refuse_stray_write)
    if engine.dialect.name == "sqlite":
        file = sqlite_file(engine.url)
        if file is not None:
            _create_private(file)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "close", _optimize_sqlite)
    else:
        event.listen(engine, "connect", _set_up_postgresql)
    return engine


def sqlite_driver() -> ModuleType:
    """Return the driver with the newer SQLite: the one of the wheel, else Python's."""
    if importlib.util.find_spec("pysqlite3") is None:
        return sqlite3
    return importlib.import_module("pysqlite3.dbapi2")


def journal_mode(sqlite_version: tuple[int, ...]) -> str:
    """Return the journal mode that is safe with several processes."""
    return "wal" if sqlite_version >= SAFE_WAL else "delete"


def sqlite_pragmas(sqlite_version: tuple[int, ...]) -> dict[str, str | int]:
    """Return the pragmas of every connection, with the values they must have afterwards."""
    return {
        "busy_timeout": BUSY_MS,
        "journal_mode": journal_mode(sqlite_version),
        "synchronous": 2,
        "foreign_keys": 1,
        # Without it, INSERT OR REPLACE would delete rows past the triggers that forbid it.
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
        "temp_store": 2,
        "wal_autocheckpoint": 1000,
        "journal_size_limit": JOURNAL_LIMIT,
    }


def _set_up_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 -- the driver's
    """Take over transactions, set the pragmas and see that they took.

    SQLite ignores a misspelt pragma without a word.
    """
    connection.isolation_level = None
    for name, value in sqlite_pragmas(sqlite_driver().sqlite_version_info).items():
        connection.execute(f"PRAGMA {name}={value}").fetchall()
        found = connection.execute(f"PRAGMA {name}").fetchone()
        if found is None or found[0] != value:
            raise RuntimeError(f"SQLite keeps {name} at {found}, not at {value}.")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; one that writes takes its turn before it reads.

    A reader that turns writer fails at once when another wrote meanwhile, however long the busy
    time-out.
    """
    if is_writing(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # This cannot fail, so the driver itself is told; through SQLAlchemy it takes ten times as long.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN")


def _optimize_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 -- the driver's
    """Renew SQLite's statistics, if that is due and nobody is in the way."""
    # Nothing depends on it, and closing must neither wait nor fail.
    with suppress(sqlite_driver().Error):
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA optimize")


def _create_private(file: Path) -> None:
    """Create the database's file for its owner only; SQLite gives its side files the same mode."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _postgresql_arguments(url: URL) -> dict[str, Any]:
    """Return libpq's parameters; what the address says itself comes last and wins."""
    ours = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    theirs = url.query.get("options", "")
    given = {name: value for name, value in POSTGRESQL_CONNECTION.items() if name not in url.query}
    options = theirs if isinstance(theirs, str) else " ".join(theirs)
    return {**given, "options": f"{ours} {options}".strip()}


def _set_up_postgresql(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 -- the driver's
    """Limit whole transactions, where the server can."""
    if connection.info.server_version < TRANSACTION_TIMEOUT_SINCE:
        return
    autocommit, connection.autocommit = connection.autocommit, True
    connection.execute(f"SET transaction_timeout = {TRANSACTION_TIMEOUT_MS}")
    connection.autocommit = autocommit
