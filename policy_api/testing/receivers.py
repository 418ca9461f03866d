"""Receivers of webhooks for tests: real servers on the loopback, well-behaved and hostile."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import orjson

LOOPBACK = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a receiver was sent."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: float
    """On the monotonic clock."""

    connection: int
    path: str

    @property
    def id(self) -> str:
        """The ``webhook-id``."""
        return self.headers["webhook-id"]

    @property
    def sequence(self) -> int:
        """The event's number, or 0 for a ping."""
        number: int = orjson.loads(self.body).get("sequence", 0)
        return number


Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Receiver:
    """A server on a thread of its own, which notes what it gets and behaves as it is told.

    >>> with Receiver(polite) as receiver:
    ...     post(receiver.url)
    """

    def __init__(
        self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, host: str = LOOPBACK
    ) -> None:
        self.behaviour = behaviour
        self.requests: list[Request] = []
        self.connections = 0
        self._tls = tls
        self._host = host
        self._started: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._started.result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.url_as(self._host)

    def url_as(self, host: str) -> str:
        """Return its address under another name."""
        return f"{'http' if self._tls is None else 'https'}://{host}:{self.port}/hook"

    @property
    def events(self) -> list[Request]:
        """What it was sent without challenges and tests."""
        return [request for request in list(self.requests) if request.sequence]

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Request]:
        """Return the events once there are enough of them.

        :raises TimeoutError: With the number that came.
        """
        until = time.monotonic() + seconds
        while len(self.events) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.events)} of {count} events came.")
            time.sleep(0.01)
        return self.events

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda _loop, _context: None)
        server = await asyncio.start_server(
            self._accept, self._host, 0, ssl=self._tls, backlog=2048
        )
        self._started.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        answering = asyncio.create_task(self._answer(reader, writer, self.connections))

        # Also where the end comes before the task has begun, or with something left to send.
        def close(task: asyncio.Task[None]) -> None:
            if task.cancelled():
                writer.transport.abort()
            else:
                writer.close()

        answering.add_done_callback(close)

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            while request := await self._read(reader, number):
                self.requests.append(request)
                await self.behaviour(request, writer)
                await writer.drain()
                if request.headers.get("connection") == "close" or writer.is_closing():
                    break

    async def _read(self, reader: asyncio.StreamReader, number: int) -> Request | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Request(
            headers=headers,
            body=body,
            at=time.monotonic(),
            connection=number,
            path=first.split(" ")[1],
        )


async def polite(request: Request, writer: asyncio.StreamWriter) -> None:
    """Say 200, and repeat a challenge."""
    content = orjson.loads(request.body)
    if content["type"] != "endpoint.verify":
        writer.write(OK)
        return
    answer = orjson.dumps({"challenge": content["data"]["challenge"]})
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))


def status(code: int, **headers: str) -> Behaviour:
    """Return a behaviour: repeat challenges, and answer everything else with a status."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.sequence == 0:
            await polite(request, writer)
            return
        writer.write(f"HTTP/1.1 {code} X\r\n{lines}content-length: 0\r\n\r\n".encode())

    return answer


def raw(head: bytes) -> Behaviour:
    """Return a behaviour: send some bytes and close."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        writer.close()

    return answer


def endless(head: bytes, part: bytes, *, pause: float = 0) -> Behaviour:
    """Return a behaviour: send some bytes, and then others for ever."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def silent(_: Request, __: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(3600)


async def reset(_: Request, writer: asyncio.StreamWriter) -> None:
    """Cut the connection hard."""
    found = writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def cut_after(head: bytes) -> Behaviour:
    """Return a behaviour: begin an answer and cut the connection hard."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await reset(request, writer)

    return answer


_HEAD = b"HTTP/1.1 200 OK\r\n"
_BOMB = zlib.compress(bytes(10_000_000), 9)

HOSTILE: Mapping[str, Behaviour] = {
    "never answers": silent,
    "drips a header": endless(_HEAD + b"x: ", b"y", pause=0.05),
    "drips a body": endless(_HEAD + b"content-length: 1000000\r\n\r\n", b"y", pause=0.05),
    "drips a status line": endless(b"HTTP/1.1 200 ", b"O", pause=0.05),
    "sends headers without end": endless(_HEAD, b"x-some-header: some value\r\n" * 50),
    "sends one header without end": endless(_HEAD + b"x: ", b"y" * 4096),
    "sends a body without end": endless(_HEAD + b"\r\n", b"y" * 65536),
    "sends chunks without end": endless(
        _HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1000\r\n" + b"y" * 4096 + b"\r\n"
    ),
    "promises ten gigabytes": endless(_HEAD + b"content-length: 10737418240\r\n\r\n", b"y" * 65536),
    "says wait without end": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
    "says hints without end": endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50),
    "sends a bomb": raw(
        _HEAD + b"content-encoding: deflate\r\ncontent-length: %d\r\n\r\n" % len(_BOMB) + _BOMB
    ),
    "cuts the connection": reset,
    "cuts the answer": cut_after(_HEAD + b"content-length: 100\r\n\r\nabc"),
    "ends too early": raw(_HEAD + b"content-length: 100\r\n\r\nabc"),
    "closes without a word": raw(b""),
    "talks nonsense": raw(b"\x00\xff\x16\x03\x01 nonsense\r\n\r\n" * 10),
    "speaks HTTP/0.9": raw(b"<html>hello</html>"),
    "writes bad chunks": raw(_HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
    "contradicts itself": raw(_HEAD + b"content-length: 3\r\ncontent-length: 5\r\n\r\nabcde"),
    "redirects inwards": raw(
        b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest\r\n"
        b"content-length: 0\r\n\r\n"
    ),
    "redirects to itself": raw(
        b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /hook\r\ncontent-length: 0\r\n\r\n"
    ),
    "asks for a thousand years": raw(
        b"HTTP/1.1 429 Too Many Requests\r\nretry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n"
        b"content-length: 0\r\n\r\n"
    ),
    "answers in control characters": raw(
        _HEAD + b"content-length: 11\r\n\r\n\x00\x1b[2J\xff\xfe\x00\x00\x00\x00"
    ),
    "switches protocols": raw(
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"
    ),
}
"""Ways to hurt a sender, by what they do. An attempt must end in time and leave the next alone."""
