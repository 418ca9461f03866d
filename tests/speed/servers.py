"""Real servers on loopback, and raw conversations with them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from policy_api.resources import data_file

PATIENCE = 120.0
SHORT = 5.0


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that runs, and what it has logged so far."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def workers(self) -> set[int]:
        """Return the processes that answer."""
        own = self.process.pid
        return {int(each) for each in Path(f"/proc/{own}/task/{own}/children").read_text().split()}

    def mebibytes(self) -> float:
        """Return the memory of the largest of them."""
        found = [Path(f"/proc/{each}/status").read_text() for each in self.workers()]
        sizes = [re.search(r"VmRSS:\s+(\d+) kB", each) for each in found]
        return max(int(size[1]) for size in sizes if size) / 1024

    def descriptors(self) -> int:
        """Return how many files and connections one of them has open at most."""
        return max(len(list(Path(f"/proc/{each}/fd").iterdir())) for each in self.workers())

    def connect(self, *, patience: float = SHORT) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=patience)

    def ask(self, *parts: bytes) -> bytes:
        """Send bytes on a connection of their own, and return all that comes back.

        The sender has then no more to say; a server that keeps the connection open closes it.
        """
        with self.connect() as opened:
            for part in parts:
                try:
                    opened.sendall(part)
                except OSError:
                    break
                if len(parts) > 1:
                    time.sleep(0.05)
            try:
                opened.shutdown(socket.SHUT_WR)
            except OSError:
                return b""
            return read_all(opened)

    def get(self, path: str, **headers: str) -> tuple[bytes, bytes]:
        """Return head and body of a plain answer."""
        head, _, body = self.ask(request(path, **headers)).partition(b"\r\n\r\n")
        return head, body


def request(path: str, *, method: str = "GET", **headers: str) -> bytes:
    """Return a plain request; underscores in names stand for hyphens."""
    fields = {"Host": "shop.example.org", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def read_all(opened: socket.socket) -> bytes:
    """Return what arrives until the other side closes, or says nothing any more."""
    received = b""
    try:
        while part := opened.recv(65536):
            received += part
    except OSError:
        received += b"\n<broken off>"
    return received


def one_answer(opened: socket.socket, *, has_body: bool) -> bytes:
    """Return exactly one answer.

    :raises ConnectionError: If the server closes before it is there.
    """
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(opened)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")), 0
    )
    while has_body and len(body) < length:
        body += _more(opened)
    return head + b"\r\n\r\n" + body


def _more(opened: socket.socket) -> bytes:
    part = opened.recv(65536)
    if not part:
        raise ConnectionError
    return part


def undated(answer: bytes) -> bytes:
    """Return an answer without what differs from second to second."""
    plain = re.sub(rb"\r\nDate: [^\r]*", b"\r\nDate: now", answer)
    return re.sub(rb"\r\nX-Request-Id: [^\r]*", b"", plain)


@contextmanager
def serving(folder: Path, *options: str, **settings: object) -> Iterator[Server]:
    """Run a server until the block is left.

    :param options: Further options of gunicorn's.
    :param settings: Settings of the program, in lower case.
    """
    port = free_port()
    given = {"profile": "testing", "bind": "127.0.0.1", "port": port, "web_concurrency": 1}
    ours = {f"POLICY_API_{n.upper()}": str(v) for n, v in {**given, **settings}.items()}
    log = folder / f"server-{port}.log"
    command = [sys.executable, "-m", "gunicorn", "-c", str(data_file("gunicorn.conf.py"))]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, *options],
            # Werkzeug lists the methods of an address in the order of a set.
            env={**os.environ, **ours, "PYTHONHASHSEED": "0"},
            stderr=written,
            stdout=written,
        )
    server = Server(port=port, log=log, process=process)
    try:
        wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until_ready(server: Server) -> None:
    """Wait until a server answers.

    :raises RuntimeError: If it never does.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if server.get("/healthz")[0].startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(server.log.read_text())


def until(is_true: Callable[[], bool]) -> None:
    """Wait until something holds.

    :raises TimeoutError: If it never does.
    """
    deadline = time.monotonic() + 2 * PATIENCE
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])
