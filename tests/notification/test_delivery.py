"""From an event to a receiver that checks the signature by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from policy_api.notification import queries
from policy_api.testing.receivers import Receiver, polite
from tests.notification.conftest import Happen, Subscribe, Work


def eventually(ask: Callable[[], object], *, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < until, "It never came true."
        time.sleep(0.02)


def state_of(session: Session, name: str) -> str:
    session.rollback()
    return queries.endpoint(session, name=name).state


def test_an_event_reaches_a_receiver_that_proved_itself(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work
) -> None:
    with Receiver(polite) as receiver, work():
        name = subscribe(receiver.url).endpoint.name
        eventually(lambda: state_of(session, name) == "active")
        event = happen()
        (request,) = receiver.wait_for(1)

    assert request.body == event.body
    assert request.id == event.id
