"""Compressed JSON, as sources and editions are stored."""

from __future__ import annotations

import orjson
import zstandard

LEVEL = 9
"""Written once, read for ever; higher levels gain little on texts of this size."""

MAX_BYTES = 64 * 1024 * 1024
"""No stored body is near it; a row that was tampered with cannot fill the memory."""


class Unreadable(ValueError):
    """Stored bytes that are not what was once written."""


def packed(raw: bytes) -> bytes:
    """Compress; the frame names its size and carries a checksum."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(raw)


def unpacked(body: bytes) -> bytes:
    """Decompress.

    :raises Unreadable: If the bytes are damaged.
    """
    try:
        size = zstandard.frame_content_size(body)
        if not 0 <= size <= MAX_BYTES:
            raise Unreadable("The body does not tell a credible size.")
        return zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise Unreadable(f"The body cannot be decompressed: {error}.") from error


def packed_json(value: object) -> bytes:
    """Compress a JSON value, its members in the order they are in."""
    return packed(orjson.dumps(value))
