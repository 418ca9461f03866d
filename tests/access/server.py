"""The program as it is really run: gunicorn with several processes and threads."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_api.resources import data_file
from policy_api.settings import Settings

HOST = "127.0.0.1"
PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer of a server."""

    status: int
    body: bytes
    etag: str = ""

    @property
    def json(self) -> Any:  # noqa: ANN401 -- JSON
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server and a token for it."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Send a request over a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            connection.request(
                method, f"/v1{path}", body=None if body is None else json.dumps(body), headers=sent
            )
            answer = connection.getresponse()
            etag = answer.getheader("ETag", "")
            return Answered(status=answer.status, body=answer.read(), etag=etag)
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Return the processes that answer, which may change at any moment."""
        master = self.process.pid
        listed = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(number) for number in listed.split()]

    def kill(self) -> None:
        """End every process of the server without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


@contextmanager
def serving(settings: Settings, token: str, *, workers: int = 2) -> Iterator[Server]:
    """Serve a database until the block ends."""
    server = start(settings, token, workers=workers)
    try:
        wait_for(server)
        yield server
    finally:
        server.kill()


def start(settings: Settings, token: str, *, workers: int = 2) -> Server:
    """Start to serve a database, without waiting for the first answer."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("POLICY_")},
        "POLICY_API_PROFILE": settings.profile.value,
        "POLICY_API_DATA_DIR": str(settings.data_dir),
        "POLICY_API_DATABASE_URL": settings.database_url,
        "POLICY_API_SIGNING_KEY_FILE": str(settings.signing_key_file),
        "POLICY_API_PORT": str(port),
        "POLICY_API_WEB_CONCURRENCY": str(workers),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", str(data_file("gunicorn.conf.py"))]
    with Path(settings.data_dir, "server.log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, stderr=log, start_new_session=True)
    return Server(process=process, port=port, token=token)


def wait_for(server: Server) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.process.poll() is None, "The server did not start."
        with suppress(OSError):
            if server.ask("GET", "/whoami").status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("The server does not answer.")
