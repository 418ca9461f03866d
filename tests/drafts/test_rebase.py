"""Rebase: bring a draft onto what others have published meanwhile."""

from __future__ import annotations

import pytest

from tests.access.people import DPO, SUMMARY, Person


@pytest.fixture
def overtaken(editor: Person) -> str:
    """Edit the contact in one draft while another one is published."""
    draft = editor.draft("Mine")
    editor.edit(draft, email="mine@example.org")
    return draft


def publish(editor: Person, path: str, **fields: object) -> None:
    draft = editor.draft("Theirs")
    editor.edit(draft, path, **fields)
    answer = editor.post(f"{draft}/publish", SUMMARY)
    assert answer.status_code == 201, answer.text


def test_a_draft_on_an_older_release_is_not_published(editor: Person, overtaken: str) -> None:
    publish(editor, "sites/shop", name="Shop!")

    answer = editor.post(f"{overtaken}/publish", SUMMARY)

    assert answer.status_code == 409
    assert (answer.get_json()["base"], answer.get_json()["newest"]) == (1, 2)


def test_edits_of_different_places_come_together(editor: Person, overtaken: str) -> None:
    publish(editor, DPO, phone="+49 1")

    moved = editor.post(f"{overtaken}/rebase").get_json()

    entry = editor.get(f"{overtaken}/entries/{DPO}").get_json()
    assert moved["base_release"] == 2
    assert (entry["email"], entry["phone"]) == ("mine@example.org", "+49 1")
    assert editor.post(f"{overtaken}/publish", SUMMARY).status_code == 201


def test_what_both_changed_is_listed_with_all_three_values(editor: Person, overtaken: str) -> None:
    publish(editor, DPO, email="theirs@example.org")

    answer = editor.post(f"{overtaken}/rebase")

    assert answer.status_code == 409
    assert answer.get_json()["conflicts"] == [
        {
            "path": DPO,
            "pointer": "/email",
            "base": "dpo@example.org",
            "mine": "mine@example.org",
            "theirs": "theirs@example.org",
        }
    ]
    assert editor.get(overtaken).get_json()["base_release"] == 1


@pytest.mark.parametrize(
    ("side", "email"), [("mine", "mine@example.org"), ("theirs", "theirs@example.org")]
)
def test_a_conflict_is_decided_by_path(
    editor: Person, overtaken: str, side: str, email: str
) -> None:
    publish(editor, DPO, email="theirs@example.org", phone="+49 1")

    answer = editor.post(f"{overtaken}/rebase", {"resolve": {DPO: side}})

    entry = editor.get(f"{overtaken}/entries/{DPO}").get_json()
    assert answer.status_code == 200
    assert (entry["email"], entry["phone"]) == (email, "+49 1")


def test_a_draft_that_others_have_published_edits_nothing_any_more(
    editor: Person, overtaken: str
) -> None:
    publish(editor, DPO, email="mine@example.org")

    moved = editor.post(f"{overtaken}/rebase").get_json()

    assert moved["edits"] == []


def test_a_draft_on_the_newest_release_stays_as_it_is(editor: Person, overtaken: str) -> None:
    before = editor.get(overtaken).get_json()

    moved = editor.post(f"{overtaken}/rebase").get_json()

    assert moved == before


@pytest.mark.parametrize("resolve", [{DPO: "ours"}, {"": "mine"}, [], "mine"])
def test_a_decision_is_for_one_side(editor: Person, overtaken: str, resolve: object) -> None:
    assert editor.post(f"{overtaken}/rebase", {"resolve": resolve}).status_code == 422


def test_a_decision_about_an_entry_that_nobody_has_is_refused(
    editor: Person, overtaken: str
) -> None:
    publish(editor, DPO, email="theirs@example.org")

    answer = editor.post(f"{overtaken}/rebase", {"resolve": {DPO: "mine", "contacts/x": "mine"}})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/resolve/contacts~1x"]


def test_the_diff_of_an_overtaken_draft_does_not_undo_what_others_did(
    editor: Person, overtaken: str
) -> None:
    publish(editor, "sites/shop", name="Shop!")

    diff = editor.get(f"{overtaken}/diff").get_json()

    types = {change["type"] for item in diff["items"] for change in item["changes"]}
    assert (diff["base_release"], diff["newest_release"]) == (1, 2)
    assert types == {"contact.changed"}
    preview = editor.get(f"{overtaken}/preview/shop/privacy").get_json()
    assert preview["site"]["name"] == "Shop!"


def test_the_diff_of_a_draft_that_conflicts_names_the_path(editor: Person, overtaken: str) -> None:
    publish(editor, DPO, email="theirs@example.org")

    diff, preview = (editor.get(f"{overtaken}/{view}") for view in ("diff", "preview/shop/privacy"))

    assert diff.status_code == 409
    assert [found["path"] for found in diff.get_json()["conflicts"]] == [DPO]
    assert "mine@example.org" in preview.text
