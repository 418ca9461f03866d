"""A publisher, readers and a mail server that takes what it is given, on a clock that tests set."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, or_, select, text
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.proof.signing import Signer
from policy_api.notification import fanout
from policy_api.notification.channels.base import Surroundings
from policy_api.notification.channels.email import Upkeep, open_email
from policy_api.notification.models import Endpoint
from policy_api.notification.pace import Pace
from policy_api.notification.worker import Worker
from policy_api.publishing.service import Publisher, publish
from policy_api.publishing.withdrawing import withdraw
from policy_api.settings import Settings
from tests.reading.published import REWORDED, STEPS, publish_until

ORIGIN = "https://legal.example.org"
READER = "reader@example.net"
QUICK = Pace(timeout=20.0, margin=1.0, poll=0.05, place_rate=10_000)

MAIL_TABLES = ("mail_subscription", "mail_confirmation", "suppression")

START = REWORDED + timedelta(days=28)
"""A quiet day, nine days before a carrier is announced."""


@dataclass
class Post:
    """One mail as the server got it."""

    sender: str
    recipients: list[str]
    content: bytes = field(repr=False)

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def link(self, name: str) -> str:
        """Return the path of a link in the plain text."""
        found = re.search(rf"{ORIGIN}(/\S*/{name})", self.text)
        assert found is not None, self.text
        return found[1]

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())


Act = Callable[[SMTP], Awaitable[str]]


def say(answer: str) -> Act:
    """Return an act: answer."""

    async def act(_: SMTP) -> str:
        return answer

    return act


async def hang_up(server: SMTP) -> str:
    """Cut the connection."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
    return "421 nobody hears this"


async def fall_silent(_: SMTP) -> str:
    """Answer when nobody waits any more."""
    await asyncio.sleep(60)
    return "421 nobody hears this"


