"""Workers and publishers that are killed, frozen and stopped: nothing is lost, little is doubled.

Ten kills per database here, two hundred by `./dev faults`, and as many as
`POLICY_API_TEST_KILLS` says.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import retrying, writing
from policy_api.db.types import UTCDateTime
from policy_api.notification import queries
from policy_api.notification.endpoints import Safeguards, create
from policy_api.testing.receivers import Receiver, Request, polite
from tests.faults.conftest import Figures
from tests.faults.processes import (
    SLOTS,
    announce_one,
    settings_for,
    start_announcer,
    start_fan_out,
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
    """Wait until every event was handed out and every delivery came to its end.

    :param seconds: How long there may be no progress.
    """
    least, until = sys.maxsize, 0.0
    while left := backlog(session):
        if left < least:
            least, until = left, time.monotonic() + seconds
        assert time.monotonic() < until, f"{left} deliveries are left."
        time.sleep(0.05)


def backlog(session: Session) -> int:
    """Return how many deliveries wait, and how many events to be handed out."""
    query = text(
        "SELECT (SELECT count(*) FROM delivery WHERE state = 'pending' AND endpoint_id IN"
        " (SELECT id FROM endpoint WHERE state <> 'disabled'))"
        " + 1000 * ((SELECT value FROM event_counter) - (SELECT sequence FROM fanout_cursor))"
    )
    found = int(session.scalar(query) or 0)
    session.rollback()
    return found


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


def test_killed_publishers_fan_outs_and_senders_lose_nothing(
    database_url: str, session: Session, receiver: Receiver, figures: Figures
) -> None:
    subscribe(session, receiver)
    absent = subscribe_absent(session)
    moments = random.Random(7)  # noqa: S311 -- the same moments in every run
    kills: Counter[str] = Counter()
    while kills.total() < KILLS:
        victims = {
            "sender": start_worker(CONTEXT, database_url),
            "publisher": start_announcer(CONTEXT, database_url, 50),
            "fan-out": start_fan_out(CONTEXT, database_url),
        }
        if moments.random() < 0.5:
            victims["second sender"] = start_worker(CONTEXT, database_url)
        # Not while they still wake up: that would be a kill of nothing.
        patiently(partial(has_more_than, receiver, len(receiver.requests)))
        time.sleep(moments.uniform(0, 0.4))
        for role in moments.sample(list(victims), len(victims)):
            victims[role].kill()
            victims[role].join()
            kills[role.rpartition(" ")[2]] += 1
    last = retrying(lambda: announce_one(session))
    with worker(database_url):
        settle(session)

    came = arrivals(receiver)
    doubled = came.total() - len(came)
    wanted = {f"/hook/{number}": list(range(1, last + 1)) for number in range(ENDPOINTS)}
    told = f"{dict(kills)} killed, {last} events, {len(came)} deliveries, {doubled} came twice"
    figures(f"{engine_name(session)}: {told}, lost {ENDPOINTS * last - len(came)}")
    assert last > 1
    assert first_arrivals(receiver) == wanted
    assert doubled <= kills["sender"] * SLOTS
    assert rows(session, "state = 'delivered'") == len(came)
    assert rows(session, "state = 'pending'") == absent * last


def subscribe_absent(session: Session, count: int = 100) -> int:
    """Make endpoints that are disabled: what they miss is handed to them and waits."""
    safeguards = Safeguards.of(settings_for("sqlite:///unused"))
    with writing(session):
        for number in range(count):
            url = f"https://away.example.org/{number}"
            create(session, url=url, safeguards=safeguards, by="away", now=clock.now())
        session.execute(text("UPDATE delivery SET state = 'skipped' WHERE sequence = 0"))
        session.execute(
            text(
                "UPDATE endpoint SET state = 'disabled', stopped_at = created_at, due_at = NULL,"
                " verified_at = created_at, after_sequence = 0 WHERE created_by = 'away'"
            )
        )
    return count


def has_more_than(receiver: Receiver, count: int) -> bool:
    return len(receiver.requests) > count


def patiently(ask: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait until something is true, but not for ever."""
    until = time.monotonic() + seconds
    while not ask() and time.monotonic() < until:
        time.sleep(0.01)


def engine_name(session: Session) -> str:
    return session.get_bind().dialect.name


def rows(session: Session, condition: str) -> int:
    """Return how many deliveries of events meet a condition."""
    query = f"SELECT count(*) FROM delivery WHERE sequence > 0 AND {condition}"  # noqa: S608 -- our own words
    return int(session.scalar(text(query)) or 0)


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
