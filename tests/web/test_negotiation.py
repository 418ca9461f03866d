"""Content codings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.web.negotiation import Coding, coding


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, Coding.IDENTITY),
        ("", Coding.IDENTITY),
        ("gzip, deflate, br, zstd", Coding.BR),
        ("gzip, deflate, br", Coding.BR),
        ("zstd, gzip", Coding.ZSTD),
        ("gzip", Coding.GZIP),
        ("x-gzip", Coding.GZIP),
        ("GZIP;Q=1.0", Coding.GZIP),
        ("br;q=0.5, gzip;q=0.8", Coding.GZIP),
        ("br;q=0.5,gzip;q=0.5", Coding.BR),
        ("identity, br;q=0.5", Coding.IDENTITY),
        ("identity;q=0.5, br;q=0.2", Coding.IDENTITY),
        ("*", Coding.BR),
        ("*;q=0.5, gzip", Coding.GZIP),
        ("br;q=0, *", Coding.ZSTD),
        ("deflate", Coding.IDENTITY),
        ("gzip;q=0", Coding.IDENTITY),
        ("gzip;q=2", Coding.IDENTITY),
        ("gzip;q=x, br;q=0.1", Coding.BR),
        ("gzip;level=9", Coding.IDENTITY),
        (",,;,", Coding.IDENTITY),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("identity;q=0, gzip", Coding.GZIP),
        ("*;q=0, identity", Coding.IDENTITY),
        ("*;q=0, br;q=0.001", Coding.BR),
    ],
)
def test_weights_decide_and_then_size(header: str | None, chosen: Coding | None) -> None:
    assert coding(header) is chosen


def test_what_is_not_on_offer_is_not_chosen() -> None:
    assert coding("br, gzip", offered=[Coding.IDENTITY, Coding.GZIP]) is Coding.GZIP


@given(header=st.text(max_size=2000))
def test_no_header_makes_it_fail(header: str) -> None:
    assert coding(header) in {None, *Coding}
