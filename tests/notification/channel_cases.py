"""A channel on its own, without a database, for tests of what goes over the wire."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from policy_api import clock
from policy_api.notification.channels.base import Surroundings
from policy_api.notification.channels.webhook import open_webhooks
from policy_api.notification.signing import new_key
from policy_api.notification.wire import Message, Outcome
from policy_api.settings import Profile, Settings

TIMEOUT = 1.0
TOLERANCE = 0.5
LOCAL = Settings(
    profile=Profile.TESTING,
    webhook_allowed_networks=("127.0.0.0/8",),
    webhook_allow_http=True,
)


class FixedResolver(AbstractResolver):
    """Answers each look-up with the next list of addresses, the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        return [_result(host, port, address) for address in answer]

    @override
    async def close(self) -> None:
        self._answers.clear()


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )


def post(
    *urls: str,
    settings: Settings = LOCAL,
    **how: Any,  # noqa: ANN401 -- handed on
) -> list[tuple[Outcome, float]]:
    """Post once to each address, one after the other over one channel, and time it."""
    return asyncio.run(_post(urls, settings=settings, **how))


async def _post(
    urls: Sequence[str],
    *,
    settings: Settings,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> list[tuple[Outcome, float]]:
    surroundings = Surroundings(settings=settings, now=clock.now, timeout=TIMEOUT)
    outcomes = []
    async with open_webhooks(surroundings, resolver=resolver, tls=tls) as channel:
        for url in urls:
            started = time.monotonic()
            outcome = await channel.send(message(url))
            outcomes.append((outcome, time.monotonic() - started))
    return outcomes


def message(url: str) -> Message:
    return Message(
        id="evt_1",
        type="policy.published",
        body=b'{"type":"policy.published","sequence":1}',
        target={"url": url},
        keys=(new_key("v1"),),
    )
