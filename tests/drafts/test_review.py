"""Review: nobody approves what only they have written, and a verdict covers what was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from flask import Flask

from policy_api.drafts.review import is_only_author
from policy_api.settings import Settings
from policy_api.web.state import state
from tests.access.people import SUMMARY, Person, Someone


@pytest.fixture
def bob(someone: Someone) -> Person:
    return someone("*:review", "*:write", holder="Bob")


@pytest.fixture
def submitted(editor: Person) -> str:
    draft = editor.draft()
    editor.edit(draft, email="new@example.org")
    editor.post(f"{draft}/submit", {"comment": "Please have a look."})
    return draft


def test_a_second_person_approves(editor: Person, bob: Person, submitted: str) -> None:
    answer = bob.post(f"{submitted}/approve", {"comment": "Fine."})

    steps = [
        (step["verdict"], step["by"], step["comment"]) for step in answer.get_json()["reviews"]
    ]
    assert answer.get_json()["review"] == "approved"
    assert steps == [("submitted", "Ada", "Please have a look."), ("approved", "Bob", "Fine.")]
    assert editor.post(f"{submitted}/publish", SUMMARY).status_code == 201


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_the_only_author_is_no_reviewer(editor: Person, submitted: str, verdict: str) -> None:
    assert editor.post(f"{submitted}/{verdict}").status_code == 403


def test_another_token_does_not_make_another_person(someone: Someone, submitted: str) -> None:
    second = someone("*:review", holder=" ada ")

    assert second.post(f"{submitted}/approve").status_code == 403


def test_one_of_two_authors_may_review(editor: Person, bob: Person) -> None:
    draft = editor.draft()
    editor.edit(draft, email="new@example.org")
    bob.edit(draft, email="newer@example.org")
    editor.post(f"{draft}/submit")

    assert bob.post(f"{draft}/approve").status_code == 200


def test_an_edit_after_the_verdict_takes_it_away(
    editor: Person, bob: Person, submitted: str
) -> None:
    bob.post(f"{submitted}/approve")

    editor.edit(submitted, email="other@example.org")

    assert editor.get(submitted).get_json()["review"] == "changed"
    refused = editor.post(f"{submitted}/publish", SUMMARY)
    assert [found["rule"] for found in refused.get_json()["findings"]] == ["review"]


@pytest.mark.parametrize("verdict", [None, "reject"])
def test_without_an_approval_a_submitted_draft_stays(
    editor: Person, bob: Person, submitted: str, verdict: str | None
) -> None:
    if verdict:
        bob.post(f"{submitted}/{verdict}")

    refused = editor.post(f"{submitted}/publish", SUMMARY)

    assert refused.status_code == 422
    assert refused.get_json()["waivable"] == ["review"]


def test_what_changed_since_it_was_handed_in_cannot_be_approved(
    editor: Person, bob: Person, submitted: str
) -> None:
    editor.edit(submitted, email="other@example.org")

    assert bob.post(f"{submitted}/approve").status_code == 409


def test_a_draft_that_was_sent_back_can_be_handed_in_again(
    editor: Person, bob: Person, submitted: str
) -> None:
    bob.post(f"{submitted}/reject", {"comment": "Not yet."})
    editor.edit(submitted, email="other@example.org")

    again = editor.post(f"{submitted}/submit")

    assert again.get_json()["review"] == "submitted"
    assert bob.post(f"{submitted}/approve").get_json()["review"] == "approved"


def test_where_reviews_are_required_nothing_goes_out_without_one(
    app: Flask, settings: Settings, editor: Person, bob: Person
) -> None:
    with app.app_context():
        state().settings = replace(settings, require_review=True)
    draft = editor.draft()
    editor.edit(draft, email="new@example.org")

    alone = editor.post(f"{draft}/publish", SUMMARY)
    editor.post(f"{draft}/submit")
    bob.post(f"{draft}/approve")
    approved = editor.post(f"{draft}/publish", SUMMARY)

    assert (alone.status_code, approved.status_code) == (422, 201)
    (found,) = alone.get_json()["findings"]
    assert (found["rule"], found["waivable"]) == ("review", True)


def test_an_empty_draft_has_nothing_to_review(editor: Person) -> None:
    assert editor.post(f"{editor.draft()}/submit").status_code == 409


def test_a_draft_is_handed_in_once(editor: Person, submitted: str) -> None:
    assert editor.post(f"{submitted}/submit").status_code == 409


@pytest.mark.parametrize(
    ("name", "authors", "expected"),
    [
        ("Ada", ["Ada"], True),
        ("ada  lovelace", ["Ada Lovelace"], True),
        ("Ａda", ["Ada"], True),
        ("Bob", ["Ada"], False),
        ("Bob", ["Ada", "Bob"], False),
    ],
)
def test_how_a_name_is_spelt_hides_nobody(
    name: str, authors: Iterable[str], *, expected: bool
) -> None:
    assert is_only_author(name, authors) is expected
