"""Workers that are woken over a broker: at once, by anybody, and without anything kept there."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import amqp
import pytest
import redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from policy_api.app import create_app
from policy_api.db.tx import writing
from policy_api.notification.doorbell import CHANNEL, Doorbell, broker, ring
from policy_api.settings import Profile, Settings, SettingsError, load_settings
from policy_api.signals import edition_published, release_withdrawn
from policy_api.testing.receivers import Receiver, polite
from tests.notification import brokers
from tests.notification.conftest import Happen, Subscribe, Work, hasty, verified

NEVER = 600.0
SOON = 10.0


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with brokers.redis() as found:
        yield found


@pytest.fixture(scope="module")
def rabbit_url() -> Iterator[str]:
    with brokers.rabbitmq() as found:
        yield found


@pytest.fixture(
    params=[
        pytest.param("redis_url", marks=brokers.needs_redis),
        pytest.param("rabbit_url", marks=brokers.needs_rabbitmq),
    ]
)
def url(request: pytest.FixtureRequest) -> str:
    """Return the address of each broker there is."""
    found: str = request.getfixturevalue(request.param)
    return found


@contextmanager
def listening(url: str) -> Iterator[threading.Semaphore]:
    """Yield what counts the rings, after the one that says that it listens."""
    rung = threading.Semaphore(0)
    doorbell = Doorbell(broker(url), rung.release)
    doorbell.start()
    try:
        assert rung.acquire(timeout=SOON)
        yield rung
    finally:
        doorbell.stop()


def test_a_ring_reaches_everyone_who_listens(url: str) -> None:
    with listening(url) as first, listening(url) as second:
        ring(url)

        assert first.acquire(timeout=SOON)
        assert second.acquire(timeout=SOON)


def test_rings_that_nobody_hears_are_kept_nowhere(url: str) -> None:
    for _ in range(20):
        ring(url)

    with listening(url) as rung:
        assert not rung.acquire(timeout=1)
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as client:
            assert client.dbsize() == 0


@brokers.needs_rabbitmq
def test_a_queue_ends_with_its_listener(rabbit_url: str) -> None:
    with listening(rabbit_url):
        pass

    with amqp.Connection(rabbit_url.rpartition("@")[2].rstrip("/")) as connection:
        # Refused as long as a queue hangs on it.
        connection.channel().exchange_delete(CHANNEL, if_unused=True)


def test_a_release_rings(url: str, database_url: str) -> None:
    settings = Settings(profile=Profile.TESTING, database_url=database_url, doorbell_url=url)
    app = create_app(settings)
    with listening(url) as rung:
        edition_published.send(release=1, sites=())
        published = rung.acquire(timeout=SOON)
        release_withdrawn.send(release=1, sites=())
        withdrawn = rung.acquire(timeout=SOON)

    assert app.extensions["policy-api-doorbell"]
    assert (published, withdrawn) == (True, True)


def test_a_worker_that_the_database_cannot_tell_is_told_by_the_broker(
    *,
    url: str,
    session: Session,
    happen: Happen,
    subscribe: Subscribe,
    work: Work,
    local: Settings,
) -> None:
    settings = replace(local, doorbell_url=url)
    if session.get_bind().dialect.name == "sqlite":
        # Its file always tells; there is no way to be deaf.
        return
    with Receiver(polite) as receiver:
        with work():
            verified(session, subscribe, receiver.url)
        with writing(session):
            # As behind a pool that lends connections by transaction: nobody hears a NOTIFY.
            session.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        with work(hasty(poll=NEVER, sweep=NEVER), settings=settings):
            ring(url)
            happen()
            deaf = len(receiver.events)
            ring(url)
            receiver.wait_for(1)

    assert deaf == 0


def test_without_its_broker_a_worker_works_all_the_same(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, local: Settings
) -> None:
    nobody = f"redis://127.0.0.1:{brokers.free_port()}/0"
    with Receiver(polite) as receiver, work(settings=replace(local, doorbell_url=nobody)):
        verified(session, subscribe, receiver.url)
        happen()

        assert receiver.wait_for(1)


@brokers.needs_redis
def test_a_broker_that_comes_back_is_heard_again() -> None:
    port = brokers.free_port()
    url = f"redis://127.0.0.1:{port}/0"
    rung = threading.Semaphore(0)
    doorbell = Doorbell(broker(url), rung.release)
    doorbell.start()
    for _ in range(2):
        with brokers.redis_at(port):
            assert rung.acquire(timeout=SOON)
            ring(url)
            assert rung.acquire(timeout=SOON)
    doorbell.stop()


@pytest.mark.parametrize("url", ["http://secret/", "redis:///secret", "amqp://secret:0", "secret"])
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="Must be like") as caught:
        load_settings({"POLICY_API_DOORBELL_URL": url})

    assert "secret" not in str(caught.value)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(SettingsError, match=r"policy-api\[doorbell\]"):
        broker("redis://127.0.0.1/0")
