"""A write transaction is all or nothing, and what depends on it comes after it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from policy_api.db.tx import TRIES, after_commit, is_conflict, retrying, writing
from policy_api.drafts.models import Draft
from policy_api.errors import Unavailable

COUNT = text("SELECT value FROM event_counter")
COUNT_UP = text("UPDATE event_counter SET value = value + 1")


def counted(session: Session) -> int:
    value = session.scalar(COUNT)
    session.rollback()
    return int(value or 0)


def count_up_and_fail(session: Session) -> float:
    session.execute(COUNT_UP)
    return 1 / 0


def test_a_block_that_ends_is_stored(session: Session) -> None:
    with writing(session) as opened:
        opened.execute(COUNT_UP)

    assert counted(session) == 1


def test_a_block_that_fails_leaves_nothing(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), writing(session):
        count_up_and_fail(session)

    assert counted(session) == 0


def test_a_session_writes_again_after_a_failure(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), writing(session):
        count_up_and_fail(session)

    with writing(session):
        session.execute(COUNT_UP)

    assert counted(session) == 1


def test_only_doors_open_write_transactions(session: Session) -> None:
    with writing(session), pytest.raises(RuntimeError, match="open already"), writing(session):
        session.execute(COUNT_UP)


def test_what_was_read_before_is_read_again_inside(session: Session, engine: Engine) -> None:
    before = session.scalar(COUNT)
    with Session(engine) as other, writing(other):
        other.execute(COUNT_UP)

    with writing(session):
        inside = session.scalar(COUNT)

    assert (before, inside) == (0, 1)


def test_changes_from_outside_are_not_swept_in(session: Session, now: datetime) -> None:
    session.add(Draft(title="x", state="open", created_at=now, created_by="kim"))

    with pytest.raises(RuntimeError, match="changes from outside"), writing(session):
        session.execute(COUNT_UP)


def test_a_row_can_be_handed_on_after_the_commit(session: Session, now: datetime) -> None:
    with writing(session):
        draft = Draft(title="x", state="open", created_at=now, created_by="kim")
        session.add(draft)

    session.close()

    assert (draft.id, draft.title) == (1, "x")


def test_what_is_due_after_the_commit_sees_what_was_stored(
    session: Session, engine: Engine
) -> None:
    seen: list[int] = []

    def look() -> None:
        with Session(engine) as other:
            seen.append(counted(other))

    with writing(session):
        after_commit(session, look)
        session.execute(COUNT_UP)
        assert seen == []

    assert seen == [1]


def test_what_is_due_after_the_commit_never_comes_if_there_is_none(session: Session) -> None:
    calls: list[str] = []

    with suppress(ZeroDivisionError), writing(session):
        after_commit(session, lambda: calls.append("called"))
        count_up_and_fail(session)

    assert calls == []


def test_what_was_due_is_due_once(session: Session) -> None:
    calls: list[str] = []
    with writing(session):
        after_commit(session, lambda: calls.append("called"))

    with writing(session):
        session.execute(COUNT_UP)

    assert calls == ["called"]


def test_nothing_waits_for_a_commit_outside_of_a_transaction(session: Session) -> None:
    with pytest.raises(RuntimeError, match="no write transaction"):
        after_commit(session, print)


# Two at the same time


def short_of_time(session: Session) -> None:
    """Give up on a lock at once, for the rest of the connection's life."""
    statements = {"sqlite": "PRAGMA busy_timeout=1", "postgresql": "SET lock_timeout = '10ms'"}
    session.execute(text(statements[session.get_bind().dialect.name]))
    session.commit()


def count_up(engine: Engine) -> None:
    with Session(engine) as session:
        short_of_time(session)
        with writing(session):
            session.execute(COUNT_UP)


def test_a_lock_that_is_not_to_be_had_is_a_conflict(session: Session, engine: Engine) -> None:
    with writing(session):
        session.execute(COUNT_UP)
        with pytest.raises(DBAPIError) as caught:
            count_up(engine)

    assert is_conflict(caught.value)


def test_a_broken_rule_is_no_conflict(session: Session) -> None:
    with pytest.raises(IntegrityError) as caught, writing(session):
        session.execute(text("INSERT INTO ledger_lock VALUES (2)"))

    assert not is_conflict(caught.value)


def test_a_conflict_is_tried_again_until_it_is_over(session: Session, engine: Engine) -> None:
    pauses: list[float] = []
    blocker = writing(session)
    blocker.__enter__().execute(COUNT_UP)

    def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            blocker.__exit__(None, None, None)

    retrying(lambda: count_up(engine), sleep=rest)

    assert counted(session) == 2
    assert len(pauses) == 2
    assert all(0.02 <= pause <= 0.5 for pause in pauses)


def test_an_endless_conflict_ends_as_unavailable(session: Session, engine: Engine) -> None:
    pauses: list[float] = []

    with writing(session):
        session.execute(COUNT_UP)
        with pytest.raises(Unavailable):
            retrying(lambda: count_up(engine), sleep=pauses.append)

    assert len(pauses) == TRIES - 1


@pytest.mark.parametrize("tries", [1, 5])
def test_another_error_is_not_tried_again(session: Session, tries: int) -> None:
    calls: list[int] = []

    def broken() -> None:
        calls.append(1)
        with writing(session):
            session.execute(text("INSERT INTO ledger_lock VALUES (2)"))

    with pytest.raises(IntegrityError):
        retrying(broken, tries=tries)

    assert len(calls) == 1
