"""Workers and bare loops against receivers in a process of their own."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from typing_extensions import override

from benchmarks.notification.ground import announce, fill
from benchmarks.notification.receiving import listening
from policy_api import clock
from policy_api.db.tx import writing
from policy_api.notification.channels.base import Channel, Surroundings
from policy_api.notification.channels.client import HEADERS
from policy_api.notification.channels.webhook import open_webhooks
from policy_api.notification.pace import Pace
from policy_api.notification.signing import new_key, signature_headers
from policy_api.notification.wire import Message, Outcome
from policy_api.notification.worker import Worker
from policy_api.settings import Profile, Settings
from policy_api.testing.certificates import Authority

HOSTS = 1000
BODY = b'{"type":"policy.published","data":{"title":"' + b"x" * 700 + b'"}}'
CONCURRENT = 200
REQUESTS = 3000
SETTINGS = Settings(
    profile=Profile.TESTING, webhook_allowed_networks=("127.0.0.0/8",), webhook_allow_http=True
)


@dataclass(frozen=True)
class Ports:
    """Where the receivers listen, and the context that trusts them."""

    live: int
    dead: int
    tls: ssl.SSLContext | None


class Loopback(AbstractResolver):
    """Finds every name on this machine, so that each endpoint has a host of its own."""

    @override
    async def resolve(self, host: str, port: int = 0, family: int = 2) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=port, family=2, proto=0, flags=0)
        ]

    @override
    async def close(self) -> None:
        """Hold nothing."""


@contextmanager
def receivers(scheme: str) -> Iterator[Ports]:
    """Run a receiver that says 200 and one that never says anything."""
    authority = Authority()
    server = authority.server(f"*.{scheme}.example.org") if scheme == "https" else None
    with listening(server) as (live, dead):
        yield Ports(live, dead, authority.trusting() if server else None)


def urls(scheme: str, port: int) -> list[str]:
    """Return addresses of many hosts, all of them on this machine."""
    return [f"{scheme}://h{number}.{scheme}.example.org:{port}/" for number in range(HOSTS)]


async def bare_rate(scheme: str, ports: Ports) -> float:
    """Return requests per second of its own time of a loop that signs and posts, and no more."""
    connector = aiohttp.TCPConnector(
        ssl=ports.tls or True, resolver=Loopback(), use_dns_cache=False, limit=0, force_close=True
    )
    targets, key = urls(scheme, ports.live), new_key("v1")
    numbers = iter(range(REQUESTS))
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post() -> None:
            for number in numbers:
                signed = signature_headers(
                    message_id="evt_1", timestamp=int(time.time()), body=BODY, keys=[key]
                )
                url, headers = targets[number % HOSTS], HEADERS | signed
                async with session.post(url, data=BODY, headers=headers) as response:
                    await response.content.read(1024)

        started = time.process_time()
        await asyncio.gather(*(post() for _ in range(CONCURRENT)))
        return REQUESTS / (time.process_time() - started)


def worker_rate(engine: Engine, session: Session, scheme: str, ports: Ports) -> float:
    """Return deliveries per second of its own time of a worker with everything it does."""
    fill(session, REQUESTS, urls=urls(scheme, ports.live))
    with working(engine, ports):
        announce(session, 1)
        wait_until(session, "SELECT count(*) > 0 FROM delivery WHERE state = 'delivered'")
        started, before = others_time(), delivered(session)
        wait_until(session, "SELECT count(*) = 0 FROM delivery WHERE state = 'pending'")
        rate = (delivered(session) - before) / (others_time() - started)
    clear(session)
    return rate


def others_time() -> float:
    """Return the seconds that all threads but this one, which only watches, had on a core."""
    return time.process_time() - time.thread_time()


def latencies(engine: Engine, session: Session, ports: Ports, *, count: int) -> list[float]:
    """Return seconds from commit to the start of the attempt, for events one by one."""
    fill(session, 1, urls=urls("http", ports.live))
    found: list[float] = []
    with working(engine, ports, starts=found):
        times = []
        for number in range(count):
            announce(session, 1)
            committed = time.perf_counter()
            while len(found) <= number:
                time.sleep(0.001)
            times.append(found[number] - committed)
            time.sleep(0.02)
    return times


def crowd_latencies(
    engine: Engine, session: Session, ports: Ports, *, every_nth_is_dead: int
) -> list[float]:
    """Return seconds from the commit to each healthy endpoint's attempt, over some events."""
    if every_nth_is_dead:
        fill(session, 200, urls=urls("http", ports.dead))
        fill(session, 1800, urls=urls("http", ports.live))
    else:
        fill(session, 2000, urls=urls("http", ports.live))
    times: list[float] = []
    found: list[float] = []
    with working(engine, ports, starts=found, live=ports.live):
        for _ in range(3):
            found.clear()
            announce(session, 1)
            committed = time.perf_counter()
            while len(found) < (1800 if every_nth_is_dead else 2000):
                time.sleep(0.005)
            times += [each - committed for each in found]
    clear(session)
    return times


@contextmanager
def working(
    engine: Engine,
    ports: Ports,
    *,
    starts: list[float] | None = None,
    live: int | None = None,
) -> Iterator[None]:
    """Run a worker on a thread; note when attempts begin."""
    pace = Pace(timeout=10, place_rate=1e6, per_place=10_000)

    @asynccontextmanager
    async def channel(surroundings: Surroundings) -> AsyncIterator[Channel]:
        async with open_webhooks(surroundings, resolver=Loopback(), tls=ports.tls) as opened:
            send = opened.send
            if starts is not None:
                opened.send = partial(_noted, send, starts, live)  # type: ignore[method-assign]
            yield opened

    worker = Worker(
        engine, settings=SETTINGS, pace=pace, channels=[("webhook", channel)], now=clock.now
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(worker.run(),))
    thread.start()
    time.sleep(0.5)
    yield
    loop.call_soon_threadsafe(worker.stop)
    thread.join()
    loop.close()


async def _noted(
    send: Callable[[Message], Awaitable[Outcome]],
    starts: list[float],
    live: int | None,
    message: Message,
) -> Outcome:
    if live is None or f":{live}/" in message.target["url"]:
        starts.append(time.perf_counter())
    return await send(message)


def delivered(session: Session) -> int:
    """Return how many deliveries have arrived."""
    return _scalar(session, "SELECT count(*) FROM delivery WHERE state = 'delivered'")


def wait_until(session: Session, query: str) -> None:
    """Wait until a query answers with something true."""
    while not _scalar(session, query):
        time.sleep(0.1)


def _scalar(session: Session, query: str) -> int:
    found = session.scalar(text(query))
    session.rollback()
    return int(found or 0)


def clear(session: Session) -> None:
    """Forget all endpoints and what they were sent."""
    with writing(session):
        for table in ("attempt", "delivery", "endpoint_secret", "endpoint"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 -- names of our own
