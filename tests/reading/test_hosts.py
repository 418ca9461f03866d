"""Each resource of a site by the host alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.reading.conftest import ReaderAt
from tests.reading.places import EVERY_PUBLIC, SHOP
from tests.reading.published import CORRECTED

SITE = "/v1/sites/shop"
OF_SITE = [path for path in EVERY_PUBLIC if path.startswith(f"{SITE}/")]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", OF_SITE)
def test_a_host_gives_the_same_bytes_as_the_key_of_its_site(reader: FlaskClient, path: str) -> None:
    by_key = reader.get(path)
    by_host = reader.get(path.replace(SITE, "/v1"), headers={"Host": "shop.example.org"})

    assert (by_host.status_code, by_host.data) == (200, by_key.data)
    assert by_host.headers["ETag"] == by_key.headers["ETag"]
    assert by_host.headers["Content-Location"] == path


def test_every_host_has_its_own_text(reader: FlaskClient) -> None:
    sites = [
        reader.get("/v1/policies/privacy", headers={"Host": host}).get_json()["site"]["key"]
        for host in ("shop.example.org", "forum.example.org", "example.org")
    ]

    assert sites == ["shop", "forum", "main"]


@pytest.mark.sqlite_only
def test_the_canonical_address_carries_what_was_asked_for(reader: FlaskClient) -> None:
    answer = reader.get(
        "/v1/policies/privacy.html?utm_source=mail&locale=de-at",
        headers={"Host": "shop.example.org"},
    )

    location = answer.headers["Content-Location"]
    assert location == f"{SHOP}.html?locale=de-at"
    assert reader.get(location).data == answer.data


@pytest.mark.sqlite_only
def test_a_version_by_host_is_not_immutable_because_hosts_move(reader: FlaskClient) -> None:
    answer = reader.get("/v1/policies/privacy/versions/1", headers={"Host": "shop.example.org"})

    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"


@pytest.mark.sqlite_only
def test_a_repeat_by_host_is_not_sent_again(reader: FlaskClient) -> None:
    headers = {"Host": "shop.example.org"}
    tag = reader.get("/v1/policies/privacy", headers=headers).headers["ETag"]

    answer = reader.get("/v1/policies/privacy", headers=headers | {"If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Content-Location"] == SHOP


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("host", "status", "site"),
    [
        ("shop.example.org", 200, "shop"),
        ("SHOP.Example.ORG", 200, "shop"),
        ("shop.example.org.", 200, "shop"),
        ("shop.example.org:80", 200, "shop"),
        ("shop.example.org.:8443", 200, "shop"),
        ("xn--frum-qqa.example", 200, "forum"),
        ("XN--FRUM-QQA.example", 200, "forum"),
        ("f\u00f3rum.example".encode().decode("latin-1"), 200, "forum"),
        ("example.org", 200, "main"),
        ("www.example.org", 404, None),
        ("shop.example.org.evil.example", 404, None),
        ("evil.example", 404, None),
        ("evilshop.example.org", 404, None),
        ("shop.example", 404, None),
        ("localhost", 404, None),
        ("127.0.0.1", 404, None),
        ("shop.example.org..", 400, None),
        ("shop..example.org", 400, None),
        (".shop.example.org", 400, None),
        ("shop.example.org:99999", 400, None),
        ("shop.example.org:http", 400, None),
        ("shop.example.org:80:80", 400, None),
        ("user@shop.example.org", 400, None),
        ("shop.example.org@evil.example", 400, None),
        ("shop.example.org, evil.example", 400, None),
        ("shop.example.org,evil.example", 400, None),
        ("shop.example.org evil.example", 400, None),
        ("shop.example.org/v1", 400, None),
        ("shop.example.org?x", 400, None),
        ("shop.example.org#x", 400, None),
        ("shop_example.org", 400, None),
        ("-shop.example.org", 400, None),
        ("shop.example.org%00", 400, None),
        ("[::1]", 400, None),
        ("\xff\xfe", 400, None),
        ("", 400, None),
        ("x" * 300, 400, None),
    ],
)
def test_a_host_is_compared_as_a_whole_in_one_spelling(
    reader: FlaskClient, host: str, status: int, site: str | None
) -> None:
    answer = reader.get("/v1/policies/privacy", environ_overrides={"HTTP_HOST": host})

    served = answer.get_json().get("site")
    assert (answer.status_code, served and served["key"]) == (status, site)
    assert (answer.headers["Cache-Control"] == "no-store") is (status != 200)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "forwarded",
    [
        {"X-Forwarded-Host": "forum.example.org"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-Port": "81"},
        {"Forwarded": "host=forum.example.org;proto=https"},
        {"X-Original-URL": "/v1/sites/forum/policies/privacy"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Request-Id": "chosen-by-a-stranger"},
        {"Script-Name": "/evil"},
    ],
)
def test_what_a_stranger_forwards_changes_nothing(
    reader: FlaskClient, forwarded: dict[str, str]
) -> None:
    headers = {"Host": "shop.example.org"}

    plain = reader.get("/v1/policies/privacy", headers=headers)
    told = reader.get("/v1/policies/privacy", headers=headers | forwarded)

    assert (told.data, dict(told.headers)) == (plain.data, dict(plain.headers))


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("chosen", "forwarded", "status", "site"),
    [
        ({"trusted_proxies": 1}, "forum.example.org", 200, "shop"),
        ({"trusted_proxies": 1, "trust_forwarded_host": True}, "forum.example.org", 200, "forum"),
        ({"trusted_proxies": 1, "trust_forwarded_host": True}, "Forum.Example.org.", 200, "forum"),
        ({"trusted_proxies": 1, "trust_forwarded_host": True}, None, 200, "shop"),
        ({"trusted_proxies": 1, "trust_forwarded_host": True}, "evil.example", 404, None),
        ({"trusted_proxies": 1, "trust_forwarded_host": True}, "user@forum.example.org", 400, None),
        # Only what the nearest proxy wrote counts, not what it was handed.
        (
            {"trusted_proxies": 1, "trust_forwarded_host": True},
            "evil.example, forum.example.org",
            200,
            "forum",
        ),
        (
            {"trusted_proxies": 2, "trust_forwarded_host": True},
            "forum.example.org, proxy.internal",
            200,
            "forum",
        ),
    ],
)
def test_a_forwarded_host_counts_only_where_the_operator_says_so(
    reader_at: ReaderAt,
    chosen: dict[str, Any],
    forwarded: str | None,
    status: int,
    site: str | None,
) -> None:
    headers = {"Host": "shop.example.org"} | (
        {} if forwarded is None else {"X-Forwarded-Host": forwarded}
    )

    answer = reader_at(CORRECTED, **chosen).get("/v1/policies/privacy", headers=headers)

    served = answer.get_json().get("site")
    assert (answer.status_code, served and served["key"]) == (status, site)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000", "user@host", ""])
def test_canonical_addresses_do_not_look_at_the_host(reader: FlaskClient, host: str) -> None:
    plain = reader.get(SHOP)

    answer = reader.get(SHOP, environ_overrides={"HTTP_HOST": host})

    assert (answer.status_code, answer.data) == (200, plain.data)
