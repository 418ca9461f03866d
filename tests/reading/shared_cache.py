"""The proxy that is shipped, in front of the real server, over the small history."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.engine import make_engine
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from policy_api.resources import data_dir
from tests.conftest import migrate
from tests.reading.published import WITHDRAWN, publish_until
from tests.speed.servers import free_port, serving

NGINX = shutil.which("nginx")
SHIPPED = data_dir("deploy") / "nginx.conf"
PATIENCE = 30.0
UNEQUAL = {"date", "x-request-id", "x-cache", "connection", "server", "transfer-encoding"}
"""Headers that say something of the way an answer came, not of what it is."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as a client sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> tuple[int, dict[str, str], bytes]:
        """Return what must be the same on every way."""
        kept = {name: value for name, value in self.headers.items() if name not in UNEQUAL}
        return self.status, kept, self.body


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Two ways to the same server, and the hand of its publisher."""

    direct: int
    cached: int
    url: str
    key: Path

    def ask(self, port: int, path: str, **headers: str) -> Answer:
        """Ask on one of the ways; underscores in names of headers stand for hyphens."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request("GET", path, headers=named)
            answer = line.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=told, body=answer.read())
        finally:
            line.close()

    def publish(self, source: Source, announcement: Announcement) -> None:
        """Publish a release, now."""
        engine = make_engine(self.url)
        publisher = Publisher(actor="test", signer=Signer.load(self.key))
        with Session(engine, expire_on_commit=False) as session, writing(session):
            base = queries.head_number(session)
            publish(
                session,
                source=source,
                base=base,
                announcement=announcement,
                publisher=publisher,
                now=clock.now(),
            )
        engine.dispose()


@contextmanager
def both_ways(folder: Path) -> Iterator[Ways]:
    """Yield the way to the server, and the way through the cache."""
    url, key = f"sqlite:///{folder}/policy-api.sqlite3", folder / "signing-key.pem"
    migrate(url)
    engine = make_engine(url)
    publisher = Publisher(actor="test", signer=Signer.load_or_create(key))
    with Session(engine, expire_on_commit=False) as session:
        publish_until(session, WITHDRAWN, publisher=publisher)
    engine.dispose()
    with (
        serving(folder, data_dir=folder, database_url=url, signing_key_file=key) as server,
        proxied(folder, server.port) as port,
    ):
        yield Ways(direct=server.port, cached=port, url=url, key=key)


@contextmanager
def proxied(folder: Path, behind: int) -> Iterator[int]:
    """Run nginx with the shipped settings, but for places, in front of a server."""
    port = free_port()
    settings = SHIPPED.read_text()
    for shipped, here in (
        ("server app:8000;", f"server 127.0.0.1:{behind};"),
        ("listen 8080 default_server;", f"listen 127.0.0.1:{port} default_server;"),
        ("/tmp/", f"{folder}/"),  # noqa: S108 -- what the image has
        ("location / {", "location / {\n      add_header X-Cache $upstream_cache_status always;"),
    ):
        assert shipped in settings
        settings = settings.replace(shipped, here)
    file = folder / "nginx.conf"
    # As root it would hand the work to somebody who may not read the folder.
    file.write_text(f"user root;\n{settings}" if folder.owner() == "root" else settings)
    command = [str(NGINX), "-p", str(folder), "-c", str(file), "-g", "daemon off;"]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(PATIENCE)


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert running.poll() is None, "nginx has stopped"
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            line.request("GET", "/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            line.close()
    raise AssertionError("nginx did not begin to answer")
