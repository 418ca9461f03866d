"""The error tree is one catalogue."""

from __future__ import annotations

import pytest

from policy_api import errors
from policy_api.errors import BadInput, NoticeTooShort, PolicyError, Problem, error_kinds

KINDS = [kind for kind in error_kinds() if kind.__module__ == errors.__name__]


def test_an_error_carries_words_and_facts() -> None:
    error = NoticeTooShort("Readers were promised 30 days.", earliest="2026-04-01")

    assert str(error) == error.detail == "Readers were promised 30 days."
    assert error.extra == {"earliest": "2026-04-01"}
    assert (error.slug, error.status) == ("notice-too-short", 422)


def test_without_detail_an_error_says_its_title() -> None:
    error = NoticeTooShort()

    assert error.detail == ""
    assert str(error) == "The notice period is too short"


def test_every_error_has_a_title_of_its_own() -> None:
    assert len({kind.title for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_drawn_in_the_tree(kind: type[PolicyError]) -> None:
    assert kind.__doc__
    assert f"{kind.__name__} " in f"{errors.__doc__} ".replace("\n", " \n")


def test_bad_input_lists_every_problem() -> None:
    problems = (
        Problem("is missing", pointer="/name", file="organization.yaml", line=3, expected="text"),
        Problem("is not a key", pointer="/base"),
    )

    error = BadInput(problems=iter(problems))

    assert error.problems == problems
    assert str(error) == (
        "organization.yaml:3 /name: is missing (expected: text)\n/base: is not a key"
    )


def test_a_problem_without_a_place_is_only_its_words() -> None:
    assert str(Problem("too large")) == "too large"
