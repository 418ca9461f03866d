"""The application as a whole: what holds for every answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.settings import Profile, Settings, SettingsError
from policy_api.web.headers import PAGE_POLICY

pytestmark = pytest.mark.sqlite_only

ANYWHERE = [
    ("GET", "/healthz"),
    ("GET", "/nothing/here"),
    ("POST", "/v1/sites"),
    ("GET", "/v1/sites?x=1"),
    ("GET", "/v1/sites"),
    ("HEAD", "/v1/sites"),
    ("OPTIONS", "/v1/sites"),
    ("GET", "/v1/sites/nowhere"),
    ("GET", "/v1/policies/privacy"),
    ("TRACE", "/v1/sites"),
    ("BREW", "/v1/sites"),
    ("GET", "/docs"),
    ("GET", "/docs/docs.js"),
    ("GET", "/docs/../../etc/passwd"),
    ("GET", "/v1/sites/%00"),
    ("GET", "/v1/sites/%ff%fe"),
    ("GET", "/" + "x" * 5000),
]


def test_making_an_app_asks_nothing_of_the_database() -> None:
    settings = Settings(
        profile=Profile.TESTING, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"
    )

    app = create_app(settings)

    assert app.test_client().get("/healthz").get_json() == {"status": "ok"}


def test_a_database_that_is_gone_is_no_reason_to_tell_secrets() -> None:
    settings = Settings(
        profile=Profile.TESTING, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"
    )
    client = create_app(settings).test_client()

    answers = [client.get(path) for path in ("/v1/sites", "/readyz")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(answer.headers["Retry-After"] == "5" for answer in answers)
    assert all("127.0.0.1" not in answer.text for answer in answers)
    assert all("psycopg" not in answer.text for answer in answers)


@pytest.mark.parametrize(("method", "path"), ANYWHERE)
def test_every_answer_is_guarded(client: FlaskClient, method: str, path: str) -> None:
    headers = client.open(path, method=method).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Cache-Control" in headers
    assert "Set-Cookie" not in headers
    assert "Server" not in headers


@pytest.mark.parametrize(("method", "path"), ANYWHERE)
def test_every_error_is_a_problem_that_is_not_kept(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, method=method)

    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert len(answer.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "/https:/evil.example",
        "//evil.example/..;/v1/sites",
        "/v1//sites",
        "/v1/sites/",
        "/v1/./sites",
        "/docs/",
        "/docs?next=//evil.example",
        "/v1/sites?url=https://evil.example",
        "/javascript:alert(1)",
        "//h\\@evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.open(environ_overrides={"PATH_INFO": path.partition("?")[0]}, path=path)

    assert answer.status_code in {200, 400, 404}
    assert "Location" not in answer.headers
    assert "Refresh" not in answer.headers


def test_scripts_of_any_page_may_read_but_not_with_credentials(client: FlaskClient) -> None:
    answer = client.get("/v1/sites", headers={"Origin": "https://evil.example"})
    missing = client.get("/v1/sites/nowhere", headers={"Origin": "null"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert missing.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_preflight_for_reading_is_allowed(client: FlaskClient) -> None:
    answer = client.options(
        "/v1/sites",
        headers={
            "Origin": "https://any.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )

    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs"])
def test_what_is_for_the_operator_is_not_for_other_pages(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": "https://evil.example"}).headers

    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_another_method_is_refused_with_those_there_are(client: FlaskClient) -> None:
    answer = client.post("/v1/sites")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_no_page_may_run_a_script() -> None:
    assert "script-src" not in PAGE_POLICY


def test_a_proxy_that_is_trusted_tells_of_https(settings: Settings) -> None:
    app = create_app(replace(settings, trusted_proxies=1))
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1, 10.0.0.1"}

    answer = app.test_client().get("/healthz", headers=headers)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_proxy_nobody_named_is_not_believed(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in answer.headers


def test_only_hosts_that_are_named_are_answered(settings: Settings) -> None:
    client = create_app(replace(settings, trusted_hosts=("legal.example.org",))).test_client()

    known = client.get("/healthz", headers={"Host": "legal.example.org"})
    other = client.get("/healthz", headers={"Host": "evil.example"})

    assert (known.status_code, other.status_code) == (200, 400)


def test_a_plugin_that_is_not_installed_stops_the_start(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="No plugin 'timeline' is installed"):
        create_app(replace(settings, plugins=("timeline",)))


def test_registries_are_closed_once_the_app_is_made(app: Flask) -> None:
    assert BLOCK_KINDS.is_frozen


def test_two_apps_in_one_process_share_no_database(settings: Settings, tmp_path: Path) -> None:
    first = create_app(settings)
    second = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/empty.sqlite3"))

    answers = [app.test_client().get("/readyz").status_code for app in (first, second)]
    for app in (first, second):
        with app.app_context():
            db.engine.dispose()

    assert answers == [200, 503]


def test_every_request_has_an_id_of_its_own(client: FlaskClient) -> None:
    ids = {client.get("/healthz").headers["X-Request-Id"] for _ in range(3)}

    assert len(ids) == 3


def test_a_trusted_proxy_may_choose_the_id(settings: Settings) -> None:
    client = create_app(replace(settings, trusted_proxies=1)).test_client()

    given = client.get("/healthz", headers={"X-Request-Id": "proxy-0123456789"})
    absurd = client.get("/healthz", headers={"X-Request-Id": "a b;c"})

    assert given.headers["X-Request-Id"] == "proxy-0123456789"
    assert len(absurd.headers["X-Request-Id"]) == 16
