"""Headers that protect whoever reads, on every public answer in every manner of asking."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.places import EVERY_PUBLIC


@pytest.mark.sqlite_only
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "304", "DELETE"])
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_every_public_answer_is_guarded_and_readable_by_scripts(
    reader: FlaskClient, path: str, method: str
) -> None:
    tag = reader.get(path).headers["ETag"]
    is_repeat = method == "304"

    answer = reader.open(
        path,
        method="GET" if is_repeat else method,
        headers={"If-None-Match": tag} if is_repeat else {"Origin": "https://elsewhere.example"},
    )

    expected = {"GET": 200, "HEAD": 200, "OPTIONS": 200, "304": 304, "DELETE": 405}[method]
    assert answer.status_code == expected
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    if method != "DELETE":
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in headers
    assert {"GET", "HEAD", "OPTIONS"} <= {
        *(headers.get("Allow") or "GET, HEAD, OPTIONS").split(", ")
    }
