"""Disks that are full or fail: writers are told to come back, readers notice nothing.

``POLICY_API_TEST_FAULTY_CALLS`` says how many calls fail one after the other, each in a release of
its own.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.readiness import damages
from policy_api.publishing.verifying import verify_database
from policy_api.settings import Settings
from tests.access.people import SUMMARY, ledger, minted
from tests.access.server import Server, serving
from tests.publishing.test_api_concurrency import draft_with, numbers

CALLS = int(os.environ.get("POLICY_API_TEST_FAULTY_CALLS", "2"))
EDITION = "/sites/shop/policies/privacy?locale=en"
FIRST_PAGE = 4096
UNLIMITED = resource.RLIM_INFINITY

pytestmark = pytest.mark.sqlite_only
__all__ = ["ledger"]


def can_trace() -> bool:
    """Tell whether system calls of another process can be made to fail here."""
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        command = ["strace", "-f", "-e", "trace=none", "-p", str(other.pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            attached = "attached" in tracer.stderr.readline()
            tracer.terminate()
        other.kill()
    return attached


@pytest.fixture
def ada(app: Flask, ledger: None) -> str:
    return minted(app, "*:*", holder="Ada", now=clock.now())[0]


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """Let no process of a server write behind the first page of any file."""
    processes = [server.process.pid, *server.workers()]
    try:
        for process in processes:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (FIRST_PAGE, UNLIMITED))
        yield
    finally:
        for process in processes:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))


@contextmanager
def failing(server: Server, call: str, error: str, when: str) -> Iterator[None]:
    """Let a system call of a server's one worker fail, as a broken disk makes it fail."""
    (worker,) = server.workers()
    inject = f"inject={call}:error={error}:when={when}"
    command = ["strace", "-f", "-e", f"trace={call}", "-e", inject, "-p", str(worker)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        assert "attached" in tracer.stderr.readline()
        try:
            yield
        finally:
            tracer.terminate()
            tracer.stderr.read()


def assert_whole(engine: Engine) -> None:
    with Session(engine) as session:
        assert verify_database(session) is None
    assert damages(engine, thorough=True) == ()


def test_a_full_disk_stops_writers_and_nobody_else(
    settings: Settings, ada: str, engine: Engine
) -> None:
    key = {"Idempotency-Key": "full"}
    with serving(settings, ada, workers=1) as server:
        draft = draft_with(server, "full@example.org")
        with full_disk(server):
            refused = [server.ask("POST", f"{draft}/publish", SUMMARY, key) for _ in range(3)]
            read = server.ask("GET", EDITION)
        done = server.ask("POST", f"{draft}/publish", SUMMARY, key)
        made = numbers(server)

    assert [(answer.status, answer.json["status"]) for answer in refused] == [(503, 503)] * 3
    assert read.status == 200
    assert done.status == 201
    assert made == [2, 1]
    assert_whole(engine)


@pytest.mark.skipif(not can_trace(), reason="strace is needed, and the right to trace")
@pytest.mark.parametrize(("call", "error"), [("fsync,fdatasync", "EIO"), ("pwrite64", "ENOSPC")])
def test_a_call_that_fails_fails_one_request_and_no_more(
    settings: Settings, ada: str, engine: Engine, call: str, error: str
) -> None:
    with serving(settings, ada, workers=1) as server:
        for number in range(1, CALLS + 1):
            key = {"Idempotency-Key": f"{call}-{number}"}
            draft = draft_with(server, f"{error}-{number}@example.org")
            with failing(server, call, error, str(number)):
                first = server.ask("POST", f"{draft}/publish", SUMMARY, key)
                read = server.ask("GET", EDITION)
            again = server.ask("POST", f"{draft}/publish", SUMMARY, key)

            assert first.status in {201, 503}
            assert number > 1 or first.status == 503
            assert (read.status, again.status) == (200, 201)
            assert numbers(server)[0] == number + 1

    assert_whole(engine)
