"""Archives of feeds (RFC 5005) among exported files: a reader without a server misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from flask import Flask

from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.reading.export import export, file_name
from policy_api.settings import Settings
from tests.access.people import published
from tests.domain.sources import edited, source

pytestmark = pytest.mark.sqlite_only
ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/v1/sites/shop/policies/privacy/feed"
VERSIONS = 53
"""As many as fill an archive twice, and more than the feed itself holds."""

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(params=["", "https://legal.example.org"], ids=["relative", "absolute"])
def app(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Yield the program with a long history, its addresses relative or absolute."""
    made = create_app(replace(settings, origin=request.param))
    with time_machine.travel(NOW, tick=False):
        for number in range(VERSIONS):
            contact = edited("contacts/dpo", email=f"dpo{number}@example.org")
            published(made, settings, source(contact), now=NOW)
        yield made
    with made.app_context():
        db.engine.dispose()


def test_every_entry_is_found_by_following_the_feeds_links(app: Flask, tmp_path: Path) -> None:
    origin = app.extensions["policy-api"].settings.origin
    export(app, tmp_path, sites=["shop"])

    for suffix, reading in ((".atom", atom), (".json", json_feed)):
        found: list[str] = []
        address = f"{FEED}{suffix}?locale=de"
        while address:
            entries, address = reading(tmp_path / "current" / file_name(address))
            address = address.removeprefix(origin)
            found += entries
        assert len(found) == len(set(found)) == VERSIONS


def atom(file: Path) -> tuple[list[str], str]:
    """Return the ids in a document, and where the one before it is."""
    feed = fromstring(file.read_bytes())
    before = [
        link.attrib["href"]
        for link in feed.findall(f"{ATOM}link")
        if link.attrib["rel"] == "prev-archive"
    ]
    return [str(each.text) for each in feed.findall(f"{ATOM}entry/{ATOM}id")], "".join(before)


def json_feed(file: Path) -> tuple[list[str], str]:
    told = orjson.loads(file.read_bytes())
    return [item["id"] for item in told["items"]], told.get("next_url", "")
