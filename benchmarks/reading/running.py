"""Servers on loopback, what they use up, and the load that is put on them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.reading.opponents import FOLDER
from policy_api.resources import data_file

PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_TOTAL = re.compile(r"([0-9]+) requests in")
_LATENCY = re.compile(r"(50|99)%\s+([0-9.]+)(us|ms|s)\b")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: ([0-9]+)")
Answer = tuple[list[tuple[str, str]], bytes]
"""Headers and body."""

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server that runs."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    started: float = 0.0
    """Seconds from its start to its first answer."""

    def address(self, path: str) -> str:
        """Return the address of a path on it."""
        return f"http://127.0.0.1:{self.port}{path}"

    def processes(self) -> list[int]:
        """Return the process and its children."""
        own = self.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, children)]

    def cpu_seconds(self) -> float:
        """Return the processor time used so far."""
        return sum(_cpu_seconds(each) for each in self.processes())

    def megabytes(self) -> float:
        """Return the memory of the largest worker."""
        return max(_kilobytes(each) for each in self.processes()[1:] or self.processes()) / 1024


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One round on one server."""

    rate: float
    median_ms: float
    p99_ms: float
    cpu_us: float
    megabytes: float


def load(
    target: Target, path: str, *, seconds: int, connections: int, headers: list[str]
) -> Sample:
    """Ask a server for one address for a while, over connections that stay open.

    :raises RuntimeError: If it refused to answer.
    """
    before = target.cpu_seconds()
    options = [f"-c{connections}", "-t1", f"-d{seconds}s", "--latency"]
    fields = [part for header in headers for part in ("-H", header)]
    command = [shutil.which("wrk") or "wrk", *options, *fields, target.address(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if _REFUSED.search(told):
        raise RuntimeError(f"{target.name} refused:\n{told}")
    times = {name: float(value) * _UNITS[unit] for name, value, unit in _LATENCY.findall(told)}
    asked = int(_found(_TOTAL, told))
    return Sample(
        rate=float(_found(_RATE, told)),
        median_ms=times["50"],
        p99_ms=times["99"],
        cpu_us=(target.cpu_seconds() - before) / max(1, asked) * 1e6,
        megabytes=target.megabytes(),
    )


@contextmanager
def gunicorn(
    name: str, folder: Path, *options: str, app: str | None = None, **settings: object
) -> Iterator[Target]:
    """Run a server with the shipped settings of gunicorn.

    :param options: Further options of gunicorn's, which win over the shipped ones.
    :param app: Another application than ours.
    :param settings: Settings of the program, in lower case.
    """
    given = {"port": free_port(), "web_concurrency": os.cpu_count() or 1, **settings}
    ours = {f"POLICY_API_{key.upper()}": str(value) for key, value in given.items()}
    command = [sys.executable, "-m", "gunicorn", "-c", str(data_file("gunicorn.conf.py"))]
    # Workers that come and go would be measured too.
    command += ["--max-requests", "0", "--pythonpath", str(Path.cwd()), *options]
    command += [app] if app else []
    environment = {**os.environ, **ours, FOLDER: str(folder)}
    log = (folder / f"{name}.log").open("wb")
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    yield from _run(Target(name=name, port=int(str(given["port"])), process=process), started)


@contextmanager
def nginx(name: str, folder: Path, *, answers: Mapping[str, Answer]) -> Iterator[Target]:
    """Run nginx with a file for each answer, under the headers of ours.

    :param answers: By path.
    """
    port, config = free_port(), folder / "nginx.conf"
    places = [
        _place(path, folder / f"body{number}", answer)
        for number, (path, answer) in enumerate(answers.items())
    ]
    config.write_text(
        f"daemon off; worker_processes {os.cpu_count()}; pid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.log; events {{ worker_connections 1024; }}\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n"
        f"  open_file_cache max=100; server {{ listen 127.0.0.1:{port};\n"
        f"{''.join(places)} }} }}\n"
    )
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(config)]
    started = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    folder.chmod(0o755)
    yield from _run(Target(name=name, port=port, process=process), started)


def _place(path: str, file: Path, answer: Answer) -> str:
    """Return the part of nginx' configuration that serves one file."""
    headers, body = answer
    file.write_bytes(body)
    file.chmod(0o644)
    left = {"Content-Length", "ETag", "Last-Modified", "Content-Type"}
    added = "".join(f'      add_header {n} "{v}";\n' for n, v in headers if n not in left)
    return f"    location = {path} {{ alias {file}; default_type application/json;\n{added}    }}\n"


def ask(target: Target, path: str, **headers: str) -> Answer:
    """Return headers and body of one answer, without the headers that every server adds."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(target.address(path), headers=fields)
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        added = {"Server", "Date", "Connection"}
        return [each for each in answer.headers.items() if each[0] not in added], answer.read()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def _run(target: Target, started: float) -> Iterator[Target]:
    try:
        _wait(target)
        yield replace(target, started=time.monotonic() - started)
    finally:
        target.process.terminate()
        target.process.wait(30)


def _wait(target: Target) -> None:
    """Wait until a server answers; a socket listens long before anybody behind it does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and target.process.poll() is None:
        try:
            urllib.request.urlopen(target.address("/healthz"), timeout=PATIENCE).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{target.name} does not start.")


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise RuntimeError(text)
    return match[1]


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kilobytes(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
