"""A cache in front forgets what a release outdates, and nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.proof.signing import Signer
from policy_api.notification.channels.cdn import open_cdn, purges
from policy_api.notification.pace import Pace
from policy_api.notification.purge_command import purge_command
from policy_api.notification.worker import Worker
from policy_api.publishing.service import Publisher, publish
from policy_api.publishing.withdrawing import withdraw
from policy_api.settings import PurgeForm, Settings
from tests.notification.caches import TOKEN, Cache
from tests.reading.places import EVERY_PUBLIC, FORUM, SHOP
from tests.reading.published import (
    ANNOUNCED,
    CORRECTED,
    EFFECTIVE,
    REWORDED,
    STEPS,
    WITHDRAWN,
    WITHDRAWN_ANNOUNCED,
    publish_until,
)

QUICK = Pace(timeout=5.0, margin=1.0, poll=0.05, place_rate=10_000)
QUIET = REWORDED + timedelta(days=1)
ONLY_SHOP = STEPS[2]
"""A carrier for the shop: the forum's text stays as it is."""

FIXED = (f"{SHOP}/versions/1", f"{SHOP}/versions/1.json")
PATHS = (*(path for path in EVERY_PUBLIC if "upcoming" not in path), FORUM, f"{FORUM}.html")


@dataclass
class Site:
    """The program behind a cache."""

    app: Flask
    engine: Engine
    settings: Settings
    cache: Cache
    travel: time_machine.Traveller

    def read(self) -> None:
        self.cache.read(self.app.test_client(), PATHS)

    def stale(self) -> list[str]:
        return self.cache.stale(self.app.test_client())

    def come(self, instant: datetime) -> None:
        self.travel.move_to(instant)

    def publish(self, number: int) -> None:
        step = STEPS[number]
        self.come(step.at)
        with Session(self.engine) as session, writing(session):
            publish(
                session,
                source=step.source(),
                base=number,
                announcement=step.announcement,
                publisher=self.publisher,
                now=clock.now(),
            )

    def withdraw(self) -> None:
        self.come(WITHDRAWN)
        with Session(self.engine) as session, writing(session):
            withdraw(
                session,
                release=5,
                title={"en": "Never mind"},
                summary={},
                publisher=self.publisher,
                now=clock.now(),
            )

    @property
    def publisher(self) -> Publisher:
        return Publisher(actor="test", signer=Signer.load(self.settings.signing_key_file))

    @contextmanager
    def working(self, settings: Settings | None = None) -> Iterator[None]:
        made = Worker(
            self.engine,
            settings=settings or self.settings,
            pace=QUICK,
            channels=[("cdn", open_cdn)],
            database_now=lambda _: clock.now(),
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_until_complete, args=(made.run(),))
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(made.stop)
            thread.join(30)
            loop.close()

    def work_off(self, purged: int) -> None:
        """Let a worker tell the cache until so many events have reached it."""
        with self.working():
            self.cache.wait_for(purged)

    def start_and_stop(self, settings: Settings) -> None:
        """Start a worker, as after a change of settings, and let it stop."""
        with self.working(settings):
            pass

    def endpoint(self) -> tuple[object, ...]:
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT state, channel FROM endpoint")).all()
        return tuple(tuple(row) for row in rows)


@pytest.fixture(params=list(PurgeForm))
def form(request: pytest.FixtureRequest) -> PurgeForm:
    found: PurgeForm = request.param
    return found


@pytest.fixture
def site(engine: Engine, settings: Settings, form: PurgeForm) -> Iterator[Site]:
    """Yield two releases, read through a cache that a worker has been told of."""
    cache = Cache(form)
    with cache.listening(), time_machine.travel(QUIET, tick=False) as travel:
        with Session(engine, expire_on_commit=False) as session:
            signer = Signer.load(settings.signing_key_file)
            publish_until(session, REWORDED, publisher=Publisher(actor="test", signer=signer))
        chosen = replace(
            settings, cdn_purge_url=cache.url, cdn_purge_form=form, cdn_purge_token=TOKEN
        )
        app = create_app(chosen)
        made = Site(app, engine, chosen, cache, travel)
        made.start_and_stop(chosen)
        made.read()
        yield made
        with app.app_context():
            db.engine.dispose()


