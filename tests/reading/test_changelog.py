"""What changed in each version."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.places import SHOP, get_json

CHANGE = ["path", "op", "type", "from", "to", "members", "significance", "origin"]


def test_entries_come_newest_first_with_their_typed_changes(reader: FlaskClient) -> None:
    items = get_json(reader, f"{SHOP}/changelog")["items"]

    assert [item["version"] for item in items] == [5, 4, 3, 2, 1]
    (change,) = items[1]["changes"]
    assert list(change) == CHANGE
    assert (change["type"], change["from"], change["to"]) == (
        "contact.changed",
        "dpo@example.org",
        "privacy@example.org",
    )


@pytest.mark.sqlite_only
def test_an_entry_leads_to_its_version_and_its_diff(reader: FlaskClient) -> None:
    entry = get_json(reader, f"{SHOP}/changelog?locale=de")["items"][3]

    statuses = [reader.get(path).status_code for path in entry["links"].values()]
    assert entry["links"]["diff"] == f"{SHOP}/diff?from=1&to=2&locale=de"
    assert statuses == [200, 200, 200, 200]


@pytest.mark.sqlite_only
def test_the_changelog_is_read_page_by_page(reader: FlaskClient) -> None:
    document = get_json(reader, f"{SHOP}/changelog?limit=4")

    rest = get_json(reader, document["next"])

    assert document["next"] == f"{SHOP}/changelog?limit=4&before=2"
    assert [item["version"] for item in rest["items"]] == [1]
    assert rest["next"] is None
