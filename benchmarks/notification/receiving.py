"""Receivers in a process of their own: one that says 200, and one that never says anything."""

from __future__ import annotations

import asyncio
import multiprocessing
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@contextmanager
def listening(tls: ssl.SSLContext | None) -> Iterator[tuple[int, int]]:
    """Yield the ports of both."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_receive, args=(theirs, tls))
    process.start()
    live, dead = ours.recv()
    try:
        yield live, dead
    finally:
        process.terminate()
        process.join()


def _receive(pipe: Connection, tls: ssl.SSLContext | None) -> None:
    async def serve() -> None:
        live = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=tls, backlog=4096)
        dead = await asyncio.start_server(_ignore, "127.0.0.1", 0, backlog=4096)
        pipe.send([server.sockets[0].getsockname()[1] for server in (live, dead)])
        await asyncio.Event().wait()

    asyncio.run(serve())


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(ANSWER)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def _ignore(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(3600)
