"""A WebSub hub is told which feeds changed, as an ordinary delivery."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest
from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from policy_api import clock
from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.proof.signing import Signer
from policy_api.events import queries as events
from policy_api.notification.channels.websub import open_websub
from policy_api.notification.hub import keep_hub
from policy_api.notification.models import Delivery, Endpoint
from policy_api.notification.retry import Schedule
from policy_api.notification.worker import Worker
from policy_api.publishing.service import Publisher
from policy_api.settings import Settings, SettingsError, load_settings
from policy_api.testing.receivers import Receiver, Request, raw
from tests.notification.conftest import eventually, hasty
from tests.reading.published import ANNOUNCED, FIRST, REWORDED, publish_until

ORIGIN = "https://legal.example.org"
YES = raw(b"HTTP/1.1 204 No Content\r\n\r\n")
NO = raw(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")
AT_ONCE = hasty(schedule=Schedule(pauses=(timedelta(milliseconds=50),) * 13))


@pytest.fixture
def publisher(settings: Settings) -> Publisher:
    return Publisher(actor="test", signer=Signer.load(settings.signing_key_file))


@pytest.fixture
def hub() -> Iterator[Receiver]:
    with Receiver(YES) as found:
        yield found


@pytest.fixture
def chosen(settings: Settings, hub: Receiver) -> Settings:
    return replace(
        settings,
        origin=ORIGIN,
        websub_hub=hub.url,
        webhook_allow_http=True,
        webhook_allowed_networks=("127.0.0.0/8",),
    )


@contextmanager
def working(engine: Engine, settings: Settings) -> Iterator[None]:
    """Run a worker whose hub is written down."""
    made = Worker(engine, settings=settings, pace=AT_ONCE, channels=[("websub", open_websub)])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(made.run(),))
    thread.start()
    try:
        with Session(engine) as session:
            eventually(lambda: hubs(session) == [(settings.websub_hub, "active")])
        yield
    finally:
        loop.call_soon_threadsafe(made.stop)
        thread.join(30)
        loop.close()


def hubs(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    found = session.scalars(select(Endpoint).where(Endpoint.state != "deleted"))
    return [(each.target["url"], each.state) for each in found if each.channel == "websub"]


def states(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Delivery.state)))


def topics(request: Request) -> list[str]:
    form = parse_qsl(request.body.decode())
    assert form[0] == ("hub.mode", "publish")
    assert {name for name, _ in form[1:]} == {"hub.url"}
    return [value for _, value in form[1:]]


def test_a_release_is_told_to_the_hub_by_the_names_the_feeds_give_themselves(
    *, engine: Engine, session: Session, chosen: Settings, publisher: Publisher, hub: Receiver
) -> None:
    with working(engine, chosen):
        publish_until(session, REWORDED, publisher=publisher)
        eventually(lambda: len(hub.requests) == 2)
    request = hub.requests[-1]
    with reading(chosen) as client:
        served = [own_name(client.get(path_of(topic)).text) for topic in topics(request)]

    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert len(served) >= 4
    assert served == topics(request)


def test_below_a_prefix_the_hub_hears_the_names_the_feeds_have_there(
    *, engine: Engine, session: Session, chosen: Settings, publisher: Publisher, hub: Receiver
) -> None:
    mounted = replace(chosen, mount="/legal%20notices")
    with working(engine, mounted):
        publish_until(session, FIRST, publisher=publisher)
        eventually(lambda: len(hub.requests) == 1)
    app = create_app(mounted)
    below = Client(DispatcherMiddleware(NotFound(), {"/legal notices": app}))
    told = topics(hub.requests[0])
    answers = [below.get(path_of(topic)) for topic in told]
    with app.app_context():
        db.engine.dispose()

    assert [own_name(answer.text) for answer in answers] == told
    links = [parse_link(answer.headers["Link"]) for answer in answers]
    assert links == [{"hub": hub.url, "self": topic} for topic in told]


def parse_link(header: str) -> dict[str, str]:
    return {name: target for target, name in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


@contextmanager
def reading(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def own_name(document: str) -> str:
    if document.startswith("{"):
        found: str = orjson.loads(document)["feed_url"]
        return found
    (link,) = fromstring(document).findall("{http://www.w3.org/2005/Atom}link[@rel='self']")
    return link.attrib["href"]


def test_a_hub_that_refuses_is_told_again(
    *, engine: Engine, session: Session, chosen: Settings, publisher: Publisher, hub: Receiver
) -> None:
    hub.behaviour = NO
    with working(engine, chosen):
        publish_until(session, FIRST, publisher=publisher)
        eventually(lambda: len(hub.requests) >= 2)
        hub.behaviour = YES
        eventually(lambda: states(session) == ["delivered"])

    assert len({request.body for request in hub.requests}) == 1


def test_only_the_hub_that_is_named_hears_and_only_from_now_on(
    session: Session, publisher: Publisher
) -> None:
    publish_until(session, ANNOUNCED, publisher=publisher)
    with writing(session):
        keep_hub(session, url="https://one.example.org/", now=clock.now())
        keep_hub(session, url="https://one.example.org/", now=clock.now())
    first = hubs(session)
    with writing(session):
        keep_hub(session, url="https://two.example.org/", now=clock.now())
    second = hubs(session)
    with writing(session):
        keep_hub(session, url="", now=clock.now())
    none = hubs(session)
    with writing(session):
        keep_hub(session, url="https://one.example.org/", now=clock.now())
    after = session.scalars(select(Endpoint.after_sequence)).all()

    assert (first, second, none) == (
        [("https://one.example.org/", "active")],
        [("https://two.example.org/", "active")],
        [],
    )
    assert hubs(session) == first
    assert set(after) == {events.last_sequence(session)}


def test_a_hub_that_was_given_up_gets_another_chance(session: Session) -> None:
    with writing(session):
        keep_hub(session, url="https://one.example.org/", now=clock.now())
    with writing(session):
        session.scalars(select(Endpoint)).one().state = "disabled"
    with writing(session):
        keep_hub(session, url="https://one.example.org/", now=clock.now())

    assert hubs(session) == [("https://one.example.org/", "active")]


def test_a_hub_needs_to_know_where_the_feeds_are() -> None:
    with pytest.raises(SettingsError, match="POLICY_API_ORIGIN"):
        load_settings({"POLICY_API_WEBSUB_HUB": "https://hub.example.org/"})
    with pytest.raises(SettingsError, match="POLICY_API_WEBSUB_HUB"):
        load_settings({"POLICY_API_WEBSUB_HUB": "hub.example.org", "POLICY_API_ORIGIN": ORIGIN})


@pytest.mark.parametrize("name", ["feed.atom", "feed.json"])
def test_a_feed_names_its_hub(
    session: Session, chosen: Settings, publisher: Publisher, name: str
) -> None:
    publish_until(session, REWORDED, publisher=publisher)
    path = f"/v1/sites/shop/policies/privacy/{name}"
    with reading(chosen) as client:
        usual = client.get(f"{path}?locale=en")
        everything = client.get(f"{path}?locale=en&min_significance=technical")

    link = f'<{chosen.websub_hub}>; rel="hub", <{ORIGIN}{path}?locale=en>; rel="self"'
    assert usual.headers["Link"] == link
    assert chosen.websub_hub in usual.text
    assert "Link" not in everything.headers
    assert chosen.websub_hub not in everything.text


def test_a_feed_without_a_hub_names_none(
    session: Session, settings: Settings, publisher: Publisher
) -> None:
    publish_until(session, REWORDED, publisher=publisher)
    with reading(settings) as client:
        answer = client.get("/v1/sites/shop/policies/privacy/feed.json")

    assert "Link" not in answer.headers
    assert "hubs" not in answer.get_json(force=True)
