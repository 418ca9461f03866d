"""Keys: what may name a thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.content.keys import is_key, nearest_key

HOSTILE = [
    "",
    ".",
    "..",
    "%2e%2e",
    "a%2fb",
    "a\\b",
    "a/b",
    "-a",
    "a-",
    "A",
    "a b",
    "a_b",
    "caf\u00e9",
    "cafe\u0301",
    "\u0130",
    "\u0131",
    "\u0435n",  # a Cyrillic е
    "a\n",
    "\na",
    "a\x00",
    "a.b",
    "a:b",
    "*",
    "a" * 64,
    "\u0661",  # an Arabic digit
]


@pytest.mark.parametrize("text", ["a", "0", "a-b", "a--b", "third-party-services", "a" * 63])
def test_letters_digits_and_inner_hyphens_make_a_key(text: str) -> None:
    assert is_key(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_else_is_a_key(text: str) -> None:
    assert not is_key(text)


@pytest.mark.parametrize(
    ("written", "near"),
    [("Privacy Policy", "privacy-policy"), ("caf\u00e9", "cafe"), ("a/../b", "a-b"), ("…", "")],
)
def test_a_near_key_is_proposed(written: str, near: str) -> None:
    assert nearest_key(written) == near


@given(st.text(max_size=200))
def test_a_proposed_key_is_one(text: str) -> None:
    near = nearest_key(text)

    assert near == "" or is_key(near)