fastly = pytest.mark.parametrize("form", [PurgeForm.FASTLY], indirect=True)


def test_a_release_purges_what_it_outdates_and_nothing_else(site: Site) -> None:
    site.publish(2)
    outdated = set(site.stale())

    site.work_off(1)

    assert site.stale() == []
    assert outdated <= site.cache.dropped
    assert {*FIXED, FORUM, f"{FORUM}.html"} <= site.cache.kept.keys()


@fastly
def test_an_effective_instant_purges_what_it_outdates(site: Site) -> None:
    site.publish(2)
    site.work_off(1)
    site.read()
    site.come(EFFECTIVE)
    assert f"{SHOP}.html" in site.stale()

    site.work_off(2)

    assert site.stale() == []
    assert {*FIXED, FORUM} <= site.cache.kept.keys()


@fastly
def test_a_withdrawal_purges_what_it_outdates(site: Site) -> None:
    for number, at in ((2, ANNOUNCED), (3, CORRECTED)):
        site.publish(number)
        assert clock.now() == at
    site.come(EFFECTIVE + timedelta(days=1))
    site.publish(4)
    assert clock.now() == WITHDRAWN_ANNOUNCED
    with site.working():
        site.cache.wait_for(5)
    site.read()
    site.withdraw()
    assert f"{SHOP}/versions" in site.stale()

    site.work_off(len(site.cache.requests) + 1)

    assert site.stale() == []


@fastly
def test_a_purge_that_is_refused_is_tried_again(site: Site) -> None:
    site.cache.refusals += [503]
    site.publish(2)
    with site.working():
        for _ in range(100):
            site.travel.shift(timedelta(minutes=10))
            try:
                site.cache.wait_for(1, seconds=1)
            except AssertionError:
                continue
            break

    assert site.stale() == []


@fastly
def test_what_happened_while_purging_was_off_is_made_up_for(site: Site) -> None:
    off = replace(site.settings, cdn_purge_url="", cdn_purge_token="")
    site.start_and_stop(off)
    assert site.endpoint() == (("disabled", "cdn"),)
    site.publish(2)
    site.start_and_stop(off)
    assert site.cache.requests == []

    site.work_off(1)

    assert site.endpoint() == (("active", "cdn"),)
    assert site.stale() == []


@fastly
def test_without_a_cache_there_is_nobody_to_tell(engine: Engine, site: Site) -> None:
    with Session(engine) as session, writing(session):
        session.execute(text("DELETE FROM endpoint"))
    site.start_and_stop(replace(site.settings, cdn_purge_url="", cdn_purge_token=""))

    assert site.endpoint() == ()


@pytest.mark.sqlite_only
def test_an_operator_can_purge_by_hand(site: Site) -> None:
    done = CliRunner().invoke(
        purge_command,
        ["--site", "shop", "--json"],
        obj=ScriptInfo(create_app=lambda: site.app),
    )

    assert done.exit_code == 0, done.output
    assert {*FIXED, SHOP} <= site.cache.dropped
    assert FORUM in site.cache.kept


@pytest.mark.sqlite_only
@fastly
def test_a_cache_that_refuses_is_told_of(site: Site) -> None:
    site.cache.refusals += [401]
    done = CliRunner().invoke(
        purge_command, ["--policy", "privacy"], obj=ScriptInfo(create_app=lambda: site.app)
    )

    assert done.exit_code != 0
    assert "401" in done.output


@pytest.mark.parametrize("form", list(PurgeForm))
def test_many_tags_go_in_as_few_requests_as_the_cache_takes(form: PurgeForm) -> None:
    tags = [f"site-{number:05}/privacy" for number in range(2000)]

    made = list(purges(tags, form=form, token="t"))

    assert len(made) == {"fastly": 8, "cloudflare": 67, "varnish": 34}[form.value]
    assert all(len(value) < 8000 for each in made for value in each.headers.values())
