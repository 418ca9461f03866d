"""Equal content has equal bytes, and what has no one spelling is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.proof.canonical import (
    MAX_DEPTH,
    canonical_json,
    digest,
    instant_text,
)
from policy_api.errors import BadInput

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)


@given(VALUES)
def test_the_bytes_are_those_of_the_reference_implementation(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(cast("Any", value))


@given(VALUES)
def test_reading_the_bytes_gives_the_value_back(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


def test_keys_are_ordered_by_their_utf_16_units() -> None:
    value = {"\ufb33": 1, "\U0001f600": 2, "a": 3}

    assert canonical_json(value) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()


def test_the_order_of_members_does_not_change_the_digest() -> None:
    assert digest({"a": [1, None], "b": "ü"}) == digest({"b": "ü", "a": [1, None]})


def test_the_digest_names_its_algorithm() -> None:
    empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    assert digest({}) == empty


def test_read_only_mappings_tuples_and_words_are_json_too() -> None:
    class Word(StrEnum):
        """A word of ours."""

        CHANGE = "change"

    frozen = MappingProxyType({"kind": Word.CHANGE, "list": (1, 2), Word.CHANGE: 3})

    assert canonical_json(frozen) == b'{"change":3,"kind":"change","list":[1,2]}'


def test_a_read_only_mapping_has_the_bytes_of_a_plain_one() -> None:
    assert canonical_json([MappingProxyType({"b": 1, "a": 2})]) == b'[{"a":2,"b":1}]'


@pytest.mark.parametrize("number", [1.5, 1.0, float("nan"), float("inf"), 2**53, -(2**53)])
def test_a_number_that_others_may_read_differently_is_refused(number: float) -> None:
    with pytest.raises(BadInput) as caught:
        canonical_json({"rows": [{"a/b": number}]})

    assert [problem.pointer for problem in caught.value.problems] == ["/rows/0/a~1b"]


@pytest.mark.parametrize("value", [{"key": "\ud800"}, {"key": {"\udfff": 1}}])
def test_half_a_surrogate_pair_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match="surrogate") as caught:
        canonical_json(value)

    assert caught.value.problems[0].pointer == "/key"


@pytest.mark.parametrize("value", [{1: 2}, {"a": {1, 2}}, datetime(2026, 1, 1, tzinfo=UTC), b"x"])
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        canonical_json(value)


def test_bottomless_nesting_is_refused_before_it_overflows() -> None:
    value: list[object] = []
    for _ in range(MAX_DEPTH * 50):
        value = [value]

    with pytest.raises(BadInput, match="nested"):
        canonical_json(value)


def test_an_instant_is_written_in_utc_with_a_z() -> None:
    east = timezone(timedelta(hours=2))

    assert instant_text(datetime(2026, 3, 10, 10, tzinfo=east)) == "2026-03-10T08:00:00Z"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        instant_text(datetime(2026, 3, 10, 10))  # noqa: DTZ001 -- the point of the test
