"""The client in use beside others that could take its place: how fast, and how well defended."""

from __future__ import annotations

import asyncio
import multiprocessing
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pycurl
import urllib3
import uvloop

from benchmarks.notification.receiving import listening
from policy_api.testing.certificates import Authority
from policy_api.testing.receivers import HOSTILE, Receiver

BODY = b'{"type":"policy.published","data":{"title":"' + b"x" * 700 + b'"}}'
CONCURRENT = 100
TIMEOUT = 1.0
GRACE = 0.5
START = 1.0
"""Seconds for a process to begin and to end."""

FEW_BYTES = 1024


@dataclass(frozen=True)
class Target:
    """Where to post, whom to trust, and for how long to wait."""

    url: str
    context: ssl.SSLContext | None = None
    authority: str | None = None
    """Path of the file with the authority's certificate."""

    timeout: float = 30.0


Client = Callable[[Target, int], None]
"""Posts so many times over connections of their own; what goes wrong is no matter here."""


def by_aiohttp(target: Target, count: int) -> None:
    """Post as the program does, without its guard and its signatures."""
    asyncio.run(_by_aiohttp(target, count))


def by_aiohttp_on_uvloop(target: Target, count: int) -> None:
    """Post with aiohttp on another event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_by_aiohttp(target, count))


async def _by_aiohttp(target: Target, count: int) -> None:
    connector = aiohttp.TCPConnector(ssl=target.context or True, limit=0, force_close=True)
    numbers = iter(range(count))
    timeout = aiohttp.ClientTimeout(total=target.timeout)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def post() -> None:
            for _ in numbers:
                with suppress(aiohttp.ClientError, OSError, ValueError, AssertionError):
                    async with session.post(
                        target.url, data=BODY, allow_redirects=False
                    ) as response:
                        await response.content.read(FEW_BYTES)

        await asyncio.gather(*(post() for _ in range(min(CONCURRENT, count))))


def by_httpx(target: Target, count: int) -> None:
    """Post with httpx."""
    asyncio.run(_by_httpx(target, count))


async def _by_httpx(target: Target, count: int) -> None:
    numbers = iter(range(count))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    how: dict[str, Any] = {"verify": target.context or True, "limits": limits, "trust_env": False}
    async with httpx.AsyncClient(timeout=target.timeout, **how) as client:

        async def post() -> None:
            for _ in numbers:
                with suppress(httpx.HTTPError, httpx.StreamError, OSError, ValueError):
                    async with client.stream("POST", target.url, content=BODY) as response:
                        async for _part in response.aiter_raw(FEW_BYTES):
                            break

        await asyncio.gather(*(post() for _ in range(min(CONCURRENT, count))))


def by_urllib3(target: Target, count: int) -> None:
    """Post with urllib3 on threads."""
    how: dict[str, Any] = {"ssl_context": target.context} if target.context else {}
    timeout = urllib3.Timeout(total=target.timeout)
    pool = urllib3.PoolManager(num_pools=1, maxsize=1, timeout=timeout, retries=False, **how)

    def post(_: int) -> None:
        with suppress(urllib3.exceptions.HTTPError, OSError, ValueError):
            response = pool.request(
                "POST",
                target.url,
                body=BODY,
                redirect=False,
                preload_content=False,
                headers={"connection": "close"},
            )
            response.read(FEW_BYTES, decode_content=False)
            response.close()

    with ThreadPoolExecutor(min(CONCURRENT, count)) as threads:
        list(threads.map(post, range(count)))


def by_pycurl(target: Target, count: int) -> None:
    """Post with libcurl's multi interface."""
    multi, left, running = pycurl.CurlMulti(), count, 0
    idle = [_easy(target) for _ in range(min(CONCURRENT, count))]
    while left or running:
        while left and idle:
            multi.add_handle(idle.pop())
            left, running = left - 1, running + 1
        while multi.perform()[0] == pycurl.E_CALL_MULTI_PERFORM:
            continue
        _, good, bad = multi.info_read()
        for easy in [*good, *(each[0] for each in bad)]:
            multi.remove_handle(easy)
            idle.append(easy)
            running -= 1
        if not good and not bad:
            multi.select(0.05)


def _easy(target: Target) -> Any:  # noqa: ANN401 -- the package has no types
    easy = pycurl.Curl()
    kept = bytearray()

    def keep(part: bytes) -> int | None:
        kept.extend(part[:FEW_BYTES])
        # Anything but None or the whole length ends the transfer.
        return None if len(kept) < FEW_BYTES else 0

    easy.setopt(pycurl.URL, target.url)
    easy.setopt(pycurl.POSTFIELDS, BODY)
    easy.setopt(pycurl.WRITEFUNCTION, keep)
    easy.setopt(pycurl.TIMEOUT_MS, int(target.timeout * 1000))
    easy.setopt(pycurl.NOSIGNAL, 1)
    # As with the others: no connection and no session of TLS is used again.
    easy.setopt(pycurl.FRESH_CONNECT, 1)
    easy.setopt(pycurl.FORBID_REUSE, 1)
    easy.setopt(pycurl.SSL_SESSIONID_CACHE, 0)
    if target.authority:
        easy.setopt(pycurl.CAINFO, target.authority)
    return easy


CLIENTS: dict[str, Client] = {
    "aiohttp": by_aiohttp,
    "aiohttp on uvloop": by_aiohttp_on_uvloop,
    "pycurl": by_pycurl,
    "httpx": by_httpx,
    "urllib3 on threads": by_urllib3,
}


@contextmanager
def targets(scheme: str) -> Iterator[Target]:
    """Yield where a well-behaved receiver listens, in a process of its own."""
    authority = Authority()
    served = authority.server("127.0.0.1") if scheme == "https" else None
    with tempfile.TemporaryDirectory() as folder, listening(served) as (live, _):
        file = Path(folder, "authority.pem")
        file.write_text(authority.pem)
        context = authority.trusting() if served else None
        yield Target(f"{scheme}://127.0.0.1:{live}/", context, str(file) if served else None)


def rate(client: Client, target: Target, count: int) -> float:
    """Return posts per second of this process's own time on a core."""
    started = time.process_time()
    client(target, count)
    return count / (time.process_time() - started)


def held_up_by(client: Client) -> list[str]:
    """Return the hostile receivers that hold a client for longer than it was told to wait."""
    return [name for name in HOSTILE if not _ends(client, name)]


def _ends(client: Client, name: str) -> bool:
    """Tell whether one post ends within the time-out and half a second."""
    with Receiver(HOSTILE[name]) as receiver:
        target = Target(receiver.url, timeout=TIMEOUT)
        # A process, because some clients never come back.
        process = multiprocessing.get_context("fork").Process(target=client, args=(target, 1))
        started = time.monotonic()
        process.start()
        process.join(TIMEOUT + GRACE + START)
        took = time.monotonic() - started
        process.kill()
        process.join()
    return took < TIMEOUT + GRACE + START
