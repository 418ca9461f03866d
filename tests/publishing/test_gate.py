"""The gate: everything that keeps a release back, in one answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from policy_api.domain.proof.canonical import instant_text
from tests.access.people import DPO, SUMMARY, Person
from tests.domain.sources import row

WELCOME = "policies/privacy/sections/welcome"
TABLE = "policies/privacy/tables/services"
POLICY = "policies/privacy"
OVERLAY = "policies/privacy/overlays/forum"
GREETING = {"op": "override", "target": "sections/welcome", "field": "heading", "value": "Hi"}


def publish(editor: Person, draft: str, **more: object) -> Any:  # noqa: ANN401 -- JSON
    return editor.post(f"{draft}/publish", {**SUMMARY, **more})


def rules(answer: Any) -> dict[str, bool]:  # noqa: ANN401 -- an answer
    """Return what kept a release back: rule → whether it may be waived."""
    assert answer.status_code == 422, answer.text
    return {found["rule"]: found["waivable"] for found in answer.get_json()["findings"]}


def waivers(*names: str) -> list[dict[str, str]]:
    return [{"rule": name, "reason": "For a reason."} for name in names]


@pytest.fixture
def draft(editor: Person) -> str:
    return editor.draft()


def add_row(editor: Person, draft: str, **more: object) -> None:
    table = editor.get(f"{draft}/entries/{TABLE}").get_json()
    told = {"purpose": "Sells data.", "legitimate_interest": "Money.", **more}
    new = row("more", "payer", ["forum"], **told)
    editor.edit(draft, TABLE, rows=[*table["rows"], new])


def test_all_that_is_wrong_is_told_at_once(editor: Person, draft: str, now: datetime) -> None:
    editor.edit(draft, POLICY, gate="all_required")
    editor.write(draft, OVERLAY, {"ops": [GREETING]})
    publish(editor, draft, waivers=waivers("translation"))
    second = editor.draft()
    editor.edit(second, WELCOME, heading="Welcome!")
    add_row(editor, second, legal_basis=None)
    editor.post(f"{second}/submit")

    refused = publish(editor, second, significance="editorial", effective_at=instant_text(now))

    found = rules(refused)
    assert {"review", "translation", "stale-override", "significance-lowered"} <= found.keys()
    assert any(rule.startswith("PUR-") for rule in found)
    assert set(found.values()) == {True}
    assert set(refused.get_json()["waivable"]) == found.keys()


def test_a_waiver_with_a_reason_opens_the_gate(editor: Person, draft: str, now: datetime) -> None:
    add_row(editor, draft)
    at_once = instant_text(now)
    refused = publish(editor, draft, effective_at=at_once)

    done = publish(
        editor, draft, effective_at=at_once, waivers=waivers(*refused.get_json()["waivable"])
    )

    assert "notice-period" in rules(refused)
    assert done.status_code == 201
    assert done.get_json()["waivers"]["notice-period"] == 1
    assert {waiver["name"] for waiver in done.get_json()["waived"]} == {"Ada"}


def test_a_waiver_that_was_not_needed_is_not_recorded(editor: Person, draft: str) -> None:
    editor.edit(draft, email="new@example.org")

    done = publish(editor, draft, waivers=waivers("notice-period", "PUR-003"))

    assert done.get_json()["waivers"] == {}


def test_notice_says_when_it_would_be_enough(editor: Person, draft: str, now: datetime) -> None:
    add_row(editor, draft)

    refused = publish(editor, draft, effective_at=instant_text(now + timedelta(days=29)))

    (found,) = [each for each in refused.get_json()["findings"] if each["rule"] == "notice-period"]
    assert found["earliest"] == instant_text(now + timedelta(days=30))


def test_nothing_takes_effect_in_the_past_whatever_the_reason(
    editor: Person, draft: str, now: datetime
) -> None:
    editor.edit(draft, email="new@example.org")
    past = instant_text(now - timedelta(days=1))

    refused = publish(editor, draft, effective_at=past, waivers=waivers("notice-period"))

    assert rules(refused) == {"notice-period": False}


def test_significance_may_be_raised_freely(editor: Person, draft: str) -> None:
    editor.edit(draft, email="new@example.org")

    done = publish(editor, draft, significance="material")

    assert (done.status_code, done.get_json()["significance"]) == (201, "material")


@pytest.mark.parametrize(
    ("gate", "found"),
    [("all_required", {"translation": True}), ("source_first", {}), ("urgent", {})],
)
def test_the_policy_says_whether_a_language_may_be_left_open(
    editor: Person, draft: str, gate: str, found: dict[str, bool]
) -> None:
    editor.edit(draft, POLICY, gate=gate)
    editor.edit(draft, WELCOME, heading="Welcome!")

    answer = publish(editor, draft)

    if found:
        assert rules(answer) == found
        assert answer.get_json()["findings"][0]["locale"] == "de"
    else:
        assert answer.status_code == 201


@pytest.mark.parametrize(("gate", "status"), [("source_first", 422), ("urgent", 201)])
def test_a_language_that_is_offered_for_the_first_time_is_whole(
    editor: Person, draft: str, gate: str, status: int
) -> None:
    editor.edit(draft, POLICY, gate=gate)
    editor.edit(draft, "sites/forum", locales=["en", "fr"])

    answer = publish(editor, draft)

    assert answer.status_code == status


def test_an_override_whose_base_changes_is_told_once(editor: Person, draft: str) -> None:
    editor.write(draft, OVERLAY, {"ops": [GREETING]})
    publish(editor, draft)
    second = editor.draft()
    editor.edit(second, WELCOME, heading="Welcome!")
    refused = publish(editor, second)
    waived = publish(editor, second, waivers=waivers("stale-override"))
    third = editor.draft()
    editor.edit(third, email="new@example.org")

    later = publish(editor, third)

    (found,) = refused.get_json()["findings"]
    assert (found["rule"], found["path"], found["sites"]) == ("stale-override", OVERLAY, ["forum"])
    assert (waived.status_code, later.status_code) == (201, 201)


def test_a_locked_part_cannot_be_waived(editor: Person, draft: str) -> None:
    editor.edit(draft, WELCOME, locked=True)
    editor.write(draft, OVERLAY, {"ops": [GREETING]})

    refused = publish(editor, draft)

    assert rules(refused) == {"locked-node": False}
    assert refused.get_json()["waivable"] == []


def test_what_does_not_fit_together_cannot_be_waived(editor: Person, draft: str) -> None:
    etag = editor.get(f"{draft}/entries/{DPO}").headers["ETag"]
    editor.delete(f"{draft}/entries/{DPO}", headers={"If-Match": etag})
    editor.edit(draft, "sites/forum", hosts=["shop.example.org"])

    refused = publish(editor, draft)

    paths = {found["path"] for found in refused.get_json()["findings"]}
    assert rules(refused) == {"source": False}
    assert len(paths) == 2


def test_an_announcement_that_no_notification_can_hold_is_refused(
    editor: Person, draft: str
) -> None:
    editor.edit(draft, email="new@example.org")
    long = {"en": "x" * 12_000, "de": "y" * 12_000}

    refused = publish(editor, draft, summary=long)

    assert rules(refused) == {"event-size": False}


def test_errors_that_are_published_already_keep_nobody_back(editor: Person, draft: str) -> None:
    known = editor.get(f"{draft}/lint").get_json()["summary"]["error"]
    editor.edit(draft, email="new@example.org")

    done = publish(editor, draft)

    assert known > 0
    assert done.status_code == 201


def test_a_lint_rule_may_be_waived_at_one_place(editor: Person, draft: str) -> None:
    add_row(editor, draft, legal_basis=None)
    refused = publish(editor, draft)
    found = [each for each in refused.get_json()["findings"] if "-" in each["rule"]]
    exact = [f"{each['rule']}:{each['path']}" for each in found]
    elsewhere = [f"{each['rule']}:tables/other" for each in found]

    wrong = publish(editor, draft, waivers=waivers(*elsewhere))
    right = publish(editor, draft, waivers=waivers(*exact))

    assert found
    assert rules(wrong) == rules(refused)
    assert right.status_code == 201


def test_what_a_new_site_inherits_keeps_nobody_back(editor: Person, draft: str) -> None:
    site = {"name": "Outlet", "hosts": [], "base": "shop", "locales": ["en"]}
    editor.write(draft, "sites/outlet", site)

    assert publish(editor, draft).status_code == 201


def test_the_key_of_a_site_that_ended_is_not_taken_by_accident(editor: Person, draft: str) -> None:
    site = {"name": "Club", "base": "main", "locales": ["en"], "hosts": ["club.example.org"]}
    editor.write(draft, "sites/club", site)
    first = publish(editor, draft)
    ending = editor.draft()
    there = f"{ending}/entries/sites/club"
    editor.delete(there, headers={"If-Match": editor.get(there).headers["ETag"]})
    editor.edit(ending, email="new@example.org")
    ended = publish(editor, ending)
    again = editor.draft()
    editor.write(again, "sites/club", site)

    refused = publish(editor, again)
    done = publish(editor, again, waivers=waivers("site-key"))

    assert (first.status_code, ended.status_code) == (201, 201)
    assert rules(refused) == {"site-key": True}
    assert done.get_json()["waivers"] == {"site-key": 1}
