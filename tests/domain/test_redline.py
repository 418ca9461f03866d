"""Redlines: exact in what they say, readable in how they say it."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.changes.redline import redline, tokens

TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["we", "keep", "little", " ", "\n", "\n\n", ",", "中", "文", "ก", "ี", "<b>"]
        ),
        max_size=40,
    ).map("".join),
)


def joined(before: str, after: str, *names: str) -> str:
    """Return the texts of some ops in one."""
    return "".join(text for name, text in redline(before, after).ops if name in names)


@given(TEXTS, TEXTS)
def test_what_stayed_and_came_is_the_text_after(before: str, after: str) -> None:
    assert joined(before, after, "equal", "insert") == after


@given(TEXTS, TEXTS)
def test_what_stayed_and_went_is_the_text_before(before: str, after: str) -> None:
    assert joined(before, after, "equal", "delete") == before


@given(TEXTS, TEXTS)
def test_no_op_is_empty_and_none_repeats_its_neighbour(before: str, after: str) -> None:
    ops = redline(before, after).ops

    assert all(text for _, text in ops)
    assert all(left != right for (left, _), (right, _) in pairwise(ops))


@given(st.text())
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(tokens(text)) == text


def test_equal_texts_have_nothing_marked() -> None:
    assert redline("We keep little.", "We keep little.").ops == (("equal", "We keep little."),)
    assert redline("", "").ops == ()


def test_a_changed_word_is_marked_as_a_word() -> None:
    found = redline("We keep it for ten days.", "We keep it for twenty days.")

    assert found.ops == (
        ("equal", "We keep it for "),
        ("delete", "ten"),
        ("insert", "twenty"),
        ("equal", " days."),
    )
    assert found.html == "We keep it for <del>ten</del><ins>twenty</ins> days."


def test_html_in_a_text_is_shown_as_text() -> None:
    found = redline('Say <b>hello</b> & "go"', 'Say <script>alert(1)</script> & "go"')

    assert "<script>" not in found.html
    assert "<b>" not in found.html
    assert "&lt;" in found.html
    assert "&amp; &quot;go&quot;" in found.html


def test_neighbouring_changes_are_told_as_one() -> None:
    found = redline("Data goes to Paris in France.", "Data goes to Berlin in Germany.")

    assert [name for name, _ in found.ops] == ["equal", "delete", "insert", "equal"]


def test_a_new_paragraph_leaves_the_changed_one_behind_it_readable() -> None:
    old = "First words.\n\nWe keep your name and address for ten years."
    new = "First words.\n\nWe have something new to say here.\n\n"
    new += "We keep your name and address for five years."

    found = redline(old, new)

    assert found.ops == (
        ("equal", "First words.\n\n"),
        ("insert", "We have something new to say here.\n\n"),
        ("equal", "We keep your name and address for "),
        ("delete", "ten"),
        ("insert", "five"),
        ("equal", " years."),
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("我们保留很少的数据。", "我们保留极少的数据。", ("很", "极")),
        ("ไม่มีข้อมูล", "ไม่ใช่ข้อมูล", ("มี", "ใช่")),
        ("データを保存します", "データを削除します", ("保存", "削除")),
    ],
)
def test_scripts_without_spaces_are_compared_by_character(
    before: str, after: str, expected: tuple[str, str]
) -> None:
    changes = [op for op in redline(before, after).ops if op[0] != "equal"]

    assert changes == [("delete", expected[0]), ("insert", expected[1])]


def test_a_sign_stays_with_its_letter() -> None:
    assert tokens("มีที่") == ["มี", "ที่"]
    assert tokens("हिन्दी में") == ["हिन्दी", " ", "में"]
    assert tokens("e\u0301te\u0301") == ["e\u0301te\u0301"]


def seconds(before: str, after: str) -> float:
    """Return how long a redline takes, the best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        redline(before, after)
        times.append(time.perf_counter() - start)
    return min(times)


def test_three_thousand_words_take_no_noticeable_time() -> None:
    chance = random.Random(1)  # noqa: S311 -- not a secret
    words = [f"w{chance.randint(0, 900)}" for _ in range(3000)]
    edited = [f"x{index}" if index % 15 == 0 else word for index, word in enumerate(words)]

    assert seconds(" ".join(words), " ".join(edited)) < 0.2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a," * 50_000, ",b" * 50_000),
        ("x" * 100_000, "y" * 100_000),
        ("a\n\n" * 30_000, "b\n\n" * 30_000),
        ("a b " * 25_000, "b c " * 25_000),
        ("\n \n" * 30_000, "\n" * 50_000),
    ],
)
def test_a_hostile_text_takes_no_noticeable_time_either(before: str, after: str) -> None:
    assert seconds(before, after) < 1
    assert joined(before, after, "equal", "insert") == after
