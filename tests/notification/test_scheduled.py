"""Events that only the clock brings about: once, at their instant, whoever looks."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api.db.tx import retrying, writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.events import queries as events
from policy_api.events import service
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from policy_api.publishing.withdrawing import withdraw
from policy_api.testing.receivers import Receiver, polite
from tests.domain.sources import edited, entries, source
from tests.notification.conftest import Subscribe, Times, Work, verified

LATER = timedelta(days=40)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(actor="A. Publisher", signer=Signer.load_or_create(tmp_path / "key.pem"))


class Press:
    """Publishes the small source of the domain's tests, and announces a change of it."""

    def __init__(self, session: Session, publisher: Publisher) -> None:
        self._session = session
        self._publisher = publisher

    def publish(self, made: Source, *, at: datetime, **told: object) -> int:
        with writing(self._session) as session:
            return publish(
                session,
                source=made,
                base=queries.head_number(session),
                announcement=Announcement(**told),  # type: ignore[arg-type]
                publisher=self._publisher,
                now=at,
            ).release

    def withdraw(self, release: int, *, at: datetime) -> None:
        with writing(self._session) as session:
            texts = {"en": "Taken back"}
            withdraw(
                session,
                release=release,
                title=texts,
                summary=texts,
                publisher=self._publisher,
                now=at,
            )

    def announced(self, now: datetime) -> int:
        """Publish the source, and a material change that takes effect later."""
        self.publish(source(), at=now)
        return self.publish(source(moved()), at=now, effective_at=now + LATER)


@pytest.fixture
def press(session: Session, publisher: Publisher) -> Press:
    return Press(session, publisher)


def moved() -> dict[str, object]:
    rows = entries()["policies/privacy/tables/services"]["rows"]
    payments = rows[1] | {"locations": [{"country": "CA"}]}
    return edited("policies/privacy/tables/services", rows=[rows[0], payments])


def fire(session: Session, now: datetime) -> list[str]:
    with writing(session):
        return [event.type for event in service.fire_due(session, now=now)]


def types(session: Session) -> list[str]:
    return [event.type for event in events.after(session, limit=100)]


def test_an_announced_release_takes_effect_at_its_instant(
    session: Session, press: Press, now: datetime
) -> None:
    release = press.announced(now)

    assert fire(session, now + LATER - timedelta(seconds=1)) == []
    assert fire(session, now + LATER) == ["policy.effective"]
    assert fire(session, now + LATER) == []
    event = events.after(session, limit=100)[-1]
    assert (event.release, event.policy, event.occurred_at) == (release, "privacy", now + LATER)
    assert event.content["data"]["effective_at"] == "2026-04-10T08:00:00Z"
    assert set(event.sites) == {site["site"] for site in event.content["data"]["sites"]}


def test_what_comes_late_carries_its_own_instant(
    session: Session, press: Press, now: datetime
) -> None:
    press.announced(now)
    fire(session, now + 2 * LATER)

    event = events.after(session, limit=100)[-1]
    assert event.occurred_at == now + LATER
    assert event.recorded_at == now + 2 * LATER


def test_a_withdrawn_release_never_takes_effect(
    session: Session, press: Press, now: datetime
) -> None:
    release = press.announced(now)
    press.withdraw(release, at=now + timedelta(days=1))

    assert fire(session, now + LATER) == []
    assert types(session)[-1] == "policy.withdrawn"
    assert events.next_due(session) is None


def test_of_two_releases_for_one_instant_only_the_later_takes_effect(
    session: Session, press: Press, now: datetime
) -> None:
    press.announced(now)
    rows = moved() | edited("policies/privacy/sections/contact", heading="Reach us")
    newest = press.publish(source(rows), at=now + timedelta(days=1), effective_at=now + LATER)

    fired = fire(session, now + LATER)

    sites = [event.sites for event in events.after(session, limit=100)[-len(fired) :]]
    told = [site for those in sites for site in those]
    assert len(told) == len(set(told))
    assert events.after(session, limit=100)[-1].release == newest


def test_publishing_tells_first_what_took_effect_before(
    session: Session, press: Press, now: datetime
) -> None:
    press.announced(now)
    again = moved() | edited("policies/privacy/sections/contact", heading="Reach us")
    press.publish(source(again), at=now + 2 * LATER)

    assert types(session) == [
        "policy.published",
        "policy.effective",
        "policy.published",
        "policy.effective",
        "policy.published",
        "policy.effective",
    ]


def test_two_who_look_at_the_same_moment_bring_it_about_once(
    session: Session, press: Press, now: datetime, engine: Engine
) -> None:
    press.announced(now)
    before, start = len(types(session)), threading.Barrier(4)
    session.rollback()

    def look() -> None:
        start.wait()
        with Session(engine) as own:
            retrying(lambda: fire(own, now + LATER))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(types(session)) == before + 1


def test_a_worker_brings_it_about_and_tells(
    session: Session, press: Press, subscribe: Subscribe, work: Work, times: Times
) -> None:
    press.announced(times())
    with Receiver(polite) as receiver, work():
        verified(session, subscribe, receiver.url)
        times.pass_by(LATER)
        (request,) = receiver.wait_for(1)

    assert request.sequence == 4
    assert b'"policy.effective"' in request.body
