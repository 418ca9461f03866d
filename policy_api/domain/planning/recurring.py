"""Sections that recur on site after site: kept for a while, with what was worked out of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import orjson

Section = dict[str, Any]
T = TypeVar("T")

MOST_BYTES = 4 * 2**20
"""JSON of the sections that are kept; then all are let go, and the common ones soon are back."""

MOST_MEMBERS = 12_000
"""Sections, and rows and items in them, of which results are kept."""


class RecurringSections:
    """Makes equal sections the same object, so that work on one is work on all."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._known: dict[bytes, Section] = {}
        self._results: dict[Hashable, tuple[tuple[Section, ...], Any]] = {}
        self._members = 0

    def shared(self, section: Section) -> Section:
        """Return an equal section that was here before, or keep this one."""
        written = orjson.dumps(section)
        found = self._known.get(written)
        if found is not None:
            return found
        self._bytes += len(written)
        if self._bytes > self._most_bytes:
            self._known.clear()
            self._bytes = len(written)
        self._known[written] = section
        return section

    def once(self, what: Hashable, parts: tuple[Section, ...], make: Callable[[], T]) -> T:
        """Return what follows from some sections, worked out when it is first asked for.

        The sections are kept with it: nothing else can be at their place in memory meanwhile.
        """
        key = what, *map(id, parts)
        found = self._results.get(key)
        if found is None:
            self._members += _members(parts[0])
            if self._members > MOST_MEMBERS:
                self._results.clear()
                self._members = _members(parts[0])
            found = self._results[key] = parts, make()
        made: T = found[1]
        return made


def _members(section: Section) -> int:
    """Return how much there is in a section, roughly."""
    lists = (value for block in section["blocks"] for value in block.values())
    return 2 + sum(len(value) for value in lists if isinstance(value, list))
