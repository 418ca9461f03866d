"""Verify packed bodies: each must hold the very bytes that it is found by."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import brotli  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from policy_api.domain.proof.verify import Break
from policy_api.ledger.bodies import MAX_BYTES, Unreadable, unpacked
from policy_api.packing import queries
from policy_api.web.conditional import ETAG_DIGITS


def breaks(session: Session) -> Iterator[Break]:
    """Yield what readers would be sent in the place of what is in force."""
    for digest, coding in queries.packed_names(session):
        body = queries.packed_body(session, digest=digest, coding=coding) or b""
        found = _digest(body, coding)
        if found != digest:
            yield Break(f"packed/{digest}/{coding}", digest, found)


def _digest(body: bytes, coding: str) -> str:
    """Return the digest of what a body holds, or why nothing can be taken out of it."""
    unpack = _UNPACK.get(coding)
    if unpack is None:
        return "an unknown coding"
    try:
        return hashlib.sha256(unpack(body)).hexdigest()[:ETAG_DIGITS]
    except (zlib.error, brotli.error, Unreadable) as error:
        return f"{type(error).__name__}: {error}"


def _of_gzip(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    plain = unpacking.decompress(body, MAX_BYTES)
    if not unpacking.eof or unpacking.unused_data:
        raise zlib.error("it does not end where it should")
    return plain


def _of_brotli(body: bytes) -> bytes:
    unpacking = brotli.Decompressor()
    plain: bytes = unpacking.process(body, output_buffer_limit=MAX_BYTES)
    if not unpacking.is_finished():
        raise brotli.error("it does not end where it should")
    return plain


_UNPACK: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "gzip": _of_gzip,
    "br": _of_brotli,
    "zstd": unpacked,
}
