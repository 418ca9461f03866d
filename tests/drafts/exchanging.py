"""Files of translations, fetched and sent over HTTP."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.test import TestResponse

from tests.access.people import Person

XLIFF, PO = "application/xliff+xml", "text/x-gettext-translation"
TAKE_BACK: Final = "/import/translations"


def exported(person: Person, path: str = "/export/xliff", **query: str) -> bytes:
    """Return a German file, unless something else is asked for."""
    asked = {"policy": "privacy", "locale": "de", **query}
    mark = "&" if "?" in path else "?"
    pairs = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = person.get(f"{path}{mark}{pairs}")
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def sent(
    person: Person, raw: bytes, kind: str = XLIFF, query: str = "", **headers: str
) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.send("POST", f"{TAKE_BACK}{query}", data=raw, content_type=kind, headers=named)


def greeting(person: Person, words: str = "Grüß Gott", **query: str) -> bytes:
    """Return a file in which somebody changed one heading."""
    return exported(person, **query).replace(b"Willkommen", words.encode())


def drafts(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/drafts").get_json()["items"]
    return found
