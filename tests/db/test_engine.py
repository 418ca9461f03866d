"""Connections are set up for safety, and the set-up is checked."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_api.db import engine as engines
from policy_api.db.engine import (
    POSTGRESQL_SETTINGS,
    absolute_url,
    engine_options,
    journal_mode,
    make_engine,
    sqlite_driver,
    sqlite_pragmas,
)
from policy_api.db.tx import writing

EXPECTED_PRAGMAS = {
    "busy_timeout": 5000,
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
    "temp_store": 2,
    "wal_autocheckpoint": 1000,
    "journal_size_limit": 67108864,
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("name", "value"), EXPECTED_PRAGMAS.items())
def test_every_connection_has_its_pragmas(engine: Engine, name: str, value: int) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


@pytest.mark.sqlite_only
def test_the_journal_is_the_one_that_this_sqlite_is_safe_with(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    assert found == journal_mode(sqlite_driver().sqlite_version_info)


def test_an_old_sqlite_gets_no_write_ahead_log() -> None:
    assert journal_mode((3, 51, 2)) == "delete"
    assert journal_mode((3, 51, 3)) == "wal"


def test_pythons_own_sqlite_does_where_the_other_is_not_to_be_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    fallback = make_engine(f"sqlite:///{tmp_path}/old.sqlite3")

    with fallback.connect() as connection:
        found = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    fallback.dispose()

    assert found == sqlite3.sqlite_version
    assert mode == journal_mode(sqlite3.sqlite_version_info)


def test_a_pragma_that_does_not_take_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def misspelt(version: tuple[int, ...]) -> dict[str, Any]:
        return {**sqlite_pragmas(version), "foreign_kyes": 1}

    monkeypatch.setattr(engines, "sqlite_pragmas", misspelt)
    careful = make_engine(f"sqlite:///{tmp_path}/new.sqlite3")

    with pytest.raises(RuntimeError, match="foreign_kyes"):
        careful.connect()


def test_the_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    made = make_engine(f"sqlite:///{tmp_path}/deep/down/new.sqlite3")
    with made.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        modes = {
            stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "deep" / "down").iterdir()
        }
    made.dispose()

    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "deep" / "down").stat().st_mode) == 0o700


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="needs a file"):
        engine_options(url)


def test_a_relative_file_is_found_from_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    found = absolute_url("sqlite:///var/policy-api.sqlite3")

    assert found.database == f"{tmp_path}/var/policy-api.sqlite3"


@pytest.mark.sqlite_only
def test_a_transaction_that_writes_says_so_from_the_start(session: Session, engine: Engine) -> None:
    statements: list[str] = []
    driver: Any = session.connection().connection.driver_connection
    driver.set_trace_callback(statements.append)
    session.rollback()

    session.execute(text("SELECT 1"))
    with writing(session):
        session.execute(text("SELECT 2"))
    session.execute(text("SELECT 3"))

    seen = [each for each in statements if each.startswith(("BEGIN", "SELECT"))]
    assert seen == ["BEGIN", "SELECT 1", "BEGIN IMMEDIATE", "SELECT 2", "BEGIN", "SELECT 3"]


@pytest.mark.sqlite_only
def test_a_reader_sees_one_state_while_others_write(session: Session, engine: Engine) -> None:
    with Session(engine) as reader:
        before = reader.scalar(text("SELECT value FROM event_counter"))
        with writing(session):
            session.execute(text("UPDATE event_counter SET value = 7"))

        assert reader.scalar(text("SELECT value FROM event_counter")) == before


def test_postgresql_has_its_limits(engine: Engine) -> None:
    expected = {
        "postgresql": {
            "statement_timeout": "5s",
            "lock_timeout": "2s",
            "idle_in_transaction_session_timeout": "10s",
            "TimeZone": "UTC",
            "search_path": "policy_api,pg_temp",
            "application_name": "policy-api",
            "transaction_timeout": "15s",
            "transaction_isolation": "read committed",
        }
    }.get(engine.dialect.name, {})

    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in expected}

    assert found == expected


def test_what_an_address_says_itself_wins() -> None:
    url = "postgresql+psycopg://localhost/x?options=-c%20statement_timeout%3D9&connect_timeout=1"

    given = engine_options(url)["connect_args"]

    assert given["options"].startswith("-c statement_timeout=5000")
    assert given["options"].endswith("-c statement_timeout=9")
    assert "connect_timeout" not in given
    assert set(POSTGRESQL_SETTINGS) == {
        setting.split("=")[0] for setting in given["options"].split("-c ")[1:-1]
    }


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO event_counter VALUES (2, 0)",
        "update event_counter set value = 1",
        "  DELETE FROM ledger_lock",
        "DROP TABLE ledger_lock",
        "WITH gone AS (SELECT 1) DELETE FROM ledger_lock",
    ],
)
def test_a_write_outside_of_a_write_transaction_is_refused(
    session: Session, statement: str
) -> None:
    with pytest.raises(RuntimeError, match=r"use writing\(\)"):
        session.execute(text(statement))


def test_reading_words_that_sound_like_writing_is_fine(session: Session) -> None:
    statement = "WITH kept AS (SELECT 'UPDATE' AS act) SELECT act FROM kept"

    assert session.scalar(text(statement)) == "UPDATE"


@pytest.mark.sqlite_only
def test_types_are_enforced_as_postgresql_does(session: Session) -> None:
    with pytest.raises(DBAPIError, match="cannot store TEXT"), writing(session):
        session.execute(text("UPDATE event_counter SET value = 'many'"))


def test_a_reference_to_nothing_is_refused(session: Session) -> None:
    statement = "INSERT INTO draft_entry VALUES (9, 'organization', NULL)"

    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), writing(session):
        session.execute(text(statement))
