"""Databases that earlier programs filled: after the migration readers get the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from policy_api.access import queries as access
from policy_api.access.audit import first_broken, log_head
from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
from policy_api.db.readiness import check_ready, damages
from policy_api.domain.proof.signing import Signer
from policy_api.domain.proof.verify import verify
from policy_api.events import queries as events
from policy_api.ledger.history import DatabaseHistory
from policy_api.settings import Profile, Settings
from tests.access.people import published
from tests.domain.sources import edited, source
from tests.migrations.kept import NOW, PLACE, READ_AT, Kept, answers_of


@pytest.fixture(params=sorted(PLACE.glob("*.json")), ids=lambda file: file.stem)
def kept(request: pytest.FixtureRequest) -> Kept:
    file: Path = request.param
    return Kept.read(file)


@pytest.fixture
def settings(kept: Kept, blank_url: str, tmp_path: Path) -> Settings:
    """Load a kept database as it was, migrate it, and return settings that use it."""
    engine = make_engine(blank_url)
    upgrade(engine, kept.revision)
    kept.load(engine)
    upgrade(engine)
    engine.dispose()
    key = tmp_path / "key.pem"
    Signer.create(key)
    return Settings(
        profile=Profile.TESTING, data_dir=tmp_path, database_url=blank_url, signing_key_file=key
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def stored(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


def test_a_version_reads_the_same_byte_by_byte(kept: Kept, app: Flask) -> None:
    with time_machine.travel(READ_AT, tick=False):
        assert answers_of(app) == kept.answers


def test_everything_in_it_holds(stored: Session) -> None:
    check_ready(stored)
    log = [event.sequence for event in events.after(stored, sequence=0, limit=1000)]

    assert verify(DatabaseHistory(stored)) is None
    assert first_broken(access.whole_audit(stored), head=log_head(stored)) is None
    assert log == list(range(1, len(log) + 1))
    assert damages(db.engine, thorough=True) == ()


def test_publishing_goes_on_where_the_earlier_program_stopped(
    kept: Kept, app: Flask, settings: Settings, stored: Session
) -> None:
    later = NOW + timedelta(days=60)
    edit = edited("policies/privacy/sections/contact", heading="Reach us")

    with time_machine.travel(later, tick=False):
        number = published(app, settings, source(edit), now=later)

    assert number == len(kept.tables["release"]) + 1
    assert verify(DatabaseHistory(stored)) is None
