"""One timer for all that may take too long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from policy_api.notification.overdue import Overdue

WHILE = 0.05


def told(act: Callable[[Overdue[str]], Awaitable[None]]) -> list[str]:
    """Return what was told while something was done."""
    found: list[str] = []

    async def run() -> None:
        await act(Overdue(WHILE, found.append))

    asyncio.run(run())
    return found


def test_what_stays_too_long_is_told_once_and_in_order() -> None:
    async def act(overdue: Overdue[str]) -> None:
        for name in ("first", "second", "third"):
            overdue.watch(name)
            await asyncio.sleep(WHILE / 10)
        await asyncio.sleep(WHILE * 3)

    assert told(act) == ["first", "second", "third"]


def test_what_left_in_time_is_not_told() -> None:
    async def act(overdue: Overdue[str]) -> None:
        overdue.watch("quick")
        overdue.watch("slow")
        overdue.forget("quick")
        await asyncio.sleep(WHILE * 3)
        overdue.forget("slow")

    assert told(act) == ["slow"]


def test_what_comes_after_a_quiet_time_is_watched_as_well() -> None:
    async def act(overdue: Overdue[str]) -> None:
        overdue.watch("early")
        overdue.forget("early")
        await asyncio.sleep(WHILE * 3)
        overdue.watch("late")
        await asyncio.sleep(WHILE * 3)

    assert told(act) == ["late"]
