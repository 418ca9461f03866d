"""Compressed forms of a body, remembered by what the body is."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

import brotli  # type: ignore[import-untyped]
import zstandard

from policy_api.web.negotiation import Coding

MIN_BYTES: Final = 512
"""Below this a compressed body saves nothing worth a coding."""

CACHE_BYTES: Final = 16 * 2**20

_COMPRESS: Final[Mapping[Coding, Callable[[bytes], bytes]]] = {
    # Fast levels: the same body is compressed once per process, but while a reader waits.
    Coding.BR: lambda body: bytes(brotli.compress(body, quality=5)),
    Coding.ZSTD: lambda body: zstandard.ZstdCompressor(level=6).compress(body),
    Coding.GZIP: lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class CompressedBodies:
    """Compressed bodies by digest and coding; the least recently used leave first."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bodies: OrderedDict[tuple[str, Coding], bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return how many bytes are held."""
        return self._size

    def get(self, body: bytes, *, digest: str, coding: Coding) -> bytes:
        """Return a body in a coding, compressing it if that was not done lately.

        :param digest: What identifies the body; equal digests must mean equal bytes.
        """
        if coding is Coding.IDENTITY:
            return body
        key = (digest, coding)
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        compressed = _COMPRESS[coding](body)
        self._keep(key, compressed)
        return compressed

    def _keep(self, key: tuple[str, Coding], compressed: bytes) -> None:
        with self._lock:
            if key in self._bodies or len(compressed) > self._max_bytes:
                return
            self._bodies[key] = compressed
            self._size += len(compressed)
            while self._size > self._max_bytes:
                _, dropped = self._bodies.popitem(last=False)
                self._size -= len(dropped)
