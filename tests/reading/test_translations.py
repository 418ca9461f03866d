"""How complete the languages are."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.reading.places import FORUM, SHOP, get_json


def test_every_language_tells_how_complete_it_is(reader: FlaskClient) -> None:
    document = get_json(reader, f"{SHOP}/translations")

    german = next(item for item in document["items"] if item["locale"] == "de")
    assert (document["version"], document["source_locale"]) == (4, "en")
    assert german == {
        "locale": "de",
        "dir": "ltr",
        "units": 8,
        "current": 7,
        "outdated": 0,
        "missing": 1,
        "completeness": 0.875,
        "href": f"{SHOP}?locale=de",
    }


def test_the_source_language_is_complete(reader: FlaskClient) -> None:
    (english,) = get_json(reader, f"{FORUM}/translations")["items"]

    assert (english["missing"], english["completeness"]) == (0, 1.0)
