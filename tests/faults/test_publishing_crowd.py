"""Many publishers over HTTP, on a busy database and on workers that are killed under them.

``POLICY_API_TEST_PUBLISHES`` and ``POLICY_API_TEST_WORKER_KILLS`` set how long it takes.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.publishing.verifying import verify_database
from policy_api.settings import Settings
from tests.access.people import SUMMARY, ledger, minted
from tests.access.server import Answered, Server, serving
from tests.publishing.test_api_concurrency import draft_with

PUBLISHES = int(os.environ.get("POLICY_API_TEST_PUBLISHES", "2"))
KILLS = int(os.environ.get("POLICY_API_TEST_WORKER_KILLS", "3"))
WRITERS, READERS, CLIENTS = 8, 4, 4
EDITION = "/sites/shop/policies/privacy?locale=en"
LONGEST_LOG = 64 * 1024 * 1024

__all__ = ["ledger"]


@pytest.fixture
def ada(app: Flask, ledger: None) -> str:
    return minted(app, "*:*", holder="Ada", now=clock.now())[0]


def publish(server: Server, name: str) -> int:
    """Publish an edit of one's own, or learn that somebody else was first."""
    draft = draft_with(server, f"{name}@example.org")
    status = server.ask("POST", f"{draft}/publish", SUMMARY).status
    if status != 201:
        server.ask("DELETE", draft)
    return status


def read_on(server: Server, stop: threading.Event) -> set[int]:
    statuses = set()
    while not stop.is_set():
        statuses.add(server.ask("GET", EDITION).status)
    return statuses


def assert_gapless(server: Server, releases: int) -> None:
    versions = server.ask("GET", "/sites/shop/policies/privacy/versions?limit=100").json["items"]
    newest = versions[0]["version"]

    assert server.ask("GET", "/releases?limit=1").json["items"][0]["release"] == releases
    assert [each["version"] for each in versions] == list(range(newest, newest - len(versions), -1))
    assert newest == releases


def test_a_crowd_of_writers_and_readers_meets_no_locked_database(
    settings: Settings, ada: str, engine: Engine
) -> None:
    stop = threading.Event()
    with (
        serving(settings, ada) as server,
        engine.connect() as snapshot,
        ThreadPoolExecutor(WRITERS + READERS) as pool,
    ):
        snapshot.exec_driver_sql("SELECT count(*) FROM release").all()
        readers = [pool.submit(read_on, server, stop) for _ in range(READERS)]
        names = [f"{writer}-{turn}" for turn in range(PUBLISHES) for writer in range(WRITERS)]
        written = list(pool.map(lambda name: publish(server, name), names))
        stop.set()
        read = set().union(*(reader.result() for reader in readers))
        assert_gapless(server, 1 + written.count(201))

    assert set(written) <= {201, 409}
    assert read == {200}
    with Session(engine) as session:
        assert verify_database(session) is None
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        log = Path(f"{engine.url.database}-wal")
        assert not log.exists() or log.stat().st_size <= LONGEST_LOG


def insisting(call: Callable[[], Answered]) -> Answered:
    """Ask until there is an answer, as a client does whose connection broke."""
    while True:
        with suppress(OSError, http.client.HTTPException):
            answer = call()
            if answer.status != 503:
                return answer
        time.sleep(0.05)


def publish_insisting(server: Server, name: str) -> int | None:
    """Publish over whatever happens, and return the number of the release that was acknowledged."""
    made = insisting(lambda: server.ask("POST", "/drafts", {"title": name})).json["id"]
    path = f"/drafts/{made}/entries/contacts/dpo"
    entry = insisting(lambda: server.ask("GET", path)).json
    edit = {**entry, "email": f"{name}@example.org"}
    insisting(lambda: server.ask("PUT", path, edit, {"If-Match": "*"}))
    key = {"Idempotency-Key": name}
    done = insisting(lambda: server.ask("POST", f"/drafts/{made}/publish", SUMMARY, key))
    assert done.status in {201, 409}
    return done.json["release"] if done.status == 201 else None


def test_what_was_acknowledged_survives_workers_that_are_killed(
    settings: Settings, ada: str, engine: Engine
) -> None:
    chosen = random.Random(11)  # noqa: S311 -- the same choices every time
    stop = threading.Event()
    acknowledged: list[int] = []

    def work(client: int) -> None:
        turn = 0
        while not stop.is_set():
            number = publish_insisting(server, f"{client}-{turn}")
            acknowledged.extend([] if number is None else [number])
            turn += 1

    with serving(settings, ada) as server, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(work, number) for number in range(CLIENTS)]
        for _ in range(KILLS):
            time.sleep(chosen.uniform(0.2, 1.0))
            with suppress(ProcessLookupError):
                os.kill(chosen.choice(server.workers()), signal.SIGKILL)
        stop.set()
        for client in clients:
            client.result()
        newest = insisting(lambda: server.ask("GET", "/releases?limit=1")).json["items"][0]
        assert_gapless(server, newest["release"])

    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(range(2, newest["release"] + 1))
    with Session(engine) as session:
        assert verify_database(session) is None
