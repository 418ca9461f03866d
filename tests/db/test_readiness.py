"""The program says that it is not ready, and why, before it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from policy_api.db.engine import make_engine
from policy_api.db.migrate import head, upgrade
from policy_api.db.readiness import check_ready, damages
from policy_api.db.tx import writing
from policy_api.errors import Unavailable


def test_a_migrated_database_is_ready(session: Session) -> None:
    check_ready(session)


def test_an_empty_database_is_not_ready(blank_url: str) -> None:
    engine = make_engine(blank_url)

    with Session(engine) as session, pytest.raises(Unavailable, match="revision") as caught:
        check_ready(session)
    engine.dispose()

    assert caught.value.extra == {"found": None, "expected": head()}


def test_a_database_of_another_program_version_is_not_ready(blank_url: str) -> None:
    engine = make_engine(blank_url)
    upgrade(engine, "0001")

    with Session(engine) as session, pytest.raises(Unavailable) as caught:
        check_ready(session)
    engine.dispose()

    assert caught.value.extra["found"] == "0001"


def test_a_database_out_of_reach_is_not_ready(tmp_path: Path) -> None:
    engine = make_engine(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")

    with Session(engine) as session, pytest.raises(Unavailable) as caught:
        check_ready(session)
    engine.dispose()

    assert str(tmp_path) not in caught.value.detail


@pytest.mark.parametrize("thorough", [False, True])
def test_a_sound_database_has_no_damages(engine: Engine, thorough: bool) -> None:  # noqa: FBT001
    assert damages(engine, thorough=thorough) == ()


@pytest.mark.sqlite_only
def test_a_reference_to_a_missing_row_is_a_damage(engine: Engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("INSERT INTO draft_entry VALUES (9, 'organization', NULL)")

    assert damages(engine, thorough=True) == ("draft_entry refers to a missing row of draft",)


@pytest.mark.sqlite_only
def test_a_damaged_page_is_a_damage(session: Session, engine: Engine, tmp_path: Path) -> None:
    with writing(session):
        session.execute(text("UPDATE event_counter SET value = 1"))
    session.close()
    engine.dispose()
    file = tmp_path / "policy-api.sqlite3"
    content = bytearray(file.read_bytes())
    content[-4096 * 3 :] = bytes(4096 * 3)
    file.write_bytes(content)

    assert damages(engine) != ()
