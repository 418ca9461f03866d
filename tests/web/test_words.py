"""The title of a problem is in the language of whoever asks; everything else stays as it is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

ADDRESS = "/v1/sites/nowhere"


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("asked", "title", "language"),
    [
        ("", "Not found", "en"),
        ("de-AT, en;q=0.5", "Nicht gefunden", "de, en"),
        ("fr", "Introuvable", "fr, en"),
        ("ar", "غير موجود", "ar, en"),
        ("tlh, x-private, *;q=0.1", "Not found", "en"),
    ],
)
def test_a_problem_is_titled_as_the_reader_asks(
    client: FlaskClient, asked: str, title: str, language: str
) -> None:
    answer = client.get(ADDRESS, headers={"Accept-Language": asked})

    problem = answer.get_json()
    assert problem["title"] == title
    assert problem["type"] == "urn:problem-type:policy-api:not-found"
    assert answer.headers["Content-Language"] == language
