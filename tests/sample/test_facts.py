"""The sample says what the structured facts say, no more and no less."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sample.facts import (
    CATEGORIES,
    COLUMNS,
    CONTACTS,
    HOSTS,
    PROCESSING,
    RECIPIENTS,
    RETENTION,
    ROWS,
    ROWS_BY_SITE,
    SECTIONS,
)
from tests.sample.states import Entry, releases

PRIVACY = "policies/privacy"


@pytest.fixture(scope="module")
def first() -> dict[str, Entry]:
    """Return the entries of the first release."""
    return releases()[0].entries


def keys(entries: dict[str, Entry], kind: str) -> set[str]:
    """Return the keys of all entries of a kind."""
    return {path.removeprefix(f"{kind}/") for path in entries if path.startswith(f"{kind}/")}


def block(entries: dict[str, Entry], section: str, key: str) -> Entry:
    """Return one block of a section."""
    blocks = entries[f"{PRIVACY}/sections/{section}"]["blocks"]
    found: Entry = next(found for found in blocks if found["key"] == key)
    return found


def listed(item: Entry) -> str | None:
    """Return the data of a row or processing item in the notation of the tables above."""
    if "data_categories" not in item:
        return None
    dots = ["…"] if item.get("data_categories_open") else []
    return " ".join([*item["data_categories"], *dots])


def purposes(item: Entry) -> str:
    return " ".join(purpose.removeprefix("dpv:") for purpose in item["purposes"])


def rows(entries: dict[str, Entry]) -> dict[str, tuple[str, Entry]]:
    """Return all rows by key, each with the key of its table."""
    return {
        row["key"]: (table, row)
        for table in ("processors", "third-party-services")
        for row in entries[f"{PRIVACY}/tables/{table}"]["rows"]
    }


def place(row: Entry) -> tuple[str | None, ...]:
    (location,) = row["locations"]
    return tuple(location.get(name) for name in ("country", "region", "place"))


def test_each_site_has_its_host(first: dict[str, Entry]) -> None:
    found = {key: first[f"sites/{key}"]["hosts"] for key in keys(first, "sites")}

    assert found == {key: [host] for key, host in HOSTS.items()}


def test_all_sites_derive_from_the_umbrella(first: dict[str, Entry]) -> None:
    bases = {key: first[f"sites/{key}"].get("base") for key in HOSTS}
    umbrellas = [key for key in HOSTS if first[f"sites/{key}"].get("umbrella")]

    assert umbrellas == ["main"]
    assert bases == {key: None if key == "main" else "main" for key in HOSTS}


def test_each_recipient_has_its_name_and_role(first: dict[str, Entry]) -> None:
    found = {
        key: (entry["name"], entry.get("role"))
        for key in keys(first, "recipients")
        for entry in [first[f"recipients/{key}"]]
    }

    assert found == RECIPIENTS


def test_each_row_says_what_the_facts_say(first: dict[str, Entry]) -> None:
    found = {
        key: (
            row["recipient"],
            purposes(row),
            row.get("legal_basis"),
            place(row),
            listed(row),
            row.get("transfer", {}).get("outside_eea", False),
            table == "processors",
        )
        for key, (table, row) in rows(first).items()
    }

    assert found == ROWS
    assert list(found) == list(ROWS)


def test_nothing_that_is_not_stated_is_filled_in(first: dict[str, Entry]) -> None:
    unstated = {"role", "special_basis", "legitimate_interest", "retention", "required"}
    all_rows = [row for _, row in rows(first).values()]
    items = block(first, "data-we-collect", "processing")["items"]

    assert not [row["key"] for row in all_rows if unstated & row.keys()]
    assert not [row["key"] for row in all_rows if row.get("transfer", {}).keys() - {"outside_eea"}]
    assert not [item["key"] for item in items if (unstated | {"legal_basis"}) & item.keys()]
    assert not [key for key in RECIPIENTS if "privacy_policy_url" in first[f"recipients/{key}"]]
    assert not first["organization"].keys() & {"legal_name", "country"}


def test_each_site_has_its_rows(first: dict[str, Entry]) -> None:
    found = {
        site: " ".join(
            key for key, (_, row) in rows(first).items() if {site, "*"} & set(row["applies_to"])
        )
        for site in HOSTS
    }

    assert found == ROWS_BY_SITE


def test_the_tables_have_their_columns(first: dict[str, Entry]) -> None:
    found = {key: " ".join(first[f"{PRIVACY}/tables/{key}"]["columns"]) for key in COLUMNS}

    assert found == COLUMNS


def test_each_data_category_has_its_term_and_five_labels(first: dict[str, Entry]) -> None:
    found = {key: first[f"categories/{key}"] for key in keys(first, "categories")}

    assert {key: entry.get("term") for key, entry in found.items()} == CATEGORIES
    assert all(set(entry["label"]) == {"en", "de", "fr", "es", "ar"} for entry in found.values())


def test_each_contact_is_reached_as_stated(first: dict[str, Entry]) -> None:
    found = {
        key: {name: value for name, value in first[f"contacts/{key}"].items() if name != "name"}
        for key in keys(first, "contacts")
    }

    assert found == CONTACTS


def test_first_party_processing_is_complete(first: dict[str, Entry]) -> None:
    items = block(first, "data-we-collect", "processing")["items"]

    assert {item["key"]: (purposes(item), listed(item)) for item in items} == PROCESSING


def test_the_rights_are_those_stated(first: dict[str, Entry]) -> None:
    found = block(first, "your-rights", "rights")

    assert [right["right"].removeprefix("eu-gdpr:") for right in found["rights"]] == [
        "A15",
        "A16",
        "A17",
        "A18",
        "A20",
        "A77",
    ]
    assert found["exercise_contact"] == "privacy-team"
    assert "automated_decisions" not in found


def test_the_retention_rules_are_open_ended_as_stated(first: dict[str, Entry]) -> None:
    rules = block(first, "retention", "rules")["rules"]

    assert {rule["key"]: rule["kind"] for rule in rules} == RETENTION
    assert not [rule["key"] for rule in rules if "duration" in rule]


def test_the_sections_stand_in_order(first: dict[str, Entry]) -> None:
    assert first[PRIVACY]["sections"] == SECTIONS.split()
    assert keys(first, f"{PRIVACY}/sections") == set(SECTIONS.split())


def test_the_overlays_do_what_the_facts_suggest(first: dict[str, Entry]) -> None:
    def place_of(op: dict[str, Any]) -> tuple[str, str]:
        return op["op"], op["target"]

    found = {
        key: [place_of(op) for op in first[f"{PRIVACY}/overlays/{key}"]["ops"]]
        for key in keys(first, f"{PRIVACY}/overlays")
    }

    assert found == {
        "forum": [
            ("override", "sections/scope/blocks/covered"),
            ("insert_after", "sections/data-we-collect"),
            ("hide", "sections/processors"),
        ],
        "shop": [("insert_before", "sections/retention")],
        "demo": [("override_row", "tables/third-party-services/rows/web-analytics")],
        "ios": [("hide", "sections/analytics-opt-out")],
    }


def test_the_text_says_that_it_is_an_illustration(first: dict[str, Entry]) -> None:
    found = block(first, "introduction", "illustration")
    license_ = first[PRIVACY]["license"]

    assert found["kind"] == "notice"
    assert "illustration" in found["markdown"]
    assert "not that organization's own policy" in license_["attribution"]
    assert license_["spdx"] == "CC-BY-4.0"
    assert "matomo.org/privacy-policy" in license_["adapted_from"]
