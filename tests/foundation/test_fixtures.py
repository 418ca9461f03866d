"""The fixtures give every test a database of its own, on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from policy_api.db.engine import make_engine
from policy_api.db.migrate import current, head


def test_a_test_starts_with_a_migrated_database(engine: Engine) -> None:
    with engine.connect() as connection:
        assert current(connection) == head()


@pytest.mark.sqlite_only
def test_a_test_may_stay_on_sqlite(session: Session) -> None:
    assert session.get_bind().dialect.name == "sqlite"


def test_a_session_speaks_to_that_database(session: Session) -> None:
    assert session.scalar(text("SELECT count(*) FROM release")) == 0


def test_a_blank_database_has_no_tables(blank_url: str) -> None:
    engine = make_engine(blank_url)

    with engine.connect() as connection:
        assert current(connection) is None

    engine.dispose()
