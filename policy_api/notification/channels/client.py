"""POST requests to addresses that nobody here trusts: for webhooks, and for what is like them."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, ClassVar
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver
from multidict import istr
from typing_extensions import override
from yarl import URL

from policy_api import __version__
from policy_api.errors import BadInput
from policy_api.notification.channels.base import Surroundings
from policy_api.notification.guard import DeniedAddress, Guard, host_of, registrable
from policy_api.notification.overdue import Overdue
from policy_api.notification.wire import ANSWER_BYTES, Outcome, Verdict

HEADERS = {
    "content-type": "application/json",
    "user-agent": f"policy-api/{__version__}",
    "accept-encoding": "identity",
}
BUFFER = 4096
"""Of an answer that nobody reads on, no more than about this is taken in."""

_CONTROLS = re.compile(r"[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\n\t]")


class Poster:
    """Posts over one pool of connections, each dialled through the guard."""

    def __init__(
        self, session: aiohttp.ClientSession, *, guard: Guard, surroundings: Surroundings
    ) -> None:
        self._session = session
        self._guard = guard
        self._now = surroundings.now
        self._timeout = surroundings.timeout
        self._overdue: Overdue[asyncio.Timeout] = Overdue(surroundings.timeout, _end)

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str], is_last: bool = True
    ) -> Outcome:
        """Post once and return what came of it; never raises for what a receiver does.

        :param is_last: Whether nothing else waits for the receiver, so that the connection closes.
        """
        try:
            url = self._guard.checked_url(url)
        except BadInput as error:
            # The rules may have become stricter since it was registered.
            return busy(error.problems[0].detail)
        sent = {**headers, "connection": "close"} if is_last else headers
        try:
            return await self._posted(url, body, sent)
        except TimeoutError:
            return busy(f"No answer within {self._timeout:g} seconds.")
        except aiohttp.ClientConnectorCertificateError:
            return busy("The certificate is not valid for this host.")
        except aiohttp.ClientConnectorError as error:
            return busy(_unconnected(error))
        except (aiohttp.ClientError, OSError, ValueError, AssertionError) as error:
            # aiohttp's parser raises more than it documents when a receiver talks nonsense.
            return busy(f"The connection failed: {type(error).__name__}.")

    async def _posted(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        response, read, limit = None, bytearray(), asyncio.timeout(None)
        try:
            async with limit:
                self._overdue.watch(limit)
                response = await self._session.post(
                    # Encoded already; another round would change what the subscriber registered.
                    URL(url, encoded=True),
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                )
                await _take_beginning(response, read)
        except TimeoutError:
            if response is None:
                raise
        finally:
            self._overdue.forget(limit)
            # Nobody waits for the rest, not even until the receiver has taken what we sent.
            if response is not None and not response.content.at_eof():
                response.close()
        return self._outcome(response, _text(read))

    def _outcome(self, response: aiohttp.ClientResponse, answer: str) -> Outcome:
        status = response.status
        verdict, detail, wait = Verdict.RETRY, f"The receiver answered {status}.", None
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            verdict, detail = Verdict.DELIVERED, ""
        elif status == HTTPStatus.GONE:
            verdict, detail = Verdict.GONE, "The receiver is gone for good."
        elif status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
            verdict, detail = Verdict.BUSY, "The receiver asks for rest."
            wait = retry_after(response.headers.get("retry-after"), now=self._now())
        elif HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            detail = "Redirects are not followed."
        return Outcome(
            verdict=verdict, status=status, detail=detail, answer=answer, retry_after=wait
        )


class _Request(aiohttp.ClientRequest):
    """A request that says what we say and adds nothing."""

    DEFAULT_HEADERS: dict[istr, str] = {}


class _Response(aiohttp.ClientResponse):
    """An answer whose connection is closed if the request said so.

    aiohttp minds only what the answer says, and would keep a connection that the receiver closes.
    """

    parting: ClassVar[WeakSet[asyncio.Transport]]
    """Connections that may be saying goodbye: with TLS, that takes as long as the peer likes."""

    @override
    def start(
        self, connection: aiohttp.connector.Connection
    ) -> Coroutine[Any, Any, aiohttp.ClientResponse]:
        if connection.transport is not None:
            self.parting.add(connection.transport)
        is_last = self.request_info.headers.get("connection") == "close"
        if is_last and connection.protocol is not None:
            connection.protocol.force_close()
        return super().start(connection)


@asynccontextmanager
async def open_poster(
    surroundings: Surroundings,
    *,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Poster]:
    """Open a pool of connections for as long as a worker runs.

    :param resolver: Default: the system's.
    :param tls: Default: one context with the system's certificates, shared by all connections.
    """
    guard = Guard.of(surroundings.settings)
    parting: WeakSet[asyncio.Transport] = WeakSet()
    connector = aiohttp.TCPConnector(
        ssl=tls or ssl.create_default_context(),
        socket_factory=guard.open_socket,
        resolver=resolver or aiohttp.ThreadedResolver(),
        use_dns_cache=False,
        limit=0,
        keepalive_timeout=surroundings.timeout,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        # A poster has a deadline of its own, over everything.
        timeout=aiohttp.ClientTimeout(total=None),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        read_bufsize=BUFFER,
        request_class=_Request,
        response_class=type("_PartingResponse", (_Response,), {"parting": parting}),
        headers=HEADERS,
    ) as session:
        yield Poster(session, guard=guard, surroundings=surroundings)
    for transport in tuple(parting):
        transport.abort()
    # They let go of their sockets in the loop's next turn.
    await asyncio.sleep(0)


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Return how long a receiver asks to be left alone, in either spelling of RFC 9110."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return timedelta(seconds=int(value))
    try:
        instant = parsedate_to_datetime(value)
        wished = instant - now
    except (TypeError, ValueError, OverflowError):
        return None
    return max(wished, timedelta(0))


async def _take_beginning(response: aiohttp.ClientResponse, read: bytearray) -> None:
    """Read the beginning of an answer.

    The status has said what matters; what goes wrong from here on changes nothing about that.
    """
    with suppress(aiohttp.ClientError, OSError, ValueError):
        while len(read) < ANSWER_BYTES:
            part = await response.content.read(ANSWER_BYTES - len(read))
            if not part:
                break
            read += part


def _text(read: bytearray) -> str:
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", read.decode("utf-8", "replace"))


def _end(limit: asyncio.Timeout) -> None:
    limit.reschedule(asyncio.get_running_loop().time())


def place(url: str) -> str:
    """Return the domain that receives, which is what must not be flooded."""
    return registrable(host_of(url))


def busy(detail: str) -> Outcome:
    """Return that the receiver cannot take anything now."""
    return Outcome(verdict=Verdict.BUSY, detail=detail)


def _unconnected(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error.os_error, DeniedAddress):
        return "The host's address is off limits."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "The host's name does not resolve."
    if isinstance(error, aiohttp.ClientConnectorSSLError | aiohttp.ClientSSLError):
        return "A secure connection could not be made."
    return "The connection was refused."
