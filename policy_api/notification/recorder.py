"""Gather results and store many in one transaction: few commits, and none of them late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from policy_api.errors import Unavailable
from policy_api.notification.completion import Finished, Tried
from policy_api.notification.pace import Pace

AGAIN_SECONDS = 0.5

Ask = Callable[[Callable[[], None]], Awaitable[None]]
Store = Callable[[Sequence[Tried], Sequence[Finished]], None]

log = logging.getLogger(__name__)


class Recorder:
    """Stores what members of a crowd report; each goes on when its own report is stored."""

    def __init__(self, ask: Any, store: Store, *, pace: Pace) -> None:  # noqa: ANN401 -- a generic callable
        self._ask: Ask = ask
        self._store = store
        self._pace = pace
        self._tried: list[Tried] = []
        self._finished: list[Finished] = []
        self._members = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._some = asyncio.Event()
        self._all = asyncio.Event()
        self._is_closed = False

    @contextmanager
    def member(self) -> Iterator[None]:
        """Be one of those whose reports it is worth waiting for."""
        self._members += 1
        try:
            yield
        finally:
            self._members -= 1
            self._look()

    async def tried(self, tried: Tried) -> None:
        """Wait until an attempt is stored."""
        self._tried.append(tried)
        await self._wait()

    async def finished(self, finished: Finished, last: Tried | None) -> None:
        """Wait until the end of a lease is stored, with its last attempt."""
        if last is not None:
            self._tried.append(last)
        self._finished.append(finished)
        await self._wait()

    async def close(self) -> None:
        """Store what is left and end."""
        self._is_closed = True
        self._some.set()
        self._all.set()

    async def run(self) -> None:
        """Store groups until closed."""
        while not (self._is_closed and not self._tried and not self._finished):
            await self._some.wait()
            if not self._is_closed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._all.wait(), self._pace.group_seconds)
            await self._flush()

    async def _wait(self) -> None:
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append(stored)
        self._some.set()
        self._look()
        await stored

    def _look(self) -> None:
        if self._waiting and len(self._waiting) >= min(self._members, self._pace.group):
            self._all.set()

    async def _flush(self) -> None:
        tried, finished, waiting = self._tried, self._finished, self._waiting
        self._tried, self._finished, self._waiting = [], [], []
        if not self._is_closed:
            self._some.clear()
            self._all.clear()
        if tried or finished:
            await self._persist(tried, finished)
        for stored in waiting:
            # Whoever was cancelled does not wait any more.
            if not stored.done():
                stored.set_result(None)

    async def _persist(self, tried: Sequence[Tried], finished: Sequence[Finished]) -> None:
        """Store results, however often that has to be tried: they cannot be had again."""
        while True:
            try:
                await self._ask(partial(self._store, tried, finished))
            except (SQLAlchemyError, Unavailable):
                log.exception("Results cannot be stored; trying again.")
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return
