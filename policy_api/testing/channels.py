"""What every channel that posts over HTTP promises; a test class gives a kind and a target.

A plugin's tests look like ours::

    class TestChat(ChannelContract):
        kind = ChatKind()

        def target(self, url):
            return {"url": url}
"""

# ruff: noqa: D102, S101 -- these are tests: their names are sentences, and they assert

from __future__ import annotations

import asyncio
import re
import socket
import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
import pytest
from marshmallow import ValidationError

from policy_api import clock
from policy_api.notification.channels.base import Channel, ChannelKind, Surroundings
from policy_api.notification.signing import new_key
from policy_api.notification.wire import ANSWER_BYTES, Message, Outcome, Verdict
from policy_api.settings import Profile, Settings
from policy_api.testing.receivers import HOSTILE, OK, Receiver, raw

TIMEOUT = 1.0
TOLERANCE = 5.0
"""Seconds by which an attempt may be late on a machine that does other things as well."""

LOCAL = Settings(
    profile=Profile.TESTING, webhook_allowed_networks=("127.0.0.0/8",), webhook_allow_http=True
)
EVENT = {
    "type": "policy.published",
    "timestamp": "2026-03-10T08:00:00Z",
    "sequence": 48,
    "data": {
        "policy": "privacy",
        "release": 12,
        "kind": "change",
        "significance": "material",
        "effective_at": "2026-04-09T00:00:00Z",
        "title": {"en": "A new carrier", "de": "Ein neuer Zusteller"},
        "summary": {"en": "Parcels are delivered by *somebody* else."},
        "sites": [
            {
                "site": "shop",
                "version": 4,
                "previous": 3,
                "effective_at": "2026-04-09T00:00:00Z",
                "digest": f"sha256:{'a' * 64}",
                "href": "/v1/sites/shop/policies/privacy/versions/4",
                "diff": "/v1/sites/shop/policies/privacy/diff?from=3&to=4",
                "changes": ["recipient.added"],
            }
        ],
        "chain_head": f"sha256:{'b' * 64}",
    },
}
REFUSING = {code: raw(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % code) for code in (400, 500)}
GONE = raw(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")


class ChannelContract:
    """Promises of a channel."""

    kind: ClassVar[ChannelKind]

    @abstractmethod
    def target(self, url: str) -> dict[str, Any]:
        """Return a target whose messages go to an address."""

    def sent(self, *urls: str, settings: Settings = LOCAL) -> list[tuple[Outcome, float]]:
        """Send the example to each address, one after the other, and time it."""
        return asyncio.run(self._sent(urls, settings))

    async def _sent(self, urls: Sequence[str], settings: Settings) -> list[tuple[Outcome, float]]:
        around = Surroundings(settings=settings, now=clock.now, timeout=TIMEOUT)
        async with self.kind.open(around) as channel:
            return [await self._timed(channel, url) for url in urls]

    async def _timed(self, channel: Channel, url: str) -> tuple[Outcome, float]:
        message = Message(
            id="evt_1",
            type=str(EVENT["type"]),
            body=orjson.dumps(EVENT),
            target=self.target(url),
            keys=(new_key("v1"),),
        )
        started = time.monotonic()
        return await channel.send(message), time.monotonic() - started

    def test_its_name_can_be_stored_and_typed(self) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,30}", self.kind.name)

    def test_its_targets_are_checked(self) -> None:
        target = self.target("https://example.org/hook")

        assert self.kind.target_schema().load(target) == target
        with pytest.raises(ValidationError):
            self.kind.target_schema().load({**target, "surprise": 1})
        with pytest.raises(ValidationError):
            self.kind.target_schema().load({})

    def test_a_message_arrives_once(self) -> None:
        with Receiver(raw(OK)) as receiver:
            ((outcome, _),) = self.sent(receiver.url)

        assert outcome.verdict is Verdict.DELIVERED
        assert len(receiver.requests) == 1

    @pytest.mark.parametrize("code", REFUSING)
    def test_what_is_refused_is_not_tried_again_by_itself(self, code: int) -> None:
        with Receiver(REFUSING[code]) as receiver:
            ((outcome, _),) = self.sent(receiver.url)

        assert outcome.verdict in {Verdict.RETRY, Verdict.BUSY}
        assert outcome.detail
        assert len(receiver.requests) == 1

    def test_a_receiver_that_is_gone_is_told_from_one_in_trouble(self) -> None:
        with Receiver(GONE) as receiver:
            ((outcome, _),) = self.sent(receiver.url)

        assert outcome.verdict is Verdict.GONE

    def test_nobody_there_is_no_error(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]

        ((outcome, _),) = self.sent(f"http://127.0.0.1:{port}/")

        assert outcome.verdict is Verdict.BUSY

    @pytest.mark.parametrize("name", HOSTILE)
    def test_no_receiver_holds_it_up_or_spoils_the_next_message(self, name: str) -> None:
        with Receiver(HOSTILE[name]) as hostile, Receiver(raw(OK)) as good:
            (outcome, seconds), (after, _) = self.sent(hostile.url, good.url)

        assert seconds < TIMEOUT + TOLERANCE
        assert len(outcome.answer) <= ANSWER_BYTES
        assert len(hostile.requests) <= 1
        assert after.verdict is Verdict.DELIVERED

    def test_what_an_operator_has_not_opened_is_never_reached(self) -> None:
        closed = Settings(profile=Profile.TESTING, webhook_allow_http=True)
        with Receiver(raw(OK)) as receiver:
            ((outcome, _),) = self.sent(receiver.url, settings=closed)

        assert outcome.verdict is not Verdict.DELIVERED
        assert receiver.connections == 0

    def test_one_place_has_one_name(self) -> None:
        async def places() -> list[str]:
            around = Surroundings(settings=LOCAL, now=clock.now, timeout=TIMEOUT)
            async with self.kind.open(around) as channel:
                urls = ("https://a.example.org/1", "https://b.example.org/2", "https://c.test/")
                return [channel.place(self.target(url)) for url in urls]

        one, same, other = asyncio.run(places())
        assert one == same
        assert one != other
