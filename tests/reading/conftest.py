"""Readers at chosen instants of the small history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Protocol

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.reading.published import CORRECTED
from tests.reading.told import Told

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


class ReaderAt(Protocol):
    """Stops the clock and gives a reader."""

    def __call__(self, instant: datetime, /, **chosen: Any) -> FlaskClient:  # noqa: ANN401
        """Return a reader at an instant, of an application with the chosen settings."""
        ...


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Read from both databases, unless the database cannot matter."""
    if "kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("sqlite_only")
        metafunc.parametrize("kind", ENGINES[:1] if only else ENGINES)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Yield the databases of the whole session."""
    made = Told(folder=tmp_path_factory.mktemp("told"))
    yield made
    made.close()


@pytest.fixture
def reader_at(told: Told, kind: str) -> Iterator[ReaderAt]:
    """Yield a function that stops the clock at an instant and gives a reader there.

    The history has come as far as the clock.
    """
    with ExitStack() as stack:

        def at(instant: datetime, /, **chosen: Any) -> FlaskClient:  # noqa: ANN401 -- settings
            app = told.app(kind, instant, **chosen)
            stack.enter_context(time_machine.travel(instant, tick=False))
            return app.test_client()

        yield at


@pytest.fixture
def reader(reader_at: ReaderAt) -> FlaskClient:
    """Return a reader right after the correction, while a version is announced."""
    return reader_at(CORRECTED)
