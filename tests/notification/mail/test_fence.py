"""Readers get no mail twice because a database was put back from a backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.events import queries as events
from policy_api.notification.fence import raise_fence
from tests.notification.backups import restored
from tests.notification.mail.conftest import House

OTHER = "other@example.net"


@contextmanager
def put_back(house: House, folder: Path) -> Iterator[House]:
    """Yield the program on a copy of its database, behind a fence."""
    with house.app.app_context():
        db.engine.dispose()
    with restored(house.engine, folder) as copy:
        settings = replace(
            house.settings, database_url=copy.url.render_as_string(hide_password=False)
        )
        again = replace(house, engine=copy, settings=settings, app=create_app(settings))
        yield again
        with again.app.app_context():
            db.engine.dispose()


def put_up_fence(house: House) -> None:
    with Session(house.engine) as session, writing(session):
        raise_fence(session, now=clock.now())


@pytest.mark.parametrize("digest", ["immediate", "daily"])
def test_what_was_mailed_after_the_backup_is_not_mailed_again(
    house: House, tmp_path: Path, digest: str
) -> None:
    house.subscribe(digest=digest, min_significance="technical")
    house.announce()
    house.ask(OTHER)
    with put_back(house, tmp_path) as again:
        house.clock.pass_by(timedelta(days=1))
        house.keep_up()
        house.work_off()
        subjects = [post.subject for post in house.server.posts]
        assert len(subjects) == 3

        put_up_fence(again)
        again.keep_up()
        again.work_off()
        assert len(again.server.posts) == 3

        again.announce()
        again.clock.pass_by(timedelta(days=2))
        again.keep_up()
        again.work_off()

        told = again.server.posts[3:]
        assert [post.recipients for post in told] == [house.server.posts[0].recipients]
        assert "Right address" in told[0].text
        assert "A carrier" not in told[0].text


def test_what_took_effect_meanwhile_is_written_down_and_not_told(
    house: House, tmp_path: Path
) -> None:
    house.subscribe()
    house.announce()
    house.work_off()
    with Session(house.engine) as session:
        before = events.last_sequence(session)
    with put_back(house, tmp_path) as again:
        house.clock.pass_by(timedelta(days=60))
        put_up_fence(again)
        again.work_off()
        with Session(again.engine) as session:
            types = [event.type for event in events.after(session, sequence=before)]

    assert types == ["policy.effective"]
    assert len(house.server.posts) == 2
