"""The index of SQLite's write-ahead log tells of every commit, whoever makes it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from policy_api.db.engine import make_engine, sqlite_driver
from policy_api.db.wal_index import wal_index

pytestmark = pytest.mark.sqlite_only

WRITE = "import sys, {0} as d; c = d.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.sqlite3"


@pytest.fixture
def reader(file: Path) -> Iterator[Connection]:
    """Yield a connection that stays open."""
    engine = make_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM sqlite_schema"))
        connection.rollback()
        yield connection
    engine.dispose()


def write(file: Path, statement: str) -> None:
    """Commit in another process."""
    program = WRITE.format(sqlite_driver().__name__)
    subprocess.run([sys.executable, "-c", program, str(file), statement], check=True)


@pytest.mark.usefixtures("reader")
def test_a_commit_of_another_process_leaves_a_mark(file: Path) -> None:
    index = wal_index(file)
    assert index is not None
    states = [index.state()]
    for statement in ("CREATE TABLE t (n)", "INSERT INTO t VALUES (1)", "UPDATE t SET n = 2"):
        write(file, statement)
        states.append(index.state())

    assert len(set(states)) == len(states)


def test_reading_leaves_none(file: Path, reader: Connection) -> None:
    write(file, "CREATE TABLE t (n)")
    index = wal_index(file)
    assert index is not None
    before = index.state()
    reader.execute(text("SELECT * FROM t"))
    reader.rollback()

    assert index.state() == before


@pytest.mark.usefixtures("reader")
def test_an_index_is_opened_once(file: Path) -> None:
    assert wal_index(file) is wal_index(file)


def test_a_database_that_nobody_reads_has_none(file: Path) -> None:
    assert wal_index(file) is None


def test_looking_leaves_the_locks_of_readers_alone(file: Path, reader: Connection) -> None:
    write(file, "CREATE TABLE t (n)")
    before = reader.execute(text("SELECT count(*) FROM t")).scalar()
    wal_index(file)
    write(file, "INSERT INTO t VALUES (1)")
    # Without the reader's lock the log would be emptied under it.
    write(file, "PRAGMA wal_checkpoint(TRUNCATE)")
    during = reader.execute(text("SELECT count(*) FROM t")).scalar()
    reader.rollback()

    assert (before, during) == (0, 0)
    assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 1
