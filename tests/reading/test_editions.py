"""The edition in force."""

from __future__ import annotations

import orjson
import pytest
from flask.testing import FlaskClient

from policy_api.domain.proof.canonical import digest
from tests.reading.conftest import ReaderAt
from tests.reading.places import FORUM, SHOP, get_json
from tests.reading.published import ANNOUNCED, CORRECTED, EFFECTIVE, FIRST, WITHDRAWN

ADDED_BY_READING = {"status", "superseded_at", "upcoming", "digest", "links"}

ORDER = (
    "site",
    "policy",
    "kind",
    "title",
    "locale",
    "dir",
    "source_locale",
    "authoritative_locale",
    "available_locales",
    "version",
    "material_number",
    "status",
    "published_at",
    "effective_at",
    "superseded_at",
    "change",
    "upcoming",
    "digest",
    "completeness",
    "license",
    "sections",
    "omitted",
    "links",
)


def test_the_edition_in_force_is_served_with_the_members_of_the_contract(
    reader: FlaskClient,
) -> None:
    edition = get_json(reader, SHOP)

    assert tuple(edition) == ORDER
    assert edition["site"] == {
        "key": "shop",
        "name": "Example shop",
        "hosts": ["shop.example.org"],
    }
    assert edition["change"]["kind"] == "correction"
    assert edition["license"] is None


def test_an_announced_version_is_not_yet_in_force(reader: FlaskClient) -> None:
    edition = get_json(reader, SHOP)

    assert (edition["version"], edition["status"]) == (4, "current")
    assert edition["upcoming"] == {
        "version": 5,
        "effective_at": "2026-04-10T00:00:00Z",
        "href": f"{SHOP}/versions/5?locale=en",
    }


def test_an_announced_version_is_in_force_from_its_instant(reader_at: ReaderAt) -> None:
    edition = get_json(reader_at(EFFECTIVE), SHOP)

    assert (edition["version"], edition["status"]) == (5, "current")
    assert edition["upcoming"] is None


def test_a_site_whose_text_is_not_changed_keeps_its_version(reader_at: ReaderAt) -> None:
    reader = reader_at(ANNOUNCED)

    assert get_json(reader, SHOP)["upcoming"]["version"] == 3
    assert get_json(reader, FORUM)["upcoming"] is None


def test_a_withdrawn_version_does_not_come(reader_at: ReaderAt) -> None:
    edition = get_json(reader_at(WITHDRAWN), SHOP)

    assert (edition["version"], edition["upcoming"]) == (5, None)


def test_the_digest_is_that_of_the_content_without_what_reading_adds(
    reader: FlaskClient,
) -> None:
    edition = get_json(reader, SHOP)

    content = {name: value for name, value in edition.items() if name not in ADDED_BY_READING}
    assert digest(content) == edition["digest"]


@pytest.mark.parametrize(
    ("at", "version"),
    [
        ("2026-01-11", 1),
        ("2026-01-10T08:00:00Z", 1),
        ("2026-02-01T07:59:59Z", 1),
        ("2026-02-01T09:00:00%2B01:00", 2),
        ("2026-03-14", 2),
        ("2026-04-09T23:59:59Z", 4),
        ("2026-04-10", 5),
        ("2099-12-31", 5),
    ],
)
def test_an_instant_gives_the_version_in_force_then(
    reader: FlaskClient, at: str, version: int
) -> None:
    edition = get_json(reader, f"{SHOP}?at={at}")

    assert edition["version"] == version


def test_a_version_of_the_past_says_when_it_ended(reader: FlaskClient) -> None:
    edition = get_json(reader, f"{SHOP}?at=2026-01-11")

    assert (edition["status"], edition["superseded_at"]) == ("past", "2026-02-01T08:00:00Z")
    assert edition["links"]["self"] == f"{SHOP}?locale=en&at=2026-01-11T00%3A00%3A00Z"


def test_before_the_first_version_there_is_only_its_date(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}?at=2026-01-10")

    assert answer.status_code == 404
    assert answer.get_json()["begins_at"] == "2026-01-10T08:00:00Z"
    assert answer.headers["Cache-Control"] == "no-store"


def test_links_lead_to_what_they_name(reader: FlaskClient) -> None:
    edition = get_json(reader, f"{SHOP}?locale=de")

    statuses = {
        name: reader.get(path).status_code for name, path in edition["links"].items() if path
    }

    assert set(statuses.values()) == {200}
    assert get_json(reader, edition["links"]["self"]) == edition


def test_the_first_version_has_nothing_before_it(reader_at: ReaderAt) -> None:
    links = get_json(reader_at(FIRST), SHOP)["links"]

    assert (links["previous"], links["diff"]) == (None, None)


@pytest.mark.sqlite_only
def test_the_suffix_json_gives_the_same_bytes(reader: FlaskClient) -> None:
    assert reader.get(SHOP).data == reader.get(f"{SHOP}.json").data


