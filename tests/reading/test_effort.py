"""How often an answer asks the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from policy_api.db.base import db
from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP
from tests.reading.published import CORRECTED

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def reader(reader_at: ReaderAt) -> FlaskClient:
    """Return a reader whose answers are never kept."""
    return reader_at(CORRECTED, answer_cache_mib=0)


@pytest.fixture
def statements(reader: FlaskClient) -> Iterator[list[str]]:
    """Yield the statements sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    with reader.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "times"),
    [
        (f"{SHOP}?locale=de", 2),
        (f"{SHOP}.html?locale=de", 3),
        (f"{SHOP}/versions/4?locale=de", 4),
        (f"{SHOP}/status?seen=1", 7),
        (f"{SHOP}/changelog", 5),
        ("/v1/resolve?host=shop.example.org", 1),
        ("/v1/changes", 2),
    ],
)
def test_an_answer_asks_a_few_times_once_its_policy_is_known(
    reader: FlaskClient, statements: list[str], path: str, times: int
) -> None:
    reader.get(path)
    statements.clear()

    reader.get(path)

    assert len(statements) == times
