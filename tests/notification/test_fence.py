"""A database that was brought back sends nothing that the lost one may have sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.notification import endpoints, fanout
from policy_api.notification.fence import raise_fence
from policy_api.testing.receivers import Receiver, polite
from tests.notification.backups import restored
from tests.notification.conftest import (
    Happen,
    Subscribe,
    Times,
    Work,
    eventually,
    log_of,
    verified,
)


def test_only_what_happens_from_now_on_is_sent(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver:
        with work():
            name = verified(session, subscribe, receiver.url)
        under_way, not_handed_out = happen(), happen()
        with writing(session):
            fanout.advance(session, now=times())
        with writing(session):
            parked = raise_fence(session, now=times())
        with work():
            later = happen()
            eventually(lambda: log_of(session, name)[0].state == "delivered")
        sent = [request.sequence for request in receiver.requests]

    assert parked == 2
    assert sent == [0, later.sequence]
    states = {row.sequence: (row.state, row.reason) for row in log_of(session, name)}
    assert states[under_way.sequence] == states[not_handed_out.sequence] == ("parked", "restored")


@pytest.mark.parametrize("is_fenced", [True, False])
def test_a_copy_put_back_repeats_nothing_only_behind_a_fence(
    *,
    session: Session,
    engine: Engine,
    happen: Happen,
    subscribe: Subscribe,
    work: Work,
    times: Times,
    tmp_path: Path,
    is_fenced: bool,
) -> None:
    with Receiver(polite) as receiver:
        with work():
            name = verified(session, subscribe, receiver.url)
        event = happen()
        session.close()
        with restored(engine, tmp_path) as copy, Session(copy) as there:
            with work():
                receiver.wait_for(1)
            if is_fenced:
                with writing(there):
                    raise_fence(there, now=times())
            with work(on=copy):
                with writing(there):
                    endpoints.send_test(there, name=name, now=times())
                eventually(lambda: not any(row.state == "pending" for row in log_of(there, name)))
        told = [request.id for request in receiver.events]

    assert told == [event.id] * (1 if is_fenced else 2)


def test_whoever_wants_it_gets_it_all_the_same(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver:
        with work():
            name = verified(session, subscribe, receiver.url)
        event = happen()
        with writing(session):
            fanout.advance(session, now=times())
        with writing(session):
            raise_fence(session, now=times())
        times.pass_by(timedelta(minutes=1))
        with work():
            with writing(session):
                endpoints.enable(session, name=name, now=times())
            eventually(lambda: log_of(session, name)[0].state == "delivered")
        sent = [request.sequence for request in receiver.requests]

    assert sent == [0, event.sequence]
