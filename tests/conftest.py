"""What every test may ask for, and what none may do."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest

from tests import postgres

hypothesis.settings.register_profile(
    "house",
    deadline=None,  # two shared cores are slow at times
    max_examples=50,
    derandomize=True,  # a red build is red again on the next machine
)
hypothesis.settings.register_profile("thorough", parent=hypothesis.settings(max_examples=1000))
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_configure(config: pytest.Config) -> None:
    """Keep the settings of the person at the keyboard out, and own the session's PostgreSQL."""
    for name in [name for name in os.environ if name.startswith("POLICY_API_")]:
        if not name.startswith("POLICY_API_TEST_"):
            del os.environ[name]
    postgres.claim()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server; a worker of the session owns none, so there it does nothing."""
    postgres.release()


@pytest.fixture
def now() -> datetime:
    """Return a quiet Sunday morning; tests that move in time start here."""
    return datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test speak to the world."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 -- as its base
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError(f"Tests stay on this machine; {host} is not.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
