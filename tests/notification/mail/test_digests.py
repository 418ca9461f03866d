"""Bundles: everything since the last one in one mail, at the chosen hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import writing
from policy_api.notification import digests
from policy_api.notification.fence import raise_fence
from policy_api.notification.models import Delivery
from tests.notification.mail.conftest import House


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("digest", "now", "close"),
    [
        ("daily", "2026-03-10T05:59:59", "2026-03-09T06:00"),
        ("daily", "2026-03-10T06:00:00", "2026-03-10T06:00"),
        ("weekly", "2026-03-09T06:00:00", "2026-03-09T06:00"),
        ("weekly", "2026-03-09T05:00:00", "2026-03-02T06:00"),
        ("weekly", "2026-03-15T23:00:00", "2026-03-09T06:00"),
        ("daily", "2026-01-01T00:00:00", "2025-12-31T06:00"),
    ],
)
def test_a_bundle_is_closed_at_six(digest: str, now: str, close: str) -> None:
    assert digests.last_close(digest, at(now)) == at(close)


def test_a_week_comes_in_one_mail(house: House) -> None:
    house.subscribe(digest="weekly", min_significance="technical")
    house.announce()
    house.work_off()
    house.announce()
    house.work_off()
    assert len(house.server.posts) == 1

    house.clock.come(at("2026-03-16T06:00:01"))
    house.keep_up()
    house.work_off()

    asked, told = house.server.posts
    assert told.subject == "Changes in the policies of Example shop"
    assert "A carrier" in told.text
    assert "Right address" in told.text
    assert asked.recipients == told.recipients


def test_a_mail_of_the_day_waits_for_the_morning(house: House) -> None:
    house.subscribe(digest="daily")
    house.announce()
    house.work_off()
    assert len(house.server.posts) == 1

    house.clock.come(at("2026-03-11T06:00:01"))
    house.keep_up()
    house.work_off()

    assert len(house.server.posts) == 2
    assert "A carrier" in house.server.posts[1].subject


def test_nothing_is_told_twice_however_often_bundles_are_made(house: House) -> None:
    house.subscribe(digest="daily", min_significance="technical")
    house.announce()
    house.clock.come(at("2026-03-11T06:00:01"))
    for _ in range(3):
        house.keep_up()
        house.work_off()
    house.announce()
    house.clock.come(at("2026-03-16T06:00:01"))
    house.keep_up()
    house.work_off()

    texts = [post.text for post in house.server.posts[1:]]
    assert len(texts) == 2
    assert "A carrier" in texts[0]
    assert "A carrier" not in texts[1]
    assert "Right address" in texts[1]


def test_a_day_without_news_brings_no_mail(house: House) -> None:
    house.subscribe(digest="daily")
    for _ in range(5):
        house.clock.pass_by(timedelta(days=1))
        house.keep_up()
    house.work_off()

    assert len(house.server.posts) == 1


def test_what_a_bundle_leaves_out_makes_none(house: House) -> None:
    house.subscribe(digest="daily", min_significance="material", site="main")
    house.announce()
    house.announce()
    house.clock.pass_by(timedelta(days=2))
    house.keep_up()
    house.work_off()

    assert "Right address" not in house.server.posts[-1].text


def test_workers_that_were_away_for_weeks_tell_everything_in_one_mail(house: House) -> None:
    house.subscribe(digest="daily", min_significance="technical")
    for _ in range(3):
        house.announce()
    house.clock.pass_by(timedelta(days=30))
    house.keep_up()
    house.work_off()

    (told,) = house.server.posts[1:]
    assert [title in told.text for title in ("A carrier", "Right address", "Abroad")] == [True] * 3


def test_bundles_are_made_in_chunks(house: House) -> None:
    for number in range(3):
        house.subscribe(f"reader{number}@example.net", digest="daily")
    house.announce()
    house.clock.pass_by(timedelta(days=1))

    with Session(house.engine) as session:
        rounds = 0
        while True:
            with writing(session):
                if not digests.advance(session, now=clock.now(), chunk=2):
                    break
            rounds += 1
        made = session.scalars(select(Delivery).where(Delivery.sequence > 0)).all()

    assert rounds == 2
    assert len(made) == 3


def test_an_unsubscribed_reader_gets_no_bundle(house: House) -> None:
    asked = house.subscribe(digest="daily")
    house.announce()
    house.client.post(asked.link("confirm").replace("confirm", "unsubscribe"))
    house.clock.pass_by(timedelta(days=1))
    house.keep_up()
    house.work_off()

    assert len(house.server.posts) == 1


def test_a_restored_database_tells_in_no_bundle_what_an_earlier_one_may_have_told(
    house: House,
) -> None:
    house.subscribe(digest="daily", min_significance="technical")
    house.announce()
    house.clock.come(at("2026-03-11T06:00:01"))
    with Session(house.engine) as session, writing(session):
        raise_fence(session, now=clock.now())
    house.keep_up()
    house.work_off()
    assert len(house.server.posts) == 1

    house.announce()
    house.clock.come(at("2026-03-16T06:00:01"))
    house.keep_up()
    house.work_off()

    (told,) = house.server.posts[1:]
    assert "A carrier" not in told.text
    assert "Right address" in told.text
