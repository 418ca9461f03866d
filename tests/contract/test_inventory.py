"""Every address that needs no token, as a list: a new one is noticed here."""

from __future__ import annotations

import pytest
from flask import Flask

from policy_api.access.doors import access_of

OF_A_POLICY = (
    "",
    ".<any(json,md,jsonld):form>",
    ".html",
    "/changelog",
    "/diff",
    "/feed.atom",
    "/feed.json",
    "/sections/<key:section>",
    "/status",
    "/tables/<key:table>",
    "/tables/<key:table>.csv",
    "/translations",
    "/versions",
    "/versions/<version:version>",
    "/versions/<version:version>.<any(json,md,jsonld):form>",
    "/versions/<version:version>.html",
    "/versions/<version:version>/proof",
)
OF_A_SITE = ("/policies", *(f"/policies/<key:policy>{part}" for part in OF_A_POLICY))
READING = {
    "/.well-known/policy-api-keys.json",
    "/docs",
    "/docs/<name>",
    "/healthz",
    "/metrics",
    "/readyz",
    "/v1/assets/page.css",
    "/v1/changes",
    "/v1/openapi.json",
    "/v1/resolve",
    "/v1/sites",
    "/v1/sites/<key:site>",
    *(f"{prefix}{part}" for prefix in ("/v1", "/v1/sites/<key:site>") for part in OF_A_SITE),
}
WRITING = {
    ("POST", "/v1/token-leaks"),
    ("POST", "/v1/subscriptions"),
    ("GET", "/v1/subscriptions/<token>/confirm"),
    ("POST", "/v1/subscriptions/<token>/confirm"),
    ("GET", "/v1/subscriptions/<token>/unsubscribe"),
    ("POST", "/v1/subscriptions/<token>/unsubscribe"),
    ("GET", "/v1/subscriptions/page.css"),
}


@pytest.mark.sqlite_only
def test_nothing_is_open_that_is_not_on_the_list(app: Flask) -> None:
    opened = set()
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is None or access.needs_token:
            continue
        opened |= {(method, rule.rule) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}

    assert opened == {*(("GET", path) for path in READING), *WRITING}


@pytest.mark.sqlite_only
def test_nothing_of_a_debugger_is_there(app: Flask) -> None:
    client = app.test_client()

    assert not app.debug
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=style.css", "/static/x", "/.env"):
        assert client.get(path).status_code == 404
