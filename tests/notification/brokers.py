"""Real brokers for a test: one that is named in the environment, or one of our own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
REDIS_NAMED, RABBIT_NAMED = "POLICY_API_TEST_REDIS_URL", "POLICY_API_TEST_AMQP_URL"
LOOPBACK = "127.0.0.1"
UP_SECONDS = 60


@contextmanager
def redis() -> Iterator[str]:
    """Yield the address of a Redis server."""
    if named := os.environ.get(REDIS_NAMED):
        yield named
        return
    port = free_port()
    with redis_at(port):
        yield f"redis://{LOOPBACK}:{port}/0"


@contextmanager
def redis_at(port: int) -> Iterator[None]:
    """Run Redis on a port, with nothing on disk."""
    quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
    command = ["redis-server", "--bind", LOOPBACK, "--port", str(port), *quiet]
    with running(command, port, env=dict(os.environ)):
        yield


@contextmanager
def rabbitmq() -> Iterator[str]:
    """Yield the address of a RabbitMQ server."""
    if named := os.environ.get(RABBIT_NAMED):
        yield named
        return
    port, names = free_port(), free_port()
    with tempfile.TemporaryDirectory() as home:
        env = {
            **os.environ,
            "HOME": home,
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(names),
            "RABBITMQ_NODENAME": f"policy{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{home}/none",
        }
        with running([str(RABBIT)], port, env=env):
            yield f"amqp://guest:guest@{LOOPBACK}:{port}//"
        # Erlang's directory of names would outlive its only user.
        names_server = shutil.which("epmd") or "epmd"
        subprocess.run([names_server, "-kill"], env=env, check=False, capture_output=True)


needs_redis = pytest.mark.skipif(
    not shutil.which("redis-server") and REDIS_NAMED not in os.environ,
    reason=f"redis-server is not installed, and {REDIS_NAMED} names none",
)
needs_rabbitmq = pytest.mark.skipif(
    not RABBIT.exists() and RABBIT_NAMED not in os.environ,
    reason=f"rabbitmq-server is not installed, and {RABBIT_NAMED} names none",
)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, *, env: dict[str, str]) -> Iterator[None]:
    """Run a server until its port answers, and end it with all it started."""
    process = subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + UP_SECONDS
        while not answers(port):
            assert process.poll() is None, f"{command[0]} ended: {process.returncode}"
            assert time.monotonic() < until, f"{command[0]} does not answer."
            time.sleep(0.05)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
