"""A frontend, a subdomain and an auditor read the sample."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient

from tests.journeys.conftest import LOADED_AT, Get

ROWS = {
    "main": 11,
    "demo": 1,
    "forum": 3,
    "developer": 2,
    "shop": 6,
    "plugins": 7,
    "ios": 2,
    "issues": 2,
    "glossary": 2,
}
"""Site → rows of both tables together that it shows, as in the facts."""

PRIVACY = "/sites/{}/policies/privacy"


def tables(edition: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = [block for section in edition["sections"] for block in section["blocks"]]
    return [block for block in blocks if block["kind"] == "recipients_table"]


def rows(edition: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for table in tables(edition) for row in table["rows"]]


def section(edition: dict[str, Any], key: str) -> dict[str, Any]:
    return next(found for found in edition["sections"] if found["key"] == key)


def test_every_site_shows_its_own_rows(get: Get) -> None:
    shown = {site: len(rows(get(PRIVACY.format(site)))) for site in ROWS}

    assert shown == ROWS


def test_the_shop_has_its_six_rows_in_german(get: Get) -> None:
    edition = get(PRIVACY.format("shop"), locale="de")

    assert edition["locale"] == "de"
    assert [row["recipient"]["name"] for row in rows(edition)] == [
        "AlwaysData",
        "Matomo Cloud",
        "Google reCAPTCHA",
        "Matomo Marketplace shop",
        "HelpScout",
        "PayPal and Braintree",
    ]
    third_parties = section(edition, "third-party-services")
    assert third_parties["locale"] == "de"
    assert third_parties["translation"] in {"current", "outdated"}
    assert rows(edition)[-1]["locations"][0]["label"] == "Vereinigte Staaten"


def test_a_host_gives_the_same_bytes_as_its_site(reader: FlaskClient) -> None:
    by_site = reader.get("/v1/sites/shop/policies/privacy?locale=de")
    by_host = reader.get("/v1/policies/privacy?locale=de", headers={"Host": "SHOP.matomo.org.:443"})

    assert by_host.data == by_site.data
    assert by_host.headers["Content-Location"] == "/v1/sites/shop/policies/privacy?locale=de"


def test_an_unknown_host_gets_nobodys_text(reader: FlaskClient) -> None:
    answer = reader.get("/v1/policies/privacy", headers={"Host": "evil.example"})

    assert answer.status_code == 404
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_forum_differs_exactly_by_its_overlay_and_rows(get: Get) -> None:
    forum, developer = get(PRIVACY.format("forum")), get(PRIVACY.format("developer"))

    keys = [{found["key"] for found in edition["sections"]} for edition in (forum, developer)]
    assert keys[0] - keys[1] == {"public-posts"}
    assert keys[1] - keys[0] == {"processors"}
    different = {
        key
        for key in keys[0] & keys[1]
        if without_versions(section(forum, key)) != without_versions(section(developer, key))
    }
    # The opt-out control has an address of the site's own, by a placeholder.
    assert different == {"scope", "third-party-services", "analytics-opt-out"}
    assert section(forum, "scope")["origin"] == "site"


def without_versions(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a part of an edition without the numbers of the versions that it changed in."""
    if isinstance(value, dict):
        numbers = {"changed_in", "translated_from"}
        return {name: without_versions(part) for name, part in value.items() if name not in numbers}
    if isinstance(value, list):
        return [without_versions(part) for part in value]
    return value


def test_the_umbrella_says_where_each_recipient_is_used(get: Get) -> None:
    shown = rows(get(PRIVACY.format("main")))

    used_on = {row["key"]: sorted(site["key"] for site in row["sites"]) for row in shown}
    assert used_on["payments"] == ["plugins", "shop"]
    assert used_on["forum-account"] == ["forum"]
    assert len(used_on["web-analytics"]) == len(ROWS)


def test_a_date_of_the_past_gives_that_days_text(get: Get) -> None:
    def newsletter(at: str) -> str:
        edition = get(PRIVACY.format("main"), at=at)
        name: str = next(row for row in rows(edition) if row["key"] == "newsletter")["recipient"][
            "name"
        ]
        return name

    assert newsletter("2025-03-20") == "MadMimi"
    assert newsletter("2025-04-09T07:59:59Z") == "MadMimi"
    assert newsletter("2025-04-09T08:00:00Z") == "Beispielpost GmbH (fictional)"


def test_a_correction_was_in_force_before_what_was_announced(get: Get) -> None:
    edition = get(PRIVACY.format("main"), at="2025-03-20")

    assert edition["version"] == 4
    assert edition["superseded_at"] == "2025-04-09T08:00:00Z"


def test_before_the_first_version_there_is_nothing(reader: FlaskClient) -> None:
    answer = reader.get("/v1/sites/main/policies/privacy?at=2024-12-31")

    assert answer.status_code == 404
    assert "2025-01-15T09:00:00Z" in answer.text


def test_the_announced_version_takes_over_at_its_instant(get: Get) -> None:
    edition = get(PRIVACY.format("main"))
    announced = edition["upcoming"]

    with time_machine.travel(LOADED_AT + timedelta(days=30, seconds=-1), tick=False):
        assert get(PRIVACY.format("main"))["version"] == edition["version"]
    with time_machine.travel(LOADED_AT + timedelta(days=30), tick=False):
        then = get(PRIVACY.format("main"))
    assert then["version"] == announced["version"]
    assert then["upcoming"] is None


def test_current_outdated_and_fallback_sections_all_occur(get: Get) -> None:
    for locale in ("de", "fr", "es", "ar"):
        edition = get(PRIVACY.format("main"), locale=locale)

        states = {found["translation"] for found in edition["sections"]}
        assert states == {"current", "outdated", "fallback"}, locale


def test_arabic_reads_from_right_to_left_and_english_sections_do_not(get: Get) -> None:
    edition = get(PRIVACY.format("main"), locale="ar")

    assert edition["dir"] == "rtl"
    assert {(found["locale"], found["dir"]) for found in edition["sections"]} == {
        ("ar", "rtl"),
        ("en", "ltr"),
    }


def test_a_fallback_section_is_in_the_source_language_as_a_whole(get: Get) -> None:
    german, english = (get(PRIVACY.format("main"), locale=locale) for locale in ("de", "en"))

    for found in german["sections"]:
        if found["translation"] == "fallback":
            assert found["heading"] == section(english, found["key"])["heading"]
            assert found["locale"] == "en"


def test_a_reader_can_do_without_fallbacks(get: Get) -> None:
    edition = get(PRIVACY.format("main"), locale="de", fallback="none")

    assert {found["locale"] for found in edition["sections"]} == {"de"}
    assert edition["omitted"] == ["reuse"]


def test_the_opt_out_has_an_address_and_a_text(get: Get) -> None:
    edition = get(PRIVACY.format("shop"))

    switch = next(
        block
        for block in section(edition, "analytics-opt-out")["blocks"]
        if block["kind"] == "embed"
    )
    assert switch["url"].startswith("https://")
    assert "privacy@matomo.org" in switch["fallback"]["markdown"]


def test_contacts_name_the_dpo_and_the_representative(get: Get) -> None:
    edition = get(PRIVACY.format("main"), locale="de")
    blocks = [block for found in edition["sections"] for block in found["blocks"]]

    contacts = {
        contact["role"]["code"]: contact
        for block in blocks
        if block["kind"] == "contacts"
        for contact in block["contacts"]
    }
    assert contacts["dpo"]["name"] == "ePrivacy GmbH"
    assert contacts["eu_representative"]["address"]["country"]["label"] == "Deutschland"
