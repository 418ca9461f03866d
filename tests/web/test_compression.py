"""The store of compressed bodies."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from policy_api.web.compression import CompressedBodies
from policy_api.web.negotiation import Coding

BODY = b"We keep little. " * 100


@pytest.mark.parametrize(
    ("coding", "decoded"),
    [
        (Coding.BR, brotli.decompress),
        (Coding.GZIP, gzip.decompress),
        (Coding.ZSTD, lambda body: zstandard.ZstdDecompressor().decompress(body)),
        (Coding.IDENTITY, bytes),
    ],
)
def test_a_body_comes_back_whole(coding: Coding, decoded: Callable[[bytes], bytes]) -> None:
    compressed = CompressedBodies().get(BODY, digest="a", coding=coding)

    assert decoded(compressed) == BODY


def test_equal_bodies_are_compressed_once_and_alike() -> None:
    bodies = CompressedBodies()

    first = bodies.get(BODY, digest="a", coding=Coding.GZIP)
    again = bodies.get(BODY, digest="a", coding=Coding.GZIP)

    assert first is again
    assert CompressedBodies().get(BODY, digest="a", coding=Coding.GZIP) == first


def test_the_store_stays_in_its_bounds() -> None:
    bodies = CompressedBodies(max_bytes=500)

    for number in range(100):
        bodies.get(BODY + str(number).encode(), digest=str(number), coding=Coding.BR)

    assert 0 < bodies.size <= 500


def test_a_body_larger_than_the_store_is_not_kept() -> None:
    bodies = CompressedBodies(max_bytes=3)

    bodies.get(BODY, digest="a", coding=Coding.GZIP)

    assert bodies.size == 0


def test_what_was_used_last_stays_longest() -> None:
    probe = len(CompressedBodies().get(BODY, digest="a", coding=Coding.BR))
    bodies = CompressedBodies(max_bytes=2 * probe)
    first = bodies.get(BODY, digest="a", coding=Coding.BR)
    bodies.get(BODY, digest="b", coding=Coding.BR)

    bodies.get(BODY, digest="a", coding=Coding.BR)
    bodies.get(BODY, digest="c", coding=Coding.BR)

    assert bodies.get(BODY, digest="a", coding=Coding.BR) is first
