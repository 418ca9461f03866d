"""How far translations are in a draft, and keeping them where only the wording changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.access.people import Person, Someone

WELCOME = "policies/privacy/sections/welcome"
GERMAN = "policies/privacy/locales/de/sections/welcome"
HEADING = "sections/welcome/heading"


def progress(person: Person, draft: str, locale: str = "de") -> dict[str, Any]:
    items = person.get(f"{draft}/translations?policy=privacy").get_json()["items"]
    found: dict[str, Any] = next(item for item in items if item["locale"] == locale)
    return found


@pytest.fixture
def draft(editor: Person) -> str:
    """Return a draft in which a heading is worded otherwise."""
    opened = editor.draft()
    assert editor.edit(opened, WELCOME, heading="Welcome here").status_code == 200
    return opened


def test_a_draft_tells_what_it_leaves_behind(editor: Person, draft: str) -> None:
    untouched = progress(editor, editor.draft("Nothing"))

    behind = progress(editor, draft)

    assert (untouched["outdated"], behind["outdated"]) == (0, 1)
    assert behind["current"] == untouched["current"] - 1
    assert behind["words"] > untouched["words"]


def test_a_change_of_wording_keeps_its_translation(editor: Person, draft: str) -> None:
    answer = editor.post(f"{draft}/carry-translations", {"policy": "privacy", "units": [HEADING]})

    told = answer.get_json()
    assert answer.status_code == 200, answer.text
    assert (told["carried"], told["left"]) == ([{"locale": "de", "unit": HEADING}], [])
    assert told["entries"] == [GERMAN]
    unit = editor.get(f"{draft}/entries/{GERMAN}").get_json()["units"]["heading"]
    assert (unit["text"], unit["origin"]) == ("Willkommen", "carried")
    assert progress(editor, draft)["outdated"] == 0


def test_a_change_of_facts_is_left(editor: Person) -> None:
    opened = editor.draft()
    editor.edit(opened, WELCOME, heading="Welcome to 7 sites")

    told = editor.post(f"{opened}/carry-translations").get_json()

    assert told["carried"] == []
    assert [(each["unit"], each["detail"]) for each in told["left"]] == [
        (HEADING, "The number 7 of the source is gone.")
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"policy": "nowhere"}, 404),
        ({"policy": "privacy", "locales": ["!"]}, 422),
        ({"policy": "privacy", "colour": "red"}, 422),
    ],
)
def test_what_cannot_be_carried_is_refused(
    editor: Person, draft: str, body: dict[str, Any], status: int
) -> None:
    assert editor.post(f"{draft}/carry-translations", body).status_code == status


@pytest.mark.parametrize(
    ("scope", "seen", "carried"),
    [("*:write", 200, 200), ("*:translate", 200, 403), ("*:audit", 403, 403)],
)
def test_only_an_author_says_that_the_sense_stayed(
    someone: Someone, draft: str, scope: str, seen: int, carried: int
) -> None:
    ada = someone(scope)

    answers = [
        ada.get(f"{draft}/translations?policy=privacy"),
        ada.post(f"{draft}/carry-translations", {"policy": "privacy"}),
    ]

    assert [answer.status_code for answer in answers] == [seen, carried]


def test_a_draft_of_another_site_is_not_there(editor: Person, someone: Someone) -> None:
    other = editor.draft(site="forum")
    ada = someone("shop:*")

    answers = [
        ada.get(f"{other}/translations?policy=privacy"),
        ada.post(f"{other}/carry-translations"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
