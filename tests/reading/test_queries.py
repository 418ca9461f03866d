"""Query parameters: what is understood, and that everything else is refused."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.places import EVERY_PUBLIC, SHOP

pytestmark = pytest.mark.sqlite_only

NO_PAGES = [path for path in EVERY_PUBLIC if ".html" not in path]


def with_parameter(path: str, parameter: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{parameter}"


@pytest.mark.parametrize("path", NO_PAGES)
def test_an_unknown_parameter_is_refused_everywhere(reader: FlaskClient, path: str) -> None:
    answer = reader.get(with_parameter(path, "callback=x"))

    problem = answer.get_json()
    assert answer.status_code == 400
    assert problem["type"] == "urn:problem-type:policy-api:bad-query"
    assert problem["errors"] == [{"parameter": "callback", "detail": "Unknown field."}]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", NO_PAGES)
def test_a_repeated_parameter_is_refused_everywhere(reader: FlaskClient, path: str) -> None:
    answer = reader.get(with_parameter(path, "locale=de&locale=de"))

    assert answer.status_code == 400
    assert {"parameter": "locale", "detail": "Give it once."} in answer.get_json()["errors"]


def test_everything_that_is_wrong_is_said_at_once(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}?locale=de&locale=de&at=now&callback=x")

    named = [error["parameter"] for error in answer.get_json()["errors"]]
    assert sorted(named) == ["at", "callback", "locale"]


@pytest.mark.parametrize(
    "query",
    [
        "locale=",
        "locale=e",
        "locale=en_US",
        "locale=en-",
        "locale=-en",
        "locale=en--US",
        "locale=en-aaaaaaaaa",
        "locale=de-DE-1901-1901",
        "locale=x-private",
        "locale=i-klingon",
        "locale=zh-Hant-Hans",
        "locale=%D0%B5n",
        "locale=en%00",
        "locale=en%0A",
        "locale=..%2F..%2Fetc%2Fpasswd",
        "locale=*",
        "locale=%FF",
        f"locale={'x' * 9000}",
        "locale[]=de",
        "locale[$ne]=de",
        "LOCALE=de",
        "at=",
        "at=now",
        "at=2026-02-29",
        "at=2026-04-31T00:00:00Z",
        "at=2026-06-30T23:59:60Z",
        "at=2026-01-01T24:00:00Z",
        "at=2026-01-01T00:00:00",
        "at=2026-01-01T00:00:00+01:00",
        "at=2026-01-01 00:00:00Z",
        "at=9999-12-31T23:59:59-23:59",
        "at=0001-01-01",
        "at=1989-12-31",
        "at=1767225600",
        "at=1e20",
        "at=2026-W01",
        "at=%D9%A2026-01-01",
        "fallback=yes",
        "fallback=",
        "token=x",
        "%00=x",
        "=x",
        "a" * 200,
    ],
)
def test_a_value_that_cannot_be_read_is_refused(reader: FlaskClient, query: str) -> None:
    answer = reader.get(f"{SHOP}?{query}")

    assert answer.status_code == 400
    assert answer.get_json()["errors"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("versions", "limit=0"),
        ("versions", "limit=101"),
        ("versions", "limit=-1"),
        ("versions", "limit=1.5"),
        ("versions", "limit=%201"),
        ("versions", "limit=1_0"),
        ("versions", "limit=%D9%A1"),
        ("versions", "limit=true"),
        ("versions", "limit=1e1"),
        ("versions", "limit="),
        ("versions", "limit=99999999999999999999"),
        ("versions", "before=0"),
        ("versions", "before=x"),
        ("status", "seen=-1"),
        ("status", "seen=abc"),
        ("feed.atom", "before=1"),
        ("diff", "from=1&to=2&from=3"),
        ("versions/1/proof", "after=0"),
        ("versions/1", "at=2026-01-01"),
    ],
)
def test_a_number_is_digits_in_its_range(reader: FlaskClient, path: str, query: str) -> None:
    assert reader.get(f"{SHOP}/{path}?{query}").status_code == 400


def test_an_empty_query_is_no_query(reader: FlaskClient) -> None:
    assert reader.get(f"{SHOP}?").data == reader.get(SHOP).data


def test_the_problem_names_what_would_be_understood(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}?lang=de")

    assert "Known parameters: locale, fallback, at." in answer.get_json()["detail"]


def test_a_refusal_repeats_nothing_that_could_run(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}?locale=<script>alert(1)</script>")

    assert answer.mimetype == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
