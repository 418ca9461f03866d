"""After a publication no process shows the text before it, not even once.

``POLICY_API_TEST_PUBLICATIONS`` chooses how many there are.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine

from policy_api.domain.blocks import register_builtin_kinds
from policy_api.domain.proof.signing import Signer
from tests.speed.press import SHOP, Press
from tests.speed.servers import PATIENCE, Server, one_answer, request, serving

PUBLICATIONS = int(os.environ.get("POLICY_API_TEST_PUBLICATIONS", "20"))
PATHS = (
    f"{SHOP}?locale=en",
    SHOP,
    f"{SHOP}.html?locale=en",
    f"{SHOP}.md?locale=en",
    f"{SHOP}/sections/contact?locale=en",
    "/v1/policies/privacy?locale=en",
)
SLOW_SECONDS = 5.0
_HEADING = re.compile(rb"Heading number ([0-9]+)")
_log = logging.getLogger(__name__)


@dataclass
class Watch:
    """Reads all the time, and notes what was older than it may be, and what was no text at all."""

    press: Press
    server: Server
    stop: Event = field(default_factory=Event)
    stale: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    """Answers that a reader waited for too long, whatever they said."""

    reads: int = 0

    def run(self) -> None:
        """Read until told to stop."""
        while not self.stop.is_set():
            for path in PATHS:
                least = self.press.number
                self.note(path, least)

    def note(self, path: str, least: int) -> None:
        """Read once, and compare with what was committed before."""
        begun = time.monotonic()
        try:
            received = self._read(path)
        except OSError as error:
            received = f"{type(error).__name__}: {error}".encode()
        seconds = time.monotonic() - begun
        head, _, body = received.partition(b"\r\n\r\n")
        found = _HEADING.search(body)
        evidence = f"{path}, {seconds:.2f} s, at least {least}: {head.decode('latin-1')!r}"
        self.reads += 1
        if found is None:
            self.failed.append(evidence)
        elif int(found[1]) < least:
            self.stale.append(f"{evidence} {found[0]!r}")
        if seconds > SLOW_SECONDS:
            self.slow.append(evidence)

    def _read(self, path: str) -> bytes:
        with self.server.connect(patience=PATIENCE) as opened:
            opened.sendall(request(path, Accept_Encoding="identity"))
            return one_answer(opened, has_body=True)


@pytest.fixture
def press(engine: Engine, tmp_path: Path) -> Press:
    register_builtin_kinds()
    key = tmp_path / "signing-key.pem"
    Signer.create(key)
    made = Press(engine=engine, key=key)
    made.publish()
    return made


@pytest.fixture
def servers(database_url: str, tmp_path: Path, press: Press) -> Iterator[list[Server]]:
    """Yield one server with our worker and one with gunicorn's, over one database."""
    chosen = {
        "data_dir": tmp_path,
        "database_url": database_url,
        "signing_key_file": tmp_path / "signing-key.pem",
        # A worker is replaced now and then; while the new one loads, the other one answers.
        "web_concurrency": 2,
    }
    with ExitStack() as stack:
        yield [
            stack.enter_context(serving(tmp_path, fast_worker=fast, **chosen))
            for fast in ("true", "false")
        ]


def test_no_process_shows_the_text_before_a_publication(
    press: Press, servers: list[Server]
) -> None:
    watches = [Watch(press=press, server=server) for server in servers]
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(watch.run) for watch in watches]
        try:
            for _ in range(PUBLICATIONS):
                least = press.publish()
                for watch in watches:
                    for path in PATHS:
                        watch.note(path, least)
                time.sleep(0.02)
        finally:
            # Or who reads would never end, whatever went wrong here.
            for watch in watches:
                watch.stop.set()
        for each in running:
            each.result(30)

    _log.info("%s publications, reads: %s", PUBLICATIONS, [watch.reads for watch in watches])
    assert [watch.stale for watch in watches] == [[], []]
    assert [watch.failed for watch in watches] == [[], []]
    assert [watch.slow for watch in watches] == [[], []]
    assert all(watch.reads > PUBLICATIONS * len(PATHS) for watch in watches)
