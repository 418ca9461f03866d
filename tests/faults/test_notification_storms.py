"""Crowds of hostile receivers: a worker stays small, and the others are told."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import retrying, writing
from policy_api.notification.endpoints import Safeguards, create
from policy_api.testing.receivers import HOSTILE, Receiver, polite, status
from tests.faults.conftest import Figures
from tests.faults.processes import announce_one, settings_for, start_worker, warm

EVENTS = int(os.environ.get("POLICY_API_TEST_EVENTS", "5"))
CONTEXT = warm()
HEALTHY = 20
ROOM = 30 * 1024
"""Kilobytes that a worker may grow by, whatever it is sent."""

REFUSING = {
    "is gone": status(410),
    "asks for rest": status(429, retry_after="Fri, 31 Dec 9999 23:59:59 GMT"),
}


@pytest.fixture
def crowd() -> Iterator[list[Receiver]]:
    """Yield one of each hostile receiver."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(Receiver(behaviour))
            for behaviour in (*HOSTILE.values(), *REFUSING.values())
        ]


def subscribe_all(session: Session, urls: list[str]) -> None:
    """Make endpoints that have proved themselves, whatever their receivers are."""
    safeguards = Safeguards.of(settings_for("sqlite:///unused"))
    with writing(session):
        for url in urls:
            create(session, url=url, safeguards=safeguards, by="tests", now=clock.now())
        session.execute(text("UPDATE delivery SET state = 'skipped'"))
        session.execute(
            text(
                "UPDATE endpoint SET state = 'active', verified_at = created_at, after_sequence = 0"
            )
        )


@contextmanager
def measured_worker(url: str) -> Iterator[list[int]]:
    """Run a worker, and note by how many kilobytes it grew at most."""
    process = start_worker(CONTEXT, url, is_hasty=True)
    grown: list[int] = []
    try:
        time.sleep(1)
        before = memory(int(process.pid or 0), "VmRSS")
        yield grown
        grown.append(memory(int(process.pid or 0), "VmHWM") - before)
    finally:
        process.kill()
        process.join()


def memory(pid: int, name: str) -> int:
    """Return a figure of a process's memory in kilobytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def test_a_crowd_of_hostile_receivers_neither_swells_a_worker_nor_stops_the_others(
    database_url: str, session: Session, crowd: list[Receiver], figures: Figures
) -> None:
    with Receiver(polite) as good:
        healthy = [f"{good.url}/{number}" for number in range(HEALTHY)]
        subscribe_all(session, [*(each.url for each in crowd), *healthy])
        with measured_worker(database_url) as grown:
            for _ in range(EVENTS):
                retrying(lambda: announce_one(session))
            good.wait_for(HEALTHY * EVENTS, seconds=120)
            # The others are tried on meanwhile, each as often as it is allowed to be.
            time.sleep(3)
    tried = sum(len(each.requests) for each in crowd)
    told = f"{len(crowd)} hostile receivers were tried {tried} times beside {HEALTHY} healthy ones"
    figures(f"{told}; the worker grew by {grown[0] / 1024:.1f} MiB")

    assert len({(request.path, request.id) for request in good.events}) == HEALTHY * EVENTS
    assert tried >= len(crowd)
    assert grown[0] <= ROOM
