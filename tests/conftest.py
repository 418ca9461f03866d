"""What every test may ask for, and what none may do.

A test that uses `database_url`, `engine`, `session`, `app` or `client` runs once per database, on a
migrated copy of its own. `@pytest.mark.sqlite_only` spares the second run where the database cannot
matter; `pytest -m "not postgresql"` is the quick loop.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
from policy_api.domain.proof.signing import Signer
from policy_api.settings import Profile, Settings
from tests import postgres

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))

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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that needs a database on both."""
    for name in ("database_url", "blank_url"):
        if name in metafunc.fixturenames:
            only = metafunc.definition.get_closest_marker("sqlite_only")
            metafunc.parametrize(name, ENGINES[:1] if only else ENGINES, indirect=True)


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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one file, to be copied: a copy takes a fiftieth of the time."""
    file = tmp_path_factory.mktemp("template") / "policy-api.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a migrated, empty database, gone after the test."""
    if request.param == "sqlite":
        file = tmp_path / "policy-api.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    url = postgres.new_database(postgres.template_database("migrated", migrate))
    yield url
    postgres.drop_database(url)


@pytest.fixture
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a database without any table, for tests of migrations."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/blank.sqlite3"
        return
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


def migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine as the program makes it."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session for the rooms below the application; write with ``writing(session)``."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return settings for one test, with a signing key of its own."""
    key = tmp_path / "signing-key.pem"
    Signer.load_or_create(key)
    return Settings(
        profile=Profile.TESTING,
        data_dir=tmp_path,
        database_url=database_url,
        signing_key_file=key,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Yield the application over the test's database.

    Outside of its context, because requests made inside of one would share it.
    """
    from policy_api.app import create_app  # noqa: PLC0415 -- tests of the lower floors go without
    from policy_api.db.base import db  # noqa: PLC0415

    made = create_app(settings)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return an anonymous reader."""
    return app.test_client()
