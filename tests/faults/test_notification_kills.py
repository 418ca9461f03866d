"""Workers and publishers that are killed, frozen and stopped: nothing is lost, little is doubled.

Ten kills per database here; `POLICY_API_TEST_KILLS=1000` for the long form.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import retrying, writing
from policy_api.db.types import UTCDateTime
from policy_api.notification import queries
from policy_api.notification.endpoints import Safeguards, create
from policy_api.testing.receivers import Receiver, Request, polite
from tests.faults.processes import (
    SLOTS,
    announce_one,
    settings_for,
    start_announcer,
    start_worker,
    warm,
)

KILLS = int(os.environ.get("POLICY_API_TEST_KILLS", "10"))
ENDPOINTS = 12
CONTEXT = warm()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(polite) as found:
        yield found


def subscribe(session: Session, receiver: Receiver, count: int = ENDPOINTS) -> list[str]:
    """Make active endpoints, each with a path of its own."""
    safeguards = Safeguards.of(settings_for("sqlite:///unused"))
    names = []
    with writing(session):
        for number in range(count):
            url = f"{receiver.url}/{number}"
            made = create(session, url=url, safeguards=safeguards, by="tests", now=clock.now())
            names.append(made.endpoint.name)
        session.execute(text("UPDATE delivery SET state = 'skipped'"))
        session.execute(
            text(
                "UPDATE endpoint SET state = 'active', verified_at = created_at, after_sequence = 0"
            )
        )
    return names


@contextmanager
def worker(url: str) -> Iterator[int]:
    """Run a worker and yield its process id; stopped politely in the end."""
    process = start_worker(CONTEXT, url)
    try:
        yield int(process.pid or 0)
    finally:
        process.terminate()
        process.join(30)
        code = process.exitcode
        # One that does not end would keep the whole test run waiting.
        process.kill()
        process.join()
        # Stopped before it could listen for that, it had not begun anything either.
        assert code in {0, -signal.SIGTERM}


def settle(session: Session, *, seconds: float = 60) -> None:
    """Wait until every event was handed out and every delivery came to its end."""
    until = time.monotonic() + seconds
    query = text(
        "SELECT (SELECT count(*) FROM delivery WHERE state = 'pending')"
        " + (SELECT value FROM event_counter) - (SELECT sequence FROM fanout_cursor)"
    )
    while session.scalar(query):
        session.rollback()
        assert time.monotonic() < until, "Deliveries are left."
        time.sleep(0.05)
    session.rollback()


def shifted(engine: Engine, **span: float) -> object:
    """Return an instant a little further away than a span, as the database stores it."""
    instant = clock.now() + timedelta(**span) * 1.05
    return UTCDateTime().process_bind_param(instant, engine.dialect)


async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.4)
    await polite(request, writer)


def arrivals(receiver: Receiver) -> Counter[tuple[str, str]]:
    return Counter((request.path, request.id) for request in receiver.events)


def first_arrivals(receiver: Receiver) -> dict[str, list[int]]:
    """Return, per endpoint, the events in the order in which they came first."""
    found: dict[str, dict[int, None]] = {}
    for request in receiver.events:
        found.setdefault(request.path, {})[request.sequence] = None
    return {path: list(sequences) for path, sequences in found.items()}


def test_killed_workers_and_publishers_lose_nothing(
    database_url: str, session: Session, receiver: Receiver
) -> None:
    subscribe(session, receiver)
    moments = random.Random(7)  # noqa: S311 -- the same moments in every run
    kills = 0
    while kills < KILLS:
        victims = [start_worker(CONTEXT, database_url), start_announcer(CONTEXT, database_url, 50)]
        if moments.random() < 0.5:
            victims.append(start_worker(CONTEXT, database_url))
        time.sleep(moments.uniform(0.2, 1.2))
        for victim in victims:
            victim.kill()
            victim.join()
        kills += len(victims)
    last = retrying(lambda: announce_one(session))
    with worker(database_url):
        settle(session, seconds=120)

    came = arrivals(receiver)
    assert last > 1
    assert len(came) == ENDPOINTS * last
    assert first_arrivals(receiver) == {
        f"/hook/{number}": list(range(1, last + 1)) for number in range(ENDPOINTS)
    }
    assert sum(came.values()) - len(came) <= kills * SLOTS
    assert session.scalar(text("SELECT count(*) FROM delivery WHERE state = 'delivered'")) == len(
        came
    )


def test_a_frozen_worker_wakes_up_to_a_lost_lease_and_harms_nothing(
    database_url: str, session: Session, receiver: Receiver
) -> None:
    (name,) = subscribe(session, receiver, 1)
    receiver.behaviour = slow
    with worker(database_url) as frozen:
        retrying(lambda: announce_one(session))
        receiver.wait_for(1)
        # It waits for the answer, outside of any transaction, with a lease that soon ends.
        os.kill(frozen, signal.SIGSTOP)
        try:
            receiver.behaviour = polite
            with worker(database_url):
                settle(session, seconds=20)
                for _ in range(5):
                    retrying(lambda: announce_one(session))
                settle(session, seconds=20)
        finally:
            os.kill(frozen, signal.SIGCONT)
        retrying(lambda: announce_one(session))
        settle(session, seconds=20)

    assert queries.endpoint(session, name=name).state == "active"
    assert first_arrivals(receiver)["/hook/0"] == list(range(1, 8))
    assert len(receiver.events) == 8


def test_a_worker_that_is_told_to_stop_finishes_what_it_began(
    database_url: str, session: Session, receiver: Receiver
) -> None:
    subscribe(session, receiver)
    for _ in range(20):
        retrying(lambda: announce_one(session))
    for _ in range(5):
        with worker(database_url):
            time.sleep(0.3)
    leased = session.scalar(text("SELECT count(*) FROM endpoint WHERE leased_until IS NOT NULL"))
    with worker(database_url):
        settle(session)

    assert leased == 0
    assert set(arrivals(receiver).values()) == {1}
    assert len(receiver.events) == ENDPOINTS * 20


def test_several_workers_share_the_work_without_doubling_any(
    database_url: str, session: Session, receiver: Receiver
) -> None:
    subscribe(session, receiver, 40)
    with worker(database_url), worker(database_url), worker(database_url):
        for _ in range(10):
            retrying(lambda: announce_one(session))
        settle(session)

    assert set(arrivals(receiver).values()) == {1}
    assert len(receiver.events) == 400


def test_a_lease_ends_whatever_the_clock_did(
    database_url: str, session: Session, receiver: Receiver, engine: Engine
) -> None:
    subscribe(session, receiver, 3)
    retrying(lambda: announce_one(session))
    with writing(session):
        # What a worker leaves behind that died before the clock was set back, or ahead.
        session.execute(
            text("UPDATE endpoint SET leased_until = :later, lease_token = 5 WHERE id = 1"),
            {"later": shifted(engine, hours=+1)},
        )
        session.execute(
            text("UPDATE endpoint SET leased_until = :before, lease_token = 5 WHERE id = 2"),
            {"before": shifted(engine, hours=-1)},
        )
    with worker(database_url):
        settle(session)

    assert len(arrivals(receiver)) == 3
