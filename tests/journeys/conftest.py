"""The sample, published once per database, and an author's bundle of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient

from policy_api.app import create_app
from policy_api.cli import main
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.bringing import bring_history
from policy_api.publishing.service import Publisher
from policy_api.resources import data_dir
from policy_api.settings import Profile, Settings
from tests import postgres
from tests.conftest import migrate

LOADED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
"""When the sample is loaded; its last release is announced then and takes effect 30 days later."""

Get = Callable[..., Any]


@pytest.fixture(scope="session")
def sample_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = tmp_path_factory.mktemp("key") / "signing-key.pem"
    Signer.create(key)
    return key


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory, sample_key: Path) -> Path:
    """Publish the sample into one SQLite file, to be copied for each test."""
    file = tmp_path_factory.mktemp("sample") / "policy-api.sqlite3"
    fill(f"sqlite:///{file}", sample_key)
    return file


def fill(url: str, key: Path) -> None:
    """Migrate a database and publish the sample's history in it."""
    migrate(url)
    app = create_app(settings_for(url, key))
    publisher = Publisher(actor="A. Publisher", signer=Signer.load(key))
    with app.app_context():
        with writing() as session:
            folder = data_dir("sample")
            list(bring_history(session, folder, publisher=publisher, now=LOADED_AT))
        db.engine.dispose()


def settings_for(url: str, key: Path) -> Settings:
    return Settings(
        profile=Profile.TESTING, data_dir=key.parent, database_url=url, signing_key_file=key
    )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def sample_url(request: pytest.FixtureRequest, tmp_path: Path, sample_key: Path) -> Iterator[str]:
    """Yield a database of this test's own that holds the published sample."""
    if request.param == "sqlite":
        file = tmp_path / "policy-api.sqlite3"
        shutil.copyfile(request.getfixturevalue("sample_file"), file)
        yield f"sqlite:///{file}"
        return
    template = postgres.template_database("sample", lambda url: fill(url, sample_key))
    url = postgres.new_database(template)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sample_app(sample_url: str, sample_key: Path) -> Iterator[Flask]:
    made = create_app(settings_for(sample_url, sample_key))
    with time_machine.travel(LOADED_AT, tick=False):
        yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def reader(sample_app: Flask) -> FlaskClient:
    return sample_app.test_client()


@pytest.fixture
def get(reader: FlaskClient) -> Get:
    """Return a function that reads JSON of an address below ``/v1``."""

    def read(path: str, **query: str) -> Any:  # noqa: ANN401 -- JSON
        answer = reader.get(f"/v1{path}", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    return read


@pytest.fixture
def command(sample_app: Flask) -> Callable[..., Result]:
    """Return a function that runs a command against the sample's database."""

    def run(*arguments: object) -> Result:
        info = ScriptInfo(create_app=lambda: sample_app)
        return CliRunner().invoke(main, [str(part) for part in arguments], obj=info)

    return run
