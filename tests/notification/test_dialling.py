"""What is dialled, seen from the listener: no packet goes where it must not."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from policy_api.notification.wire import Verdict
from policy_api.testing.certificates import Authority
from policy_api.testing.receivers import Receiver, polite
from tests.notification.channel_cases import LOCAL, FixedResolver, post

CLOSED = replace(LOCAL, webhook_allowed_networks=())
ONLY_SECOND = replace(LOCAL, webhook_allowed_networks=("127.0.0.2/32",))
NAME = "hooks.example.org"


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests dial all of the loopback: what is not dialled shall be the guard's merit."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 -- as its base
        if not str(address[0]).startswith(("127.", "::1", "::ffff:127.")):
            raise AssertionError(f"{address[0]} was dialled.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "0",
        "0.0.0.0",  # noqa: S104 -- as an address to dial
        "user@127.0.0.1",
        "example.org@127.0.0.1",
        "127.0.0.1%2f",
        "127。0。0。1",
    ],
)
def test_no_spelling_of_the_loopback_reaches_a_listener(host: str) -> None:
    with Receiver(polite) as receiver:
        ((outcome, _),) = post(f"http://{host}:{receiver.port}/", settings=CLOSED)

    assert outcome.verdict is Verdict.BUSY
    assert receiver.connections == 0


def test_a_name_that_resolves_inwards_reaches_no_listener() -> None:
    with Receiver(polite) as receiver:
        resolver = FixedResolver(["127.0.0.1"])
        ((outcome, _),) = post(receiver.url_as(NAME), settings=CLOSED, resolver=resolver)

    assert outcome.detail == "The host's address is off limits."
    assert receiver.connections == 0


def test_of_several_addresses_only_the_permitted_ones_are_dialled() -> None:
    with Receiver(polite) as denied:
        resolver = FixedResolver(["127.0.0.1", "127.0.0.2"])
        ((outcome, _),) = post(denied.url_as(NAME), settings=ONLY_SECOND, resolver=resolver)

    assert outcome.detail == "The connection was refused."
    assert denied.connections == 0


def test_a_name_that_changes_its_mind_is_looked_up_once_and_checked_when_dialled() -> None:
    with Receiver(polite) as denied, Receiver(polite, host="127.0.0.2") as permitted:
        resolver = FixedResolver(["127.0.0.2"], ["127.0.0.1"])
        url = permitted.url_as(NAME)
        (first, _), (second, _) = post(url, url, settings=ONLY_SECOND, resolver=resolver)
        inwards = FixedResolver(["127.0.0.1"])
        post(denied.url_as(NAME), settings=ONLY_SECOND, resolver=inwards)

    assert first.verdict is Verdict.DELIVERED
    assert second.detail == "The host's address is off limits."
    assert resolver.asked == [NAME, NAME]
    assert inwards.asked == [NAME]
    assert denied.connections == 0


def test_the_name_stays_in_certificate_check_and_host_header() -> None:
    authority = Authority()
    with Receiver(polite, tls=authority.server(NAME)) as receiver:
        resolver = FixedResolver(["127.0.0.1"])
        ((outcome, _),) = post(receiver.url_as(NAME), resolver=resolver, tls=authority.trusting())

    assert outcome.verdict is Verdict.DELIVERED
    assert receiver.requests[0].headers["host"] == f"{NAME}:{receiver.port}"


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver(polite) as proxy, Receiver(polite) as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        ((outcome, _),) = post(receiver.url)

    assert outcome.verdict is Verdict.DELIVERED
    assert proxy.connections == 0


def test_a_network_that_is_closed_again_is_not_dialled_any_more() -> None:
    with Receiver(polite) as receiver:
        ((before, _),) = post(receiver.url)
        ((after, _),) = post(receiver.url, settings=CLOSED)

    assert before.verdict is Verdict.DELIVERED
    assert after.detail == "Its address is off limits."
