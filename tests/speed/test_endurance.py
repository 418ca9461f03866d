"""A server that runs for long: it loses no request when it is reloaded, and does not grow.

``POLICY_API_TEST_RELOADS`` and ``POLICY_API_TEST_READS`` choose for how long.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
from policy_api.domain.blocks import register_builtin_kinds
from policy_api.domain.proof.signing import Signer
from tests.speed.press import SHOP, Press
from tests.speed.servers import PATIENCE, Server, one_answer, request, serving, until
from tests.speed.slow_start import SLOW_START

pytestmark = pytest.mark.sqlite_only

RELOADS = int(os.environ.get("POLICY_API_TEST_RELOADS", "3"))
READS = int(os.environ.get("POLICY_API_TEST_READS", "20000"))
PARTS = 10
PUBLICATIONS = 2
"""In each part, so that the states before leave the memory again."""

MOST_MIB = 150
GROWTH_MIB = 1.0
"""For each 100,000 reads, once everything has been read for the first time."""

ROOM_MIB = 4.0
"""Pages that the allocator takes at one time or another, however short the run."""


_log = logging.getLogger(__name__)


@dataclass
class Reader:
    """Reads over connections that stay open until the server closes them."""

    server: Server
    stop: threading.Event = field(default_factory=threading.Event)
    seen: Counter[str] = field(default_factory=Counter)

    def until_stopped(self) -> None:
        """Read without a pause; count what was not answered in full."""
        while not self.stop.is_set():
            # While new workers load the program, nobody else may be there to answer.
            with self.server.connect(patience=PATIENCE) as opened:
                while not self.stop.is_set() and self._ask(opened):
                    pass

    def times(self, number: int, *, odd: int) -> None:
        """Read a number of times, on one connection after the other."""
        done = 0
        while done < number:
            with self.server.connect(patience=PATIENCE) as opened:
                while done < number:
                    done += 1
                    path = SHOP if done % 50 else f"{SHOP}.html?odd={odd}-{done}"
                    if not self._ask(opened, path):
                        break

    def _ask(self, opened: socket.socket, path: str = SHOP) -> bool:
        """Ask once, and tell whether the connection may be used again."""
        try:
            opened.sendall(request(path, Accept_Encoding="br"))
            answer = one_answer(opened, has_body=True)
        except (OSError, ConnectionError) as error:
            self.seen[type(error).__name__] += 1
            return False
        self.seen[answer[9:12].decode()] += 1
        return b"\r\nConnection: close\r\n" not in answer


@pytest.fixture
def press(tmp_path: Path) -> Press:
    register_builtin_kinds()
    engine = make_engine(f"sqlite:///{tmp_path / 'endurance.sqlite3'}")
    upgrade(engine)
    key = tmp_path / "signing-key.pem"
    Signer.create(key)
    made = Press(engine=engine, key=key)
    made.publish()
    return made


@contextmanager
def server_of(press: Press, *options: str, **settings: object) -> Iterator[Server]:
    folder = press.key.parent
    chosen = {
        "data_dir": folder,
        "database_url": str(press.engine.url),
        "signing_key_file": press.key,
        **settings,
    }
    with serving(folder, *options, **chosen) as server:
        yield server


@pytest.mark.parametrize("fast", ["true", "false"])
def test_reloads_under_load_fail_no_request(press: Press, fast: str) -> None:
    with server_of(press, fast_worker=fast, web_concurrency=2) as server:
        readers = [Reader(server) for _ in range(4)]
        with ThreadPoolExecutor() as pool:
            running = [pool.submit(reader.until_stopped) for reader in readers]
            for _ in range(RELOADS):
                before = server.workers()
                server.process.send_signal(signal.SIGHUP)
                until(lambda old=before: len(server.workers() - old) == 2)  # type: ignore[misc]
                until(lambda old=before: not server.workers() & old)  # type: ignore[misc]
            for reader in readers:
                reader.stop.set()
            for each in running:
                each.result(60)
        seen = sum((reader.seen for reader in readers), Counter[str]())

    _log.info("%s reloads, worker class %s: %s", RELOADS, fast, dict(seen))
    assert set(seen) == {"200"}


def test_a_reload_keeps_nobody_waiting(press: Press) -> None:
    with server_of(press, "tests.speed.slow_start:app()", web_concurrency=2) as server:
        before = server.workers()
        server.process.send_signal(signal.SIGHUP)
        begun, waits = time.monotonic(), []
        while server.workers() & before:
            asked = time.monotonic()
            server.get(SHOP)
            waits.append(time.monotonic() - asked)
        took = time.monotonic() - begun

    assert took > SLOW_START
    assert max(waits) < SLOW_START / 2


def test_a_server_that_is_read_for_long_does_not_grow(press: Press) -> None:
    # Workers that are replaced would hide what grows.
    with server_of(press, "--max-requests", "0", web_concurrency=2) as server:
        reader, sizes = Reader(server), []
        for part in range(PARTS + 1):
            with ThreadPoolExecutor() as pool:
                for number in range(4):
                    pool.submit(reader.times, READS // PARTS // 4, odd=part * 4 + number)
            for _ in range(PUBLICATIONS):
                press.publish()
            sizes.append(server.mebibytes())
        descriptors = server.descriptors()

    growth = (sizes[-1] - sizes[1]) / max(1, READS * (PARTS - 1) / PARTS) * 100_000
    _log.info("%s reads: %s MiB, %.2f for 100,000", READS, [round(n, 1) for n in sizes], growth)
    assert set(reader.seen) == {"200"}
    assert max(sizes) <= MOST_MIB
    assert sizes[-1] - sizes[1] <= max(ROOM_MIB, GROWTH_MIB * READS / 100_000)
    assert descriptors < 60
