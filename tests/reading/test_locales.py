"""Which language a reader gets, and that the answer says so."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from policy_api.reading.resolve import Wish
from tests.reading.places import EVERY_JSON, FORUM, SHOP, get_json

SOME = ("en", "de", "es-419", "zh-Hant", "pt-BR", "nb", "en-GB")


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE-at", "de"),
        ("es-MX", "es-419"),
        ("zh-TW", "zh-Hant"),
        ("zh", "en"),
        ("en-CH", "en"),
        ("no", "nb"),
        ("fr", "en"),
        ("ht", "en"),
    ],
)
def test_a_locale_finds_the_nearest_one_there_is(wanted: str, served: str) -> None:
    language = Wish(locale=wanted).among(SOME, default="en")

    assert (language.locale, language.negotiated) == (served, False)


@pytest.mark.parametrize(
    ("header", "served"),
    [
        ("", "en"),
        ("de", "de"),
        ("fr, de;q=0.5", "de"),
        ("en;q=0.1, de;q=0.9", "de"),
        ("de;q=0, *", "en"),
        ("*", "en"),
        ("fr;q=1, *;q=0.5", "en"),
        ("de-DE-u-co-phonebk", "de"),
        (";;;,,q=", "en"),
        ("de" * 5000, "en"),
        (",".join(f"x{number}" for number in range(900)), "en"),
    ],
)
def test_a_header_is_never_a_reason_to_fail(header: str, served: str) -> None:
    language = Wish(locale=None, header=header).among(SOME, default="en")

    assert (language.locale, language.negotiated) == (served, True)


@pytest.mark.sqlite_only
def test_only_a_negotiated_answer_varies_by_language(reader: FlaskClient) -> None:
    negotiated = reader.get(SHOP, headers={"Accept-Language": "de-CH"})
    chosen = reader.get(f"{SHOP}?locale=de-CH", headers={"Accept-Language": "en"})

    assert negotiated.headers["Vary"] == "Accept-Encoding, Accept-Language"
    assert chosen.headers["Vary"] == "Accept-Encoding"
    assert negotiated.data == chosen.data
    assert negotiated.headers["Content-Language"] == chosen.headers["Content-Language"] == "de"


@pytest.mark.sqlite_only
def test_a_site_without_the_language_answers_in_its_own(reader: FlaskClient) -> None:
    edition = get_json(reader, f"{FORUM}?locale=de")

    assert (edition["locale"], edition["available_locales"]) == ("en", ["en"])


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_JSON)
def test_an_answer_in_a_language_names_it(reader: FlaskClient, path: str) -> None:
    german = reader.get(path, headers={"Accept-Language": "de"})
    english = reader.get(path, headers={"Accept-Language": "en"})

    is_negotiated = "Accept-Language" in german.headers["Vary"]
    assert (german.headers.get("Content-Language") == "de") is is_negotiated
    assert is_negotiated or german.data == english.data


@pytest.mark.sqlite_only
def test_codes_are_labelled_in_the_language_asked_for(reader: FlaskClient) -> None:
    table = get_json(reader, f"{SHOP}/tables/services?locale=de")["table"]

    assert table["columns"][0] == {"key": "recipient", "label": "Empfänger"}
