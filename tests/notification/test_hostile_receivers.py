"""Receivers that do their worst: each attempt ends in time and leaves the next one alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from policy_api.notification.wire import ANSWER_BYTES, Outcome, Verdict
from policy_api.testing.certificates import Authority
from policy_api.testing.receivers import HOSTILE, Receiver, polite, status
from tests.notification.channel_cases import TIMEOUT, TOLERANCE, post

pytestmark = pytest.mark.undisturbed

STILL_DELIVERED = {
    "sends a body without end",
    "sends chunks without end",
    "promises ten gigabytes",
    "sends a bomb",
    "answers in control characters",
    "cuts the answer",
    "drips a body",
    "ends too early",
}
"""They said 200 first; what they say afterwards is not waited for."""

VERDICTS = {
    "redirects inwards": (Verdict.RETRY, 302),
    "redirects to itself": (Verdict.RETRY, 307),
    "asks for a thousand years": (Verdict.BUSY, 429),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_receiver_holds_a_sender_up(name: str) -> None:
    with Receiver(HOSTILE[name]) as hostile, Receiver(polite) as good:
        (outcome, seconds), (next_outcome, next_seconds) = post(hostile.url, good.url)

    assert seconds < TIMEOUT + TOLERANCE
    assert next_seconds < TOLERANCE
    assert next_outcome.verdict is Verdict.DELIVERED
    assert len(outcome.answer) <= ANSWER_BYTES
    assert len(hostile.requests) <= 1


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_of_each_is_known(name: str) -> None:
    with Receiver(HOSTILE[name]) as hostile:
        ((outcome, _),) = post(hostile.url)

    if name in STILL_DELIVERED:
        assert outcome.verdict is Verdict.DELIVERED
    elif name in VERDICTS:
        assert (outcome.verdict, outcome.status) == VERDICTS[name]
    else:
        assert outcome.verdict in {Verdict.BUSY, Verdict.RETRY}
        assert outcome.detail


def test_control_characters_of_an_answer_are_not_kept() -> None:
    with Receiver(HOSTILE["answers in control characters"]) as hostile:
        ((outcome, _),) = post(hostile.url)

    assert "\x1b" not in outcome.answer
    assert "\x00" not in outcome.answer


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (301, Verdict.RETRY),
        (400, Verdict.RETRY),
        (404, Verdict.RETRY),
        (410, Verdict.GONE),
        (429, Verdict.BUSY),
        (500, Verdict.RETRY),
        (503, Verdict.BUSY),
        (599, Verdict.RETRY),
    ],
)
def test_only_two_hundreds_are_success(code: int, verdict: Verdict) -> None:
    with Receiver(status(code)) as receiver:
        ((outcome, _),) = post(receiver.url)

    assert (outcome.verdict, outcome.status) == (verdict, code)


def test_a_closed_port_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    ((outcome, seconds),) = post(f"http://127.0.0.1:{port}/")

    assert outcome == Outcome(verdict=Verdict.BUSY, detail="The connection was refused.")
    assert seconds < TOLERANCE


def test_a_port_that_accepts_and_is_silent_ends_in_time() -> None:
    with mute_port() as port:
        (plain, plain_seconds), (secure, secure_seconds) = post(
            f"http://127.0.0.1:{port}/", f"https://127.0.0.1:{port}/"
        )

    assert plain.verdict is secure.verdict is Verdict.BUSY
    assert max(plain_seconds, secure_seconds) < TIMEOUT + TOLERANCE


@contextmanager
def mute_port() -> Iterator[int]:
    """Yield a port whose connections are made by the system and never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=10) as server:
        yield server.getsockname()[1]


def test_a_valid_certificate_is_accepted() -> None:
    authority = Authority()
    with Receiver(polite, tls=authority.server("127.0.0.1")) as receiver:
        ((outcome, _),) = post(receiver.url, tls=authority.trusting())

    assert outcome.verdict is Verdict.DELIVERED


@pytest.mark.parametrize("trouble", ["unknown authority", "other name", "expired", "no TLS"])
def test_a_bad_certificate_ends_the_attempt(trouble: str) -> None:
    authority = Authority()
    served = {
        "unknown authority": Authority("Another").server("127.0.0.1"),
        "other name": authority.server("example.org"),
        "expired": authority.server("127.0.0.1", expired=True),
        "no TLS": None,
    }[trouble]
    with Receiver(polite, tls=served) as receiver:
        url = receiver.url.replace("http:", "https:")
        ((outcome, seconds),) = post(url, tls=authority.trusting())

    assert outcome.verdict is Verdict.BUSY
    assert outcome.detail
    assert seconds < TIMEOUT + TOLERANCE
    assert receiver.requests == []
