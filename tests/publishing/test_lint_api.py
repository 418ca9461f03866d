"""Lint over HTTP: the rules of regimes, and messages in the language of whoever asks."""

from __future__ import annotations

import pytest

from policy_api.domain.linting.base import LINT_RULES
from policy_api.domain.linting.runner import packs
from tests.access.people import SUMMARY, Person

TABLE = "policies/privacy/tables/services"


@pytest.fixture
def draft(editor: Person) -> str:
    """Return a draft with a new row of which nothing is said."""
    opened = editor.draft()
    editor.write(opened, "recipients/bank", {"name": "Seed Bank"})
    table = editor.get(f"{opened}/entries/{TABLE}").get_json()
    row = {"key": "bank", "recipient": "bank", "purpose": "Keeps money.", "applies_to": ["*"]}
    editor.edit(opened, TABLE, rows=[*table["rows"], row])
    return opened


def test_a_regime_adds_its_rules(editor: Person, draft: str) -> None:
    usual = editor.get(f"{draft}/lint").get_json()["verdicts"]
    more = editor.get(f"{draft}/lint?pack={','.join(packs())}").get_json()["verdicts"]

    assert set(usual) == {rule.id for rule in LINT_RULES if not rule.pack}
    assert set(more) == set(LINT_RULES.names())


def test_a_regime_that_is_not_there_is_refused(editor: Person, draft: str) -> None:
    answer = editor.get(f"{draft}/lint?pack=gb,atlantis")

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == "pack"
    assert "atlantis" in answer.get_json()["errors"][0]["detail"]


def test_messages_are_in_the_language_of_whoever_asks(editor: Person, draft: str) -> None:
    asked = editor.get(f"{draft}/lint", headers={"Accept-Language": "de-CH, en;q=0.5"}).get_json()
    named = editor.get(f"{draft}/lint?locale=fr").get_json()

    german = [each["message"] for each in asked["findings"] if each["rule"] == "PUR-002"]
    french = [each["message"] for each in named["findings"] if each["rule"] == "PUR-002"]
    assert "Seed Bank: Es ist keine Rechtsgrundlage angegeben." in german
    assert any("base" in message for message in french)


def test_what_keeps_a_release_back_is_too(editor: Person, draft: str) -> None:
    refused = editor.post(f"{draft}/publish", SUMMARY, headers={"Accept-Language": "de"}).get_json()

    told = {each["rule"]: each["detail"] for each in refused["findings"]}
    assert told["PUR-002"] == "Seed Bank: Es ist keine Rechtsgrundlage angegeben."