class Server:
    """An SMTP server that notes what it gets, and says no where it is told to."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answers: dict[str, str] = {}
        """Recipient → answer to its address."""

        self.acts: dict[str, Act] = {}
        """Command → what is done instead of taking it."""

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        envelope.mail_from = address
        return await self._acted("MAIL", server)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return await self._acted("RCPT", server)

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: object, envelope: Envelope
    ) -> str:
        answer = await self._acted("DATA", server)
        if answer.startswith("250"):
            content = envelope.original_content or b""
            self.posts.append(Post(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return answer

    async def handle_QUIT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: object, _envelope: object
    ) -> str:
        return await self._acted("QUIT", server, usual="221 Bye")

    async def _acted(self, command: str, server: SMTP, *, usual: str = "250 OK") -> str:
        act = self.acts.get(command)
        return usual if act is None else await act(server)

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Post]:
        """Return the mails once there are enough of them."""
        until = time.monotonic() + seconds
        while len(self.posts) < count:
            assert time.monotonic() < until, f"{len(self.posts)} of {count} mails came."
            time.sleep(0.01)
        return self.posts

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve on a port of its own, and yield the address for the settings."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()

        talking: list[SMTP] = []

        def answer() -> SMTP:
            talking.append(SMTP(self, enable_SMTPUTF8=False, decode_data=False))
            return talking[-1]

        async def begin() -> asyncio.Server:
            return await loop.create_server(answer, "127.0.0.1", 0)

        listening = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
        try:
            yield f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}?tls=no"
        finally:
            asyncio.run_coroutine_threadsafe(_end(listening, talking), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()


async def _end(listening: asyncio.Server, talking: list[SMTP]) -> None:
    listening.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for each in talking:
        if isinstance(each.transport, asyncio.WriteTransport):
            each.transport.abort()


@dataclass
class Clock:
    """The time that everybody has."""

    traveller: time_machine.Traveller

    def pass_by(self, span: timedelta) -> None:
        self.traveller.shift(span)

    def come(self, instant: datetime) -> None:
        self.traveller.move_to(instant)


Ask = Callable[..., Any]


@dataclass
class House:
    """The program, run for tests."""

    app: Flask
    engine: Engine
    settings: Settings
    server: Server
    clock: Clock
    published: int = 2

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def ask(self, email: str = READER, **wishes: object) -> Any:  # noqa: ANN401 -- a response
        """Ask for a subscription as a visitor does."""
        told = {"email": email, "site": "shop", **wishes}
        return self.client.post("/v1/subscriptions", json=told)

    def subscribe(self, email: str = READER, **wishes: object) -> Post:
        """Ask and confirm, and return the mail that asked back."""
        before = len(self.server.posts)
        assert self.ask(email, **wishes).status_code == 202
        with self.working():
            asked = self.server.wait_for(before + 1)[-1]
        assert self.client.post(asked.link("confirm")).status_code == 200
        return asked

    def publish_next(self) -> None:
        """Publish the next release of the history, now."""
        step = STEPS[self.published]
        with Session(self.engine) as session, writing(session):
            signer = Signer.load(self.settings.signing_key_file)
            publish(
                session,
                source=step.source(),
                base=self.published,
                announcement=step.announcement,
                publisher=Publisher(actor="test", signer=signer),
                now=clock.now(),
            )
        self.published += 1

    def announce(self) -> None:
        """Come to the day on which a new recipient of data is announced, and announce it."""
        self.clock.come(STEPS[self.published].at)
        self.publish_next()

    def withdraw(self) -> None:
        """Take the newest release back, a day later."""
        self.clock.pass_by(timedelta(days=1))
        signer = Signer.load(self.settings.signing_key_file)
        with Session(self.engine) as session, writing(session):
            withdraw(
                session,
                release=self.published,
                title={"en": "Never mind"},
                summary={"en": "Nothing of it will happen."},
                publisher=Publisher(actor="test", signer=signer),
                now=clock.now(),
            )

    def keep_up(self) -> None:
        """Do what a worker does now and then."""
        around = Surroundings(settings=self.settings, now=clock.now, timeout=1)
        Upkeep(self.engine, surroundings=around).once()

    @contextmanager
    def working(self, *, pace: Pace = QUICK) -> Iterator[Worker]:
        made = Worker(
            self.engine,
            settings=self.settings,
            pace=pace,
            channels=[("email", open_email)],
            database_now=lambda _: clock.now(),
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_until_complete, args=(made.run(),))
        thread.start()
        try:
            yield made
        finally:
            loop.call_soon_threadsafe(made.stop)
            thread.join(30)
            loop.close()

    def work_off(self) -> None:
        """Let a worker do everything that is due now."""
        until = time.monotonic() + 10
        with self.working():
            while not self.is_calm():
                assert time.monotonic() < until, "There is always something to do."
                time.sleep(0.02)

    def is_calm(self) -> bool:
        """Tell whether nothing is due and nobody is at work."""
        with Session(self.engine) as session:
            # In this order: what is handed out between two looks is found by the second.
            if fanout.has_work(session):
                return False
            busy = or_(Endpoint.leased_until.is_not(None), Endpoint.due_at <= clock.now())
            return session.scalar(select(Endpoint.id).where(busy).limit(1)) is None

    def wait_for_attempts(self, count: int, *, seconds: float = 10) -> None:
        """Wait until so many attempts are stored."""
        until = time.monotonic() + seconds
        while True:
            with self.engine.connect() as connection:
                found = connection.execute(text("SELECT count(*) FROM attempt")).scalar_one()
            if found >= count:
                return
            assert time.monotonic() < until, f"{found} of {count} attempts were stored."
            time.sleep(0.02)


def hasty(**numbers: object) -> Pace:
    return replace(QUICK, **numbers)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def house(engine: Engine, settings: Settings, server: Server, tmp_path: Path) -> Iterator[House]:
    """Yield the program with two releases published and a mail server."""
    with (
        server.listening() as url,
        time_machine.travel(START, tick=False) as traveller,
        Session(engine, expire_on_commit=False) as session,
    ):
        publisher = Publisher(actor="test", signer=Signer.load(settings.signing_key_file))
        publish_until(session, REWORDED, publisher=publisher)
        session.close()
        chosen = replace(
            settings,
            smtp_url=url,
            mail_from="Example legal <legal@example.org>",
            origin=ORIGIN,
        )
        app = create_app(chosen)
        yield House(app, engine, chosen, server, Clock(traveller))
        with app.app_context():
            db.engine.dispose()


def stored(house: House) -> bytes:
    """Return everything that is in the tables of notification, as bytes."""
    found = []
    with house.engine.connect() as connection:
        for table in ("endpoint", "ping", "delivery", "attempt", *MAIL_TABLES):
            rows = connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 -- our own names
            found += [
                bytes(each) if isinstance(each, bytes | memoryview) else repr(each).encode()
                for row in rows
                for each in row
            ]
    return b"\n".join(found)
