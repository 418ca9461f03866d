"""Whether anything was committed to a SQLite file, told without asking SQLite."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HEADER_BYTES: Final = 96
"""The header stands twice at the beginning, 48 bytes each (sqlite.org/walformat.html)."""


@dataclass(frozen=True, slots=True)
class WalIndex:
    """The shared memory in which SQLite keeps the index of its write-ahead log.

    Every commit changes the header before it returns, whichever process makes it. Looking is a
    copy of some bytes; a question to SQLite takes several calls to the system and lets go of the
    interpreter's lock in each, which costs a busy server more than all else it does to repeat
    an answer.

    Of use only while this process has a connection open: the last one to close deletes the file.
    """

    file: int
    _shared: mmap.mmap

    def state(self) -> bytes:
        """Return bytes that differ after every commit."""
        return self._shared[:HEADER_BYTES]


_OPENED: Final[dict[tuple[int, int], WalIndex]] = {}
"""Device and inode → what was opened, for as long as the process lives or the file.

POSIX gives up all locks of a process on a file when any of its descriptors is closed, and SQLite's
connections hold locks on this one. So a descriptor is closed only when the file is gone.
"""


def wal_index(database: Path) -> WalIndex | None:
    """Return the index of a database that this process has read from, if it has one."""
    file = f"{database}-shm"
    try:
        found = os.stat(file)  # noqa: PTH116 -- what follows is os, too
        known = _OPENED.get((found.st_dev, found.st_ino))
        return known or _opened(file)
    except OSError:
        return None


def _opened(file: str) -> WalIndex:
    _close_deleted()
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    stat = os.fstat(descriptor)
    shared = mmap.mmap(descriptor, HEADER_BYTES, access=mmap.ACCESS_READ)
    return _OPENED.setdefault((stat.st_dev, stat.st_ino), WalIndex(descriptor, shared))


def _close_deleted() -> None:
    for place, index in list(_OPENED.items()):
        if os.fstat(index.file).st_nlink == 0:
            del _OPENED[place]
            # The mapping goes when the last who looks lets go of it.
            os.close(index.file)
