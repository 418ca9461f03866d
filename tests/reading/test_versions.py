"""Versions by number and by name, and the list of them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from policy_api.web.conditional import YEAR_SECONDS
from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP, get_json
from tests.reading.published import CORRECTED, EFFECTIVE, REWORDED, WITHDRAWN

CLOCKED = ("status", "superseded_at", "upcoming")


def test_a_version_by_number_is_the_same_bytes_for_ever(reader_at: ReaderAt) -> None:
    early = reader_at(REWORDED).get(f"{SHOP}/versions/2")
    late = reader_at(WITHDRAWN).get(f"{SHOP}/versions/2")

    assert early.headers["Cache-Control"] == f"public, max-age={YEAR_SECONDS}, immutable"
    assert early.headers["Last-Modified"] == "Sun, 01 Feb 2026 08:00:00 GMT"
    assert (early.data, early.headers["ETag"]) == (late.data, late.headers["ETag"])


@pytest.mark.sqlite_only
@pytest.mark.parametrize("suffix", ["", ".json"])
def test_a_version_by_number_says_nothing_the_clock_could_change(
    reader: FlaskClient, suffix: str
) -> None:
    edition = get_json(reader, f"{SHOP}/versions/4{suffix}")

    assert [edition[name] for name in CLOCKED] == [None, None, None]
    assert edition["links"]["self"] == f"{SHOP}/versions/4?locale=en"


def test_current_and_upcoming_follow_the_clock(reader_at: ReaderAt) -> None:
    before = reader_at(CORRECTED)
    numbers = [get_json(before, f"{SHOP}/versions/{name}") for name in ("current", "upcoming")]
    after = get_json(reader_at(EFFECTIVE), f"{SHOP}/versions/current")

    assert [(each["version"], each["status"]) for each in [*numbers, after]] == [
        (4, "current"),
        (5, "upcoming"),
        (5, "current"),
    ]


def test_a_named_version_is_kept_no_longer_than_until_the_switch(reader_at: ReaderAt) -> None:
    answer = reader_at(EFFECTIVE).get(f"{SHOP}/versions/current")

    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"


@pytest.mark.sqlite_only
def test_a_page_of_an_old_version_says_that_it_is_old(reader_at: ReaderAt) -> None:
    answer = reader_at(EFFECTIVE).get(f"{SHOP}/versions/1.html")

    assert "no longer" in answer.text
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("suffix", [".md", ".jsonld"])
def test_a_form_the_program_may_write_differently_one_day_is_not_immutable(
    reader: FlaskClient, suffix: str
) -> None:
    answer = reader.get(f"{SHOP}/versions/1{suffix}")

    assert "immutable" not in answer.headers["Cache-Control"]


def test_the_list_tells_how_every_version_stands(reader_at: ReaderAt) -> None:
    items = get_json(reader_at(WITHDRAWN), f"{SHOP}/versions")["items"]

    assert [(item["version"], item["status"], item["superseded_at"]) for item in items] == [
        (6, "withdrawn", None),
        (5, "current", None),
        (4, "past", "2026-04-10T00:00:00Z"),
        (3, "past", "2026-03-15T08:00:00Z"),
        (2, "past", "2026-03-15T08:00:00Z"),
        (1, "past", "2026-02-01T08:00:00Z"),
    ]


def test_a_withdrawn_version_can_still_be_read(reader_at: ReaderAt) -> None:
    reader = reader_at(WITHDRAWN)

    assert get_json(reader, f"{SHOP}/versions/6")["version"] == 6
    assert "withdrawn" in reader.get(f"{SHOP}/versions/6.html").text


@pytest.mark.sqlite_only
def test_the_list_speaks_the_language_asked_for(reader: FlaskClient) -> None:
    document = get_json(reader, f"{SHOP}/versions?locale=de&limit=1")
    edition = get_json(reader, f"{SHOP}/versions/5?locale=de")

    (item,) = document["items"]
    assert (item["title"], item["summary"], item["locale"]) == (
        "A carrier (de)",
        "A carrier, in short.",
        "en",
    )
    assert item["digest"] == edition["digest"]


def test_pages_of_the_list_join_without_gap_or_repeat(reader: FlaskClient) -> None:
    path: str | None = f"{SHOP}/versions?limit=2&locale=de"
    numbers: list[list[int]] = []

    while path is not None:
        document = get_json(reader, path)
        numbers.append([item["version"] for item in document["items"]])
        path = document["next"]

    assert numbers == [[5, 4], [3, 2], [1]]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("named", ["0", "99", "01", "-1", "1.5", "latest", "9" * 10, "1e3"])
def test_a_version_that_is_not_there_is_a_problem(reader: FlaskClient, named: str) -> None:
    assert reader.get(f"{SHOP}/versions/{named}").status_code == 404


@pytest.mark.sqlite_only
def test_nothing_is_upcoming_where_nothing_is_announced(reader_at: ReaderAt) -> None:
    answer = reader_at(EFFECTIVE).get(f"{SHOP}/versions/upcoming")

    assert answer.status_code == 404
    assert answer.get_json()["detail"].endswith("no announced version.")
