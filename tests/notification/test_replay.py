"""Sending everything again since a moment, by what exists of each event."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.notification import fanout
from policy_api.notification.filters import Filter
from policy_api.notification.replay import replay
from tests.notification.conftest import Happen, Subscribe, Times

Row = tuple[int, int, str, int]


@pytest.fixture
def rows(session: Session) -> Callable[[], list[Row]]:
    """Return a function that tells all deliveries of events: sequence, generation, state, tries."""

    def ask() -> list[Row]:
        session.rollback()
        query = text(
            "SELECT sequence, generation, state, attempts FROM delivery WHERE sequence > 0"
            " ORDER BY sequence, generation"
        )
        return [tuple(row) for row in session.execute(query)]

    return ask


@pytest.fixture
def name(session: Session, subscribe: Subscribe, happen: Happen, times: Times) -> str:
    """Return an endpoint that was handed four events out of five, with what came of them."""
    made: str = subscribe("http://127.0.0.1:8009/", wanted=Filter(sites=("shop",))).endpoint.name
    with writing(session):
        session.execute(text("UPDATE endpoint SET state = 'active', after_sequence = 0"))
    for _ in range(3):
        happen()
    happen(sites=("forum",))
    with writing(session):
        while fanout.advance(session, now=times()):
            continue
    with writing(session):
        for sequence, state in ((1, "delivered"), (2, "parked"), (3, "pending")):
            session.execute(
                text("UPDATE delivery SET state = :state, attempts = 3 WHERE sequence = :sequence"),
                {"state": state, "sequence": sequence},
            )
    happen()
    return made


def test_each_event_is_made_due_by_what_exists_of_it(
    session: Session, name: str, rows: Callable[[], list[Row]], times: Times
) -> None:
    with writing(session):
        count = replay(session, name=name, since_sequence=1, now=times())

    assert count == 4
    assert rows() == [
        (1, 1, "delivered", 3),
        (1, 2, "pending", 0),
        (2, 1, "pending", 0),
        (3, 1, "pending", 0),
        (5, 1, "pending", 0),
    ]


def test_asking_twice_sends_once(
    session: Session, name: str, rows: Callable[[], list[Row]], times: Times
) -> None:
    for _ in range(2):
        with writing(session):
            replay(session, name=name, since_sequence=2, now=times())

    assert rows()[1:] == [(2, 1, "pending", 0), (3, 1, "pending", 0), (5, 1, "pending", 0)]


def test_what_is_handed_out_afterwards_is_not_doubled(
    session: Session, name: str, rows: Callable[[], list[Row]], times: Times
) -> None:
    with writing(session):
        replay(session, name=name, since_sequence=5, now=times())
    with writing(session):
        while fanout.advance(session, now=times()):
            continue

    assert rows()[-1] == (5, 1, "pending", 0)
    assert len(rows()) == 4


def test_many_events_take_as_many_writes_as_few(
    session: Session, name: str, happen: Happen, times: Times
) -> None:
    def writes() -> int:
        found: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            found.append(statement)

        sqlalchemy_event.listen(session.get_bind(), "before_cursor_execute", note)
        with writing(session):
            replay(session, name=name, since_sequence=1, now=times())
        sqlalchemy_event.remove(session.get_bind(), "before_cursor_execute", note)
        return sum(each.startswith(("UPDATE", "INSERT")) for each in found)

    few = writes()
    for _ in range(30):
        happen()

    assert writes() == few
