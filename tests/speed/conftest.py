"""Two readers of one history: one whose answers are kept, and one whose never are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.reading.published import CORRECTED
from tests.reading.told import Told

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
NONE: Mapping[str, str] = {}
VOLATILE = frozenset({"Date", "X-Request-Id"})
"""Headers that no two answers share, however they were made."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Read from both databases, unless the database cannot matter."""
    if "kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("sqlite_only")
        metafunc.parametrize("kind", ENGINES[:1] if only else ENGINES)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The same program twice over one database."""

    fast: FlaskClient
    slow: FlaskClient

    def differences(
        self, path: str, headers: Mapping[str, str] = NONE, *, method: str = "GET"
    ) -> list[str]:
        """Return what tells the two apart, asking the fast one twice in a row."""
        expected = seen(self.slow.open(path, method=method, headers=dict(headers)))
        answers = [
            seen(self.fast.open(path, method=method, headers=dict(headers))) for _ in range(2)
        ]
        return [
            f"{method} {path} {headers}: {answer} instead of {expected}"
            for answer in answers
            if answer != expected
        ]


Seen = tuple[int, list[tuple[str, str]], bytes]


def seen(answer: TestResponse) -> Seen:
    """Return all of an answer that must not depend on who made it."""
    headers = [(name, value) for name, value in answer.headers if name not in VOLATILE]
    return answer.status_code, headers, answer.data


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Yield the databases of the whole session."""
    made = Told(folder=tmp_path_factory.mktemp("told"))
    yield made
    made.close()


@pytest.fixture
def pair(told: Told, kind: str) -> Iterator[Pair]:
    """Yield two readers right after the correction, while a version is announced."""
    with time_machine.travel(CORRECTED, tick=False):
        yield pair_at(told, kind, CORRECTED)


def pair_at(told: Told, kind: str, until: datetime) -> Pair:
    """Return two readers of the history as far as it had come at an instant."""
    return Pair(
        fast=told.app(kind, until).test_client(),
        slow=told.app(kind, until, answer_cache_mib=0).test_client(),
    )
