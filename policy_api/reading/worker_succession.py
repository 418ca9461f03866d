"""Who of a server's workers came last, and whether it is ready, as all of them see it."""

from __future__ import annotations

import mmap
import struct
from typing import Final

_AGES: Final = struct.Struct("qq")


class Succession:
    """Two numbers in memory that is shared with every process forked afterwards.

    gunicorn sends its old workers away as soon as it has forked new ones. While those load the
    program, nobody would answer.
    """

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _AGES.size)

    def announce(self, age: int) -> None:
        """Note that a worker is about to be forked; workers count from 1."""
        _, ready = self._read()
        _AGES.pack_into(self._shared, 0, age, ready)

    def enter(self, age: int) -> None:
        """Note that a worker has loaded the program."""
        newest, ready = self._read()
        _AGES.pack_into(self._shared, 0, newest, max(age, ready))

    def is_awaited(self, age: int) -> bool:
        """Tell whether a younger worker than that, the youngest of all, is still on its way."""
        newest, ready = self._read()
        return max(age, ready) < newest

    def _read(self) -> tuple[int, int]:
        newest, ready = _AGES.unpack_from(self._shared)
        return newest, ready