@pytest.mark.sqlite_only
def test_a_fallback_section_is_shown_in_the_source_language(reader: FlaskClient) -> None:
    edition = get_json(reader, f"{SHOP}?locale=de")

    contact = next(each for each in edition["sections"] if each["key"] == "contact")
    assert (contact["translation"], contact["locale"]) == ("fallback", "en")


@pytest.mark.sqlite_only
def test_without_fallback_untranslated_sections_are_left_out_and_named(
    reader: FlaskClient,
) -> None:
    edition = get_json(reader, f"{SHOP}?locale=de&fallback=none")

    assert [section["key"] for section in edition["sections"]] == ["welcome", "recipients"]
    assert edition["omitted"] == ["contact"]
    assert edition["links"]["html"] == f"{SHOP}.html?locale=de&fallback=none"


@pytest.mark.sqlite_only
def test_a_section_left_behind_leads_to_its_old_translation(reader_at: ReaderAt) -> None:
    edition = get_json(reader_at(EFFECTIVE), f"{SHOP}?locale=de")

    recipients = next(each for each in edition["sections"] if each["key"] == "recipients")
    assert recipients["translated_from"] == {
        "version": 4,
        "href": f"{SHOP}/versions/4?locale=de",
    }


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "path",
    [
        "/v1/sites/nowhere/policies/privacy",
        "/v1/sites/shop/policies/cookies",
        f"{SHOP}.pdf",
        f"{SHOP}/",
        "/v1/sites/SHOP/policies/privacy",
        "/v1/sites/sh%6Fp%2f/policies/privacy",
        "/v1/sites/../policies/privacy",
        "/v1//sites/shop/policies/privacy",
        f"/v1/sites/{'x' * 64}/policies/privacy",
        "/v1/sites/-shop/policies/privacy",
    ],
)
def test_what_is_not_there_is_a_problem(reader: FlaskClient, path: str) -> None:
    answer = reader.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.sqlite_only
def test_a_section_stands_alone_in_the_frame_of_its_edition(reader: FlaskClient) -> None:
    edition = get_json(reader, f"{SHOP}?locale=de")
    part = get_json(reader, f"{SHOP}/sections/recipients?locale=de")

    assert part["section"] == edition["sections"][1]
    assert part["digest"] == edition["digest"]
    assert part["links"]["edition"] == edition["links"]["self"]
    assert get_json(reader, part["links"]["self"]) == part


@pytest.mark.sqlite_only
def test_a_section_of_the_past_is_found_by_instant(reader: FlaskClient) -> None:
    part = get_json(reader, f"{SHOP}/sections/welcome?at=2026-01-11")

    assert part["section"]["blocks"][0]["markdown"] == "We keep *little* at Example shop."


@pytest.mark.sqlite_only
def test_a_table_stands_alone(reader: FlaskClient) -> None:
    part = get_json(reader, f"{SHOP}/tables/services")

    assert [row["key"] for row in part["table"]["rows"]] == ["hosting", "payments"]
    assert part["section"] == {"key": "recipients", "locale": "en", "translation": "source"}


@pytest.mark.sqlite_only
def test_a_table_as_csv_holds_no_formula(reader_at: ReaderAt) -> None:
    answer = reader_at(EFFECTIVE).get(f"{SHOP}/tables/services.csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "\r\n'=Carrier; Germany,Delivers parcels." in answer.text


@pytest.mark.sqlite_only
@pytest.mark.parametrize("part", ["sections/nothing", "tables/nothing", "tables/nothing.csv"])
def test_a_part_that_is_not_there_is_a_problem(reader: FlaskClient, part: str) -> None:
    assert reader.get(f"{SHOP}/{part}").status_code == 404


@pytest.mark.sqlite_only
def test_linked_data_is_a_graph_of_the_same_version(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}.jsonld")

    notice = orjson.loads(answer.data)["@graph"][0]
    assert answer.mimetype == "application/ld+json"
    assert notice["schema:version"] == "4"


@pytest.mark.sqlite_only
def test_markdown_is_text_in_the_language_asked_for(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}.md?locale=de")

    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Datenschutz\n")


@pytest.mark.sqlite_only
def test_reading_at_another_instant_is_the_same_as_the_clock_there(
    reader_at: ReaderAt,
) -> None:
    by_parameter = get_json(reader_at(CORRECTED), f"{SHOP}?at=2026-04-10")
    by_clock = get_json(reader_at(EFFECTIVE), SHOP)

    changing = {"status", "links"}
    assert {k: v for k, v in by_parameter.items() if k not in changing} == {
        k: v for k, v in by_clock.items() if k not in changing
    }


@pytest.mark.parametrize("form", ["", ".html", ".md", ".jsonld", "/sections/recipients"])
def test_no_form_of_an_edition_changes_what_others_are_made_of(
    reader_at: ReaderAt, form: str
) -> None:
    reader = reader_at(CORRECTED, answer_cache_mib=0)
    before = reader.get(f"{SHOP}?locale=de").data
    reader.get(f"{SHOP}{form}?locale=de&fallback=none")

    assert reader.get(f"{SHOP}?locale=de").data == before
