"""What takes too long is told, with one timer for all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Overdue(Generic[T]):
    """Calls back about each thing that is still there after a while, which is the same for all.

    So they fall due in the order they came, and one timer does. A timer for each would take more
    time than most of what it watches, and nearly all would be cancelled unused.
    """

    def __init__(self, seconds: float, call: Callable[[T], object]) -> None:
        self._seconds = seconds
        self._call = call
        self._due: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, thing: T) -> None:
        """Begin to wait for something."""
        loop = asyncio.get_running_loop()
        self._due[thing] = due = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(due, self._ring)

    def forget(self, thing: T) -> None:
        """Wait no more; harmless for what was told already."""
        self._due.pop(thing, None)

    def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        late = []
        for thing, due in self._due.items():
            if due > now:
                self._timer = loop.call_at(due, self._ring)
                break
            late.append(thing)
        for thing in late:
            del self._due[thing]
            self._call(thing)
