"""The bell rings after a commit of anybody, soon and on both databases."""

from __future__ import annotations

import threading

from sqlalchemy import Engine

from policy_api.notification.bell import Bell
from tests.notification.conftest import Happen, Subscribe, eventually


def test_the_bell_rings_when_something_happened(
    engine: Engine, happen: Happen, subscribe: Subscribe
) -> None:
    rung = threading.Semaphore(0)
    bell = Bell(engine, rung.release)
    bell.start()
    assert rung.acquire(timeout=5), "It rings once when it starts to listen."
    happen()
    heard_event = rung.acquire(timeout=5)
    while rung.acquire(timeout=0.2):
        pass
    subscribe("https://hooks.example.org/")
    heard_subscription = rung.acquire(timeout=5)
    bell.stop()

    assert heard_event
    assert heard_subscription


def test_the_bell_is_silent_while_nothing_happens(engine: Engine) -> None:
    rung: list[int] = []
    bell = Bell(engine, lambda: rung.append(1))
    bell.start()
    eventually(lambda: rung)
    threading.Event().wait(0.7)
    bell.stop()

    assert len(rung) <= 2
