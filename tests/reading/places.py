"""Addresses that tests read."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

SHOP = "/v1/sites/shop/policies/privacy"
FORUM = "/v1/sites/forum/policies/privacy"

EVERY_JSON = (
    "/v1/sites",
    "/v1/sites/shop",
    "/v1/resolve?host=shop.example.org",
    "/v1/sites/shop/policies",
    SHOP,
    f"{SHOP}.json",
    f"{SHOP}/sections/welcome",
    f"{SHOP}/tables/services",
    f"{SHOP}/versions",
    f"{SHOP}/versions/1",
    f"{SHOP}/versions/1.json",
    f"{SHOP}/versions/current",
    f"{SHOP}/versions/upcoming",
    f"{SHOP}/versions/1/proof",
    f"{SHOP}/changelog",
    f"{SHOP}/diff?from=1&to=2",
    f"{SHOP}/status?seen=1",
    f"{SHOP}/translations",
    "/v1/changes",
    "/v1/openapi.json",
    "/.well-known/policy-api-keys.json",
)
EVERY_OTHER = (
    f"{SHOP}.html",
    f"{SHOP}.html?fragment=1",
    f"{SHOP}.md",
    f"{SHOP}.jsonld",
    f"{SHOP}/versions/1.html",
    f"{SHOP}/versions/1.md",
    f"{SHOP}/versions/1.jsonld",
    f"{SHOP}/tables/services.csv",
    f"{SHOP}/feed.atom",
    f"{SHOP}/feed.json",
    "/v1/assets/page.css",
)
EVERY_PUBLIC = EVERY_JSON + EVERY_OTHER
"""One address of every resource that anyone may read and cache."""


def get_json(reader: FlaskClient, path: str, **headers: str) -> Any:  # noqa: ANN401 -- JSON
    answer = reader.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()
