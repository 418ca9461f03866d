"""Compressed JSON, as sources and editions are stored."""

from __future__ import annotations

from threading import local

import orjson
import zstandard

LEVEL = 9
"""Written once, read for ever; higher levels gain little on texts of this size."""

MAX_BYTES = 64 * 1024 * 1024
"""No stored body is near it; a row that was tampered with cannot fill the memory."""


_own = local()
"""Contexts of each thread: making one costs more than a small body."""


class Unreadable(ValueError):
    """Stored bytes that are not what was once written."""


def packed(raw: bytes) -> bytes:
    """Compress; the frame names its size and carries a checksum."""
    if not hasattr(_own, "compressor"):
        _own.compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    body: bytes = _own.compressor.compress(raw)
    return body


def unpacked(body: bytes) -> bytes:
    """Decompress.

    :raises Unreadable: If the bytes are damaged.
    """
    try:
        size = zstandard.frame_content_size(body)
        if not 0 <= size <= MAX_BYTES:
            raise Unreadable("The body does not tell a credible size.")
        if not hasattr(_own, "decompressor"):
            _own.decompressor = zstandard.ZstdDecompressor()
        raw: bytes = _own.decompressor.decompress(body)
    except zstandard.ZstdError as error:
        raise Unreadable(f"The body cannot be decompressed: {error}.") from error
    return raw


def packed_json(value: object) -> bytes:
    """Compress a JSON value, its members in the order they are in."""
    return packed(orjson.dumps(value))
