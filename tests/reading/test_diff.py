"""Differences between two versions."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.places import SHOP, get_json


def test_a_changed_text_is_shown_word_by_word(reader: FlaskClient) -> None:
    diff = get_json(reader, f"{SHOP}/diff?from=1&to=2")

    (text,) = diff["texts"]
    assert text["path"] == "sections/welcome/blocks/intro/markdown"
    assert text["ops"][:2] == [
        {"op": "equal", "text": "We keep "},
        {"op": "insert", "text": "very "},
    ]
    assert text["html"].startswith("We keep <ins>very </ins>*little*")


@pytest.mark.sqlite_only
def test_the_words_are_those_of_the_language_asked_for(reader: FlaskClient) -> None:
    diff = get_json(reader, f"{SHOP}/diff?from=1&to=2&locale=de")

    (text,) = diff["texts"]
    assert diff["locale"] == "de"
    assert {"op": "insert", "text": "sehr "} in text["ops"]


def test_neighbours_differ_as_it_was_published(reader: FlaskClient) -> None:
    diff = get_json(reader, f"{SHOP}/diff?from=2&to=4")
    entry = get_json(reader, f"{SHOP}/changelog")["items"][1]

    assert (diff["changes"], diff["significance"]) == (entry["changes"], "non_material")


@pytest.mark.sqlite_only
def test_versions_far_apart_are_compared_directly(reader: FlaskClient) -> None:
    diff = get_json(reader, f"{SHOP}/diff?from=1&to=5")

    types = {change["type"] for change in diff["changes"]}
    assert {"section.changed", "contact.changed", "recipient.added"} <= types
    assert diff["significance"] == "material"


@pytest.mark.sqlite_only
def test_a_difference_can_be_read_backwards(reader: FlaskClient) -> None:
    diff = get_json(reader, f"{SHOP}/diff?from=5&to=4")

    assert "recipient.removed" in {change["type"] for change in diff["changes"]}


@pytest.mark.sqlite_only
def test_a_version_does_not_differ_from_itself(reader: FlaskClient) -> None:
    diff = get_json(reader, f"{SHOP}/diff?from=2&to=2")

    assert (diff["changes"], diff["texts"], diff["significance"]) == ([], [], None)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("query", "status"),
    [("from=1&to=9", 404), ("from=1", 400), ("to=1", 400), ("from=0&to=1", 400), ("", 400)],
)
def test_both_versions_must_be_there(reader: FlaskClient, query: str, status: int) -> None:
    assert reader.get(f"{SHOP}/diff?{query}").status_code == status
