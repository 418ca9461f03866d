"""Mail servers with moods: each attempt ends in time, no mail is lost and none is sent twice."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.notification.models import Attempt
from policy_api.notification.postbox import Envelope, Relay
from tests.notification.mail.conftest import READER, Act, House, fall_silent, hang_up, hasty, say

pytestmark = pytest.mark.sqlite_only

TIMEOUT, TOLERANCE = 0.5, 1.5

REFUSING: dict[str, tuple[str, Act]] = {
    "shuts down": ("MAIL", say("421 4.3.2 shutting down")),
    "does not know the sender": ("MAIL", say("550 5.7.1 who are you")),
    "has no room for a recipient": ("RCPT", say("452 4.5.3 too many recipients")),
    "cannot take the text now": ("DATA", say("451 4.3.0 try later")),
    "does not like the text": ("DATA", say("554 5.7.1 looks like an advertisement")),
    "hangs up at the sender": ("MAIL", hang_up),
    "hangs up at the recipient": ("RCPT", hang_up),
    "hangs up over the text": ("DATA", hang_up),
    "falls silent at the sender": ("MAIL", fall_silent),
    "falls silent over the text": ("DATA", fall_silent),
}

TAKING: dict[str, Act] = {
    "refuses the goodbye": say("421 4.4.2 too late"),
    "answers the goodbye with nonsense": say("999 what"),
    "hangs up at the goodbye": hang_up,
    "never says goodbye": fall_silent,
}


def attempts(house: House) -> list[Attempt]:
    with Session(house.engine) as session:
        told = select(Attempt).where(Attempt.sequence > 0).order_by(Attempt.lease_token)
        return list(session.scalars(told))


@pytest.mark.parametrize("name", REFUSING)
def test_a_mail_that_was_not_taken_is_sent_later(house: House, name: str) -> None:
    command, act = REFUSING[name]
    house.subscribe()
    house.server.acts[command] = act
    house.announce()
    with house.working(pace=hasty(timeout=TIMEOUT)):
        house.wait_for_attempts(2)
    house.server.acts.clear()
    house.clock.pass_by(timedelta(minutes=1))
    house.work_off()

    failed, last = attempts(house)
    assert (failed.verdict, last.verdict) == ("busy", "delivered")
    assert failed.milliseconds < 1000 * (TIMEOUT + TOLERANCE)
    assert READER not in failed.detail
    assert len(house.server.posts) == 2


@pytest.mark.parametrize("name", TAKING)
def test_a_mail_that_was_taken_is_never_sent_again(house: House, name: str) -> None:
    house.subscribe()
    house.server.acts["QUIT"] = TAKING[name]
    house.announce()
    with house.working(pace=hasty(timeout=10)):
        house.wait_for_attempts(2)
    house.clock.pass_by(timedelta(days=2))
    house.work_off()

    assert [each.verdict for each in attempts(house)] == ["delivered"]
    assert len(house.server.posts) == 2


@contextmanager
def speaking(words: bytes, *, pause: float) -> Iterator[int]:
    """Yield a port that says the same for ever to whoever comes."""
    is_over = threading.Event()

    def speak() -> None:
        connection, _ = server.accept()
        with connection:
            while not is_over.wait(pause):
                try:
                    connection.sendall(words)
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=speak)
        thread.start()
        yield server.getsockname()[1]
        is_over.set()
        thread.join(10)


@pytest.mark.parametrize(
    ("words", "pause"), [(b"2", 0.05), (b"220-still here\r\n", 0.01)], ids=["drips", "chats"]
)
def test_a_greeting_without_end_can_be_left(words: bytes, pause: float) -> None:
    message = EmailMessage()
    message.set_content("Hello.")
    envelope = Envelope(sender="legal@example.org", to=READER, message=message)

    async def post(port: int) -> str:
        call = Relay.of(f"smtp://127.0.0.1:{port}?tls=no", timeout=10).call()
        task = asyncio.create_task(asyncio.to_thread(call.post, envelope))
        await asyncio.sleep(TIMEOUT)
        call.abort()
        return (await task).verdict

    with speaking(words, pause=pause) as port:
        started = time.monotonic()
        verdict = asyncio.run(post(port))

    assert verdict == "busy"
    assert time.monotonic() - started < TIMEOUT + TOLERANCE


def test_an_attempt_that_was_given_up_before_it_began_sends_nothing(house: House) -> None:
    message = EmailMessage()
    message.set_content("Hello.")
    call = Relay.of(house.settings.smtp_url, timeout=2).call()

    call.abort()
    outcome = call.post(Envelope(sender="legal@example.org", to=READER, message=message))

    assert outcome.verdict == "busy"
    assert house.server.posts == []
