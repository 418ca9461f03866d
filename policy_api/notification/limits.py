"""How much may be on the wire at once: slots of a worker, and mercy for each receiver's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CROWD = 16
"""Leases that may wait for each request a place takes; more would only keep others out."""


class Slots:
    """Room for requests: a fast lane, and a slow lane into which the patient ones move.

    With a single lane, a tenth of dead receivers made the others nineteen times slower.
    """

    def __init__(self, *, fast: int, slow: int, slow_after: float) -> None:
        self._free = fast
        self._slow_free = slow
        self._slow_after = slow_after
        self._taken = 0
        self.on_free: Callable[[], object] = bool

    @property
    def free(self) -> int:
        """Places in the fast lane that nobody has."""
        return self._free

    @property
    def taken(self) -> int:
        """Requests in either lane."""
        return self._taken

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold a place in the fast lane, and after a while one in the slow lane instead."""
        self._free -= 1
        self._taken += 1
        place = _Place()
        timer = asyncio.get_running_loop().call_later(self._slow_after, self._step_aside, place)
        try:
            yield
        finally:
            timer.cancel()
            self._taken -= 1
            if place.is_slow:
                self._slow_free += 1
            else:
                self._give_back()

    def _step_aside(self, place: _Place) -> None:
        if self._slow_free > 0:
            self._slow_free -= 1
            place.is_slow = True
            self._give_back()

    def _give_back(self) -> None:
        self._free += 1
        self.on_free()


@dataclass(slots=True)
class _Place:
    is_slow: bool = False


@dataclass(slots=True)
class _Gate:
    concurrent: asyncio.Semaphore
    users: int = 0
    next_at: float = 0.0
    """When the next request may start, on the loop's clock."""


@dataclass(slots=True)
class Places:
    """Limits per place of receivers: how many requests at once, and how many per second."""

    concurrent: int
    per_second: float
    _gates: dict[str, _Gate] = field(default_factory=dict)

    def is_crowded(self, place: str) -> bool:
        """Tell whether more wait for a place than it is worth to wait with."""
        gate = self._gates.get(place)
        return gate is not None and gate.users >= CROWD * self.concurrent

    @asynccontextmanager
    async def visit(self, place: str) -> AsyncIterator[None]:
        """Wait for one's turn at a place and hold it."""
        gate = self._gates.get(place)
        if gate is None:
            gate = self._gates[place] = _Gate(asyncio.Semaphore(self.concurrent))
        gate.users += 1
        try:
            async with gate.concurrent:
                await self._wait(gate)
                yield
        finally:
            gate.users -= 1
            self._forget(place, gate)

    async def _wait(self, gate: _Gate) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, gate.next_at)
        gate.next_at = start + 1 / self.per_second
        if start > now:
            await asyncio.sleep(start - now)

    def _forget(self, place: str, gate: _Gate) -> None:
        # A gate remembers the pace; it can go when nobody would have to wait for it.
        is_idle = gate.users == 0 and gate.next_at <= asyncio.get_running_loop().time()
        if is_idle and self._gates.get(place) is gate:
            del self._gates[place]
        elif gate.users == 0:
            delay = 1 / self.per_second
            asyncio.get_running_loop().call_later(delay, self._forget_idle, place)

    def _forget_idle(self, place: str) -> None:
        gate = self._gates.get(place)
        if gate is not None and gate.users == 0:
            del self._gates[place]
