"""Releases over HTTP: look ahead, publish, withdraw, go back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from policy_api.domain.proof.canonical import instant_text
from tests.access.people import DPO, SUMMARY, Person, Someone
from tests.domain.sources import row

TABLE = "policies/privacy/tables/services"
OVERRIDE = {
    "op": "override",
    "target": "sections/welcome",
    "field": "heading",
    "value": "Hello, shoppers",
}


@pytest.fixture
def draft(editor: Person) -> str:
    """Open a draft with a change that may take effect at once."""
    opened = editor.draft()
    editor.edit(opened, email="new@example.org")
    return opened


@pytest.fixture
def material(editor: Person) -> str:
    """Open a draft with a change that readers must be told of in time."""
    opened = editor.draft()
    table = editor.get(f"{opened}/entries/{TABLE}").get_json()
    new = row("more", "payer", ["shop"], purpose="Sells data.", legitimate_interest="Money.")
    editor.edit(opened, TABLE, rows=[*table["rows"], new])
    return opened


def test_a_published_draft_is_what_readers_get(editor: Person, draft: str) -> None:
    done = editor.post(f"{draft}/publish", SUMMARY)

    release = done.get_json()
    served = editor.client.get("/v1/sites/shop/policies/privacy")
    assert done.status_code == 201
    assert done.headers["Location"] == release["href"] == "/v1/releases/2"
    assert [version["site"] for version in release["versions"]] == ["forum", "main", "shop"]
    assert (served.get_json()["version"], "new@example.org" in served.text) == (2, True)
    assert editor.get(draft).get_json()["state"] == "published"
    assert editor.get(draft).get_json()["release"] == 2


def test_a_diff_shows_what_publishing_will_do(editor: Person, material: str) -> None:
    told = editor.get(f"{material}/diff").get_json()
    done = editor.post(f"{material}/publish", SUMMARY).get_json()

    sites = {
        item["site"]: sorted({change["type"] for change in item["changes"]})
        for item in told["items"]
    }
    assert told["significance"] == done["significance"] == "material"
    assert told["effective_at"] == done["effective_at"]
    assert sites.keys() == {"main", "shop"}
    assert "recipient.added" in sites["shop"]
    assert sites == {version["site"]: version["changes"] for version in done["versions"]}


def test_a_diff_of_a_draft_that_changes_nothing_is_empty(editor: Person) -> None:
    told = editor.get(f"{editor.draft()}/diff").get_json()

    assert told == {
        "base_release": 1,
        "newest_release": 1,
        "significance": None,
        "effective_at": None,
        "items": [],
    }


def test_a_diff_of_what_does_not_fit_together_says_why(editor: Person, draft: str) -> None:
    editor.edit(draft, "policies/privacy/sections/contact", blocks=[])
    etag = editor.get(f"{draft}/entries/{DPO}").headers["ETag"]
    editor.delete(f"{draft}/entries/{DPO}", headers={"If-Match": etag})

    answer = editor.get(f"{draft}/diff")

    assert answer.status_code == 422
    assert "dpo" in answer.text


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_preview_is_the_edition_to_be(editor: Person, draft: str, locale: str) -> None:
    path = f"{draft}/preview/shop/privacy?locale={locale}"

    preview = editor.get(path).get_json()
    editor.post(f"{draft}/publish", SUMMARY)
    served = editor.client.get(f"/v1/sites/shop/policies/privacy?locale={locale}").get_json()

    assert preview["status"] == "draft"
    assert preview["version"] == served["version"]
    assert preview["sections"] == served["sections"]
    assert preview["completeness"] == served["completeness"]
    assert preview["change"]["significance"] == served["change"]["significance"]


def test_a_preview_page_is_seen_by_one_and_kept_by_nobody(editor: Person, draft: str) -> None:
    answer = editor.get(f"{draft}/preview/shop/privacy.html")

    assert answer.mimetype == "text/html"
    assert "new@example.org" in answer.text
    assert 'content="noindex"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("place", ["nowhere/privacy", "shop/terms"])
def test_a_preview_of_what_the_draft_has_not_is_not_there(
    editor: Person, draft: str, place: str
) -> None:
    assert editor.get(f"{draft}/preview/{place}").status_code == 404


def test_lint_tells_what_is_wrong_with_a_draft(editor: Person, draft: str) -> None:
    report = editor.get(f"{draft}/lint").get_json()

    assert report["summary"]["error"] > 0
    assert {"rule", "severity", "message", "entry", "pointer"} <= report["findings"][0].keys()


def test_a_material_change_waits_for_the_notice_period(
    editor: Person, material: str, now: datetime
) -> None:
    done = editor.post(f"{material}/publish", SUMMARY).get_json()

    assert done["effective_at"] == instant_text(now + timedelta(days=30))
    assert {version["status"] for version in done["versions"]} == {"upcoming"}


def test_an_announced_release_can_be_withdrawn(editor: Person, material: str) -> None:
    editor.post(f"{material}/publish", SUMMARY)

    done = editor.post("/releases/2/withdraw", {"summary": {"en": "Not after all."}})

    coming = editor.client.get("/v1/sites/shop/policies/privacy/versions/upcoming")
    assert done.status_code == 201
    assert (done.get_json()["kind"], done.get_json()["withdraws"]) == ("withdrawal", 2)
    assert coming.status_code == 404
    assert editor.post("/releases/2/withdraw").status_code == 409
    assert editor.get("/audit").get_json()["items"][0]["object"] == "releases/2"


def test_a_release_in_force_is_not_withdrawn(editor: Person) -> None:
    answer = editor.post("/releases/1/withdraw")

    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith(":not-withdrawable")


def test_a_revert_is_a_draft_that_restores_what_was(editor: Person, draft: str) -> None:
    editor.post(f"{draft}/publish", SUMMARY)

    back = editor.post("/releases/1/revert")
    editor.post(f"/drafts/{back.get_json()['draft']}/publish", SUMMARY)

    served = editor.client.get("/v1/sites/shop/policies/privacy")
    assert back.status_code == 201
    assert back.get_json()["edits"] == [DPO]
    assert (served.get_json()["version"], "new@example.org" in served.text) == (3, False)


def test_releases_are_listed_newest_first_page_by_page(editor: Person, draft: str) -> None:
    editor.post(f"{draft}/publish", SUMMARY)

    first = editor.get("/releases?limit=1").get_json()
    rest = editor.get(first["next"].removeprefix("/v1")).get_json()

    assert [item["release"] for item in first["items"] + rest["items"]] == [2, 1]
    assert rest["next"] is None


def test_who_published_and_why_rules_were_set_aside_is_for_auditors(
    editor: Person, someone: Someone, material: str, now: datetime
) -> None:
    waivers = [{"rule": "notice-period", "reason": "A court said so."}]
    body = {**SUMMARY, "effective_at": instant_text(now), "waivers": waivers}
    done = editor.post(f"{material}/publish", body)
    reader, auditor = someone("*:read-draft"), someone("*:read-draft", "*:audit")

    seen, audited = (each.get("/releases/2").get_json() for each in (reader, auditor))
    proof = editor.client.get("/v1/sites/shop/policies/privacy/versions/2/proof").text

    assert done.status_code == 201
    assert (seen["waivers"], seen["waived"], seen["published_by"]) == (
        {"notice-period": 1},
        None,
        None,
    )
    assert audited["waived"] == [{**waivers[0], "name": "Ada"}]
    assert audited["published_by"] == "Ada"
    assert "notice-period" in proof
    assert "A court said so." not in proof


def test_a_site_publishes_what_is_its_own(someone: Someone) -> None:
    shop = someone("shop:*", holder="Shopkeeper")
    draft = shop.draft()
    shop.write(draft, "policies/privacy/overlays/shop", {"ops": [OVERRIDE]})

    done = shop.post(f"{draft}/publish", SUMMARY)

    assert done.status_code == 201, done.text
    assert [version["site"] for version in done.get_json()["versions"]] == ["shop"]
    assert [each["release"] for each in shop.get("/releases").get_json()["items"]] == [2, 1]
    assert someone("forum:*").get("/releases/2").status_code == 404


def test_a_site_does_not_publish_what_others_would_show_too(someone: Someone) -> None:
    shop = someone("shop:*")
    draft = shop.draft()
    hidden = {"op": "hide_row", "target": "tables/services/rows/payments"}
    shop.write(draft, "policies/privacy/overlays/shop", {"ops": [hidden]})

    refused = shop.post(f"{draft}/publish", SUMMARY)

    assert refused.status_code == 403
    assert refused.get_json()["sites"] == ["main"]
    assert shop.get(draft).get_json()["state"] == "open"


def test_a_site_publishes_a_new_site_of_its_own(editor: Person, someone: Someone) -> None:
    before = editor.draft()
    editor.edit(before, "sites/main", umbrella=False)
    editor.post(f"{before}/publish", SUMMARY)
    shop = someone("shop:*")
    draft = shop.draft()
    site = shop.get(f"{draft}/entries/sites/shop").get_json()
    shop.write(draft, "sites/outlet", {**site, "hosts": [], "base": "shop", "locales": ["en"]})

    done = shop.post(f"{draft}/publish", SUMMARY)

    assert done.status_code == 201, done.text
    assert [version["site"] for version in done.get_json()["versions"]] == ["outlet"]


def test_a_withdrawal_of_what_concerns_others_too_is_refused(
    editor: Person, someone: Someone, material: str
) -> None:
    editor.post(f"{material}/publish", SUMMARY)

    own, other = someone("shop:*"), someone("forum:*")

    assert own.post("/releases/2/withdraw").status_code == 403
    assert other.post("/releases/2/withdraw").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"summary": {}},
        {"summary": "text"},
        {"summary": {"xx-yyyyyyyyyyyyy": "a"}},
        {"summary": {"en": "a\0b"}},
        {**SUMMARY, "kind": "withdrawal"},
        {**SUMMARY, "significance": "huge"},
        {**SUMMARY, "effective_at": "2026-02-29T00:00:00Z"},
        {**SUMMARY, "effective_at": "2026-04-01T00:00:00"},
        {**SUMMARY, "effective_at": "9999-12-31T23:59:59-23:59"},
        {**SUMMARY, "effective_at": 1},
        {**SUMMARY, "waivers": [{"rule": "notice-period"}]},
        {**SUMMARY, "waivers": [{"rule": "notice-period", "reason": ""}]},
        {**SUMMARY, "waivers": [{"rule": "notice-period", "reason": "x", "name": "Eve"}]},
        {**SUMMARY, "waivers": [{"rule": "source", "reason": "x"}]},
        {**SUMMARY, "waivers": [{"rule": "nothing", "reason": "x"}]},
        {**SUMMARY, "release": 7},
    ],
)
def test_a_bad_request_publishes_nothing(editor: Person, draft: str, body: object) -> None:
    answer = editor.post(f"{draft}/publish", body)

    assert answer.status_code == 422, answer.text
    assert answer.get_json()["errors"]
    assert len(editor.get("/releases").get_json()["items"]) == 1


def test_a_draft_that_changes_nothing_is_not_published(editor: Person) -> None:
    answer = editor.post(f"{editor.draft()}/publish", SUMMARY)

    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith(":nothing-to-publish")


def test_a_publisher_may_say_which_draft_they_have_seen(editor: Person, draft: str) -> None:
    seen = editor.get(draft).headers["ETag"]
    editor.edit(draft, phone="+49 1")

    answer = editor.post(f"{draft}/publish", SUMMARY, headers={"If-Match": seen})

    assert answer.status_code == 412


def test_an_auditor_reads_who_waived_what_and_why(
    editor: Person, someone: Someone, draft: str
) -> None:
    waivers = [{"rule": "significance-lowered", "reason": "A slip of the pen."}]
    body = {**SUMMARY, "significance": "technical", "waivers": waivers}
    done = editor.post(f"{draft}/publish", body)
    auditor = someone("*:audit", holder="Audra")

    shown = auditor.get(f"/releases/{done.get_json()['release']}").get_json()

    assert shown["waived"] == [{**waivers[0], "name": "Ada"}]
    assert shown["published_by"] == "Ada"
    assert auditor.get("/drafts").status_code == 403


def test_a_fault_in_the_texts_points_at_their_locale(editor: Person, draft: str) -> None:
    body = {"summary": {"english": "x", "de": 5}, "title": "x", "effective_at": "2027-01-01"}

    errors = editor.post(f"{draft}/publish", body).get_json()["errors"]

    told = {error["pointer"]: error["detail"] for error in errors}
    assert set(told) == {"/summary/english", "/summary/de", "/title", "/effective_at"}
    assert told["/title"] == "This must be an object, a name and a value for each."


def test_a_misspelt_member_is_told_what_was_meant(editor: Person, draft: str) -> None:
    answer = editor.post(f"{draft}/publish", {**SUMMARY, "significanse": "material"})

    (error,) = answer.get_json()["errors"]
    assert error["detail"] == "There is no field 'significanse' here."
    assert error["expected"] == "did you mean “significance”?"


def test_a_revert_takes_no_body(editor: Person) -> None:
    assert editor.post("/releases/1/revert", {"release": 2}).status_code == 422


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40, "1" * 10, "-1", "1.0", "\u0661"])
@pytest.mark.parametrize("path", ["/drafts/{}", "/releases/{}", "/bundles/{}", "/drafts/{}/diff"])
def test_a_number_that_cannot_be_one_is_not_found(editor: Person, path: str, number: str) -> None:
    assert editor.get(path.format(number)).status_code == 404
