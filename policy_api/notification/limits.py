"""How much may be on the wire at once: slots of a worker, and mercy for each receiver's place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from policy_api.notification.overdue import Overdue

CROWD = 16
"""Leases that may wait for each request a place takes; more would only keep others out."""


class Slots:
    """Room for requests: a fast lane, and a slow lane into which the patient ones move.

    With a single lane, a tenth of dead receivers made the others nineteen times slower.
    """

    def __init__(self, *, fast: int, slow: int, slow_after: float) -> None:
        self._free = fast
        self._slow_free = slow
        self._taken = 0
        self._patient: Overdue[_Slot] = Overdue(slow_after, self._step_aside)
        self.on_free: Callable[[], object] = bool

    @property
    def free(self) -> int:
        """Places in the fast lane that nobody has."""
        return self._free

    @property
    def taken(self) -> int:
        """Requests in either lane."""
        return self._taken

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place in the fast lane, and after a while one in the slow lane instead."""
        slot = _Slot()
        self._free -= 1
        self._taken += 1
        self._patient.watch(slot)
        try:
            yield
        finally:
            self._patient.forget(slot)
            self._taken -= 1
            if slot.is_slow:
                self._slow_free += 1
            else:
                self._give_back()

    def _step_aside(self, slot: _Slot) -> None:
        if self._slow_free > 0:
            self._slow_free -= 1
            slot.is_slow = True
            self._give_back()

    def _give_back(self) -> None:
        self._free += 1
        self.on_free()


@dataclass(slots=True, eq=False)
class _Slot:
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

    def visit(self, place: str) -> _Visit:
        """Wait for one's turn at a place and hold it, with ``async with``."""
        return _Visit(self, place)

    async def enter(self, place: str) -> _Gate:
        """Wait for one's turn at a place."""
        gate = self._gates.get(place)
        if gate is None:
            gate = self._gates[place] = _Gate(asyncio.Semaphore(self.concurrent))
        gate.users += 1
        try:
            await gate.concurrent.acquire()
        except BaseException:
            self._leave(place, gate)
            raise
        try:
            await self._wait(gate)
        except BaseException:
            self.leave(place, gate)
            raise
        return gate

    def leave(self, place: str, gate: _Gate) -> None:
        """Let the next one in."""
        gate.concurrent.release()
        self._leave(place, gate)

    def _leave(self, place: str, gate: _Gate) -> None:
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


class _Visit:
    """Written out: made by ``asynccontextmanager``, it takes longer than all it does."""

    __slots__ = ("_gate", "_place", "_places")

    def __init__(self, places: Places, place: str) -> None:
        self._places = places
        self._place = place

    async def __aenter__(self) -> None:
        self._gate = await self._places.enter(self._place)

    async def __aexit__(self, *_: object) -> None:
        self._places.leave(self._place, self._gate)
