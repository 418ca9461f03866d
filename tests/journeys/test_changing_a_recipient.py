"""An author moves one recipient to another country and publishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import orjson
import time_machine
from click.testing import Result
from flask.testing import FlaskClient

from tests.journeys.conftest import LOADED_AT, Get

SITES = ("main", "demo", "forum", "developer", "shop", "plugins", "ios", "issues", "glossary")
SHOWING = {"main", "shop", "plugins"}
"""Sites that show the payment services."""

Command = Callable[..., Result]


def answers(reader: FlaskClient) -> dict[str, tuple[bytes, str]]:
    found = {}
    for site in SITES:
        answer = reader.get(f"/v1/sites/{site}/policies/privacy?locale=en")
        found[site] = (answer.data, answer.headers["ETag"])
    return found


def publish_move(command: Command, folder: Path) -> dict[str, object]:
    """Export, move the payment services to Canada, publish."""
    bundle = folder / "bundle"
    assert command("export", bundle).exit_code == 0
    table = bundle / "policies/privacy/tables/third-party-services.yaml"
    text = table.read_text()
    row = text[text.index("key: payments") :]
    table.write_text(text.replace(row, row.replace("country: US", "country: CA", 1)))
    with time_machine.travel(LOADED_AT, tick=False):
        done = command(
            "publish",
            bundle,
            "--summary",
            "en=Payments are handled in Canada.",
            "--effective-at",
            "2026-04-01T00:00:00Z",
            "--json",
        )
    assert done.exit_code == 0, done.output
    published: dict[str, object] = orjson.loads(done.stdout)
    return published


def test_only_the_sites_that_show_it_get_a_version(
    command: Command, reader: FlaskClient, tmp_path: Path
) -> None:
    before = answers(reader)

    published = publish_move(command, tmp_path)

    versions = published["versions"]
    assert isinstance(versions, list)
    assert {version["site"] for version in versions} == SHOWING
    after = answers(reader)
    # Where something else is announced already, that is what readers are pointed to.
    assert {site for site in SITES if before[site] != after[site]} == {"shop"}


def test_once_it_takes_effect_only_those_sites_read_differently(
    command: Command, reader: FlaskClient, tmp_path: Path
) -> None:
    effective = LOADED_AT + timedelta(days=31)
    with time_machine.travel(effective, tick=False):
        before = answers(reader)

    publish_move(command, tmp_path)

    with time_machine.travel(effective, tick=False):
        after = answers(reader)
    assert {site for site in SITES if before[site] != after[site]} == SHOWING


def test_changelog_diff_and_feed_say_what_happened(
    command: Command, reader: FlaskClient, get: Get, tmp_path: Path
) -> None:
    publish_move(command, tmp_path)

    entry = get("/sites/shop/policies/privacy/changelog")["items"][0]
    assert [change["type"] for change in entry["changes"]] == ["recipient.location_changed"]
    number = entry["version"]
    diff = get("/sites/shop/policies/privacy/diff", **{"from": str(number - 1), "to": str(number)})
    assert [change["type"] for change in diff["changes"]] == ["recipient.location_changed"]
    feed = reader.get("/v1/sites/shop/policies/privacy/feed.json?locale=en").get_json()
    assert "recipient.location_changed" in orjson.dumps(feed["items"][0]).decode()


def test_other_sites_feeds_stay_as_they_were(
    command: Command, reader: FlaskClient, tmp_path: Path
) -> None:
    before = reader.get("/v1/sites/ios/policies/privacy/feed.atom").data

    publish_move(command, tmp_path)

    assert reader.get("/v1/sites/ios/policies/privacy/feed.atom").data == before


def test_the_event_log_tells_it_once(command: Command, get: Get, tmp_path: Path) -> None:
    last = get("/changes", after="0", limit="100")["items"][-1]["sequence"]

    publish_move(command, tmp_path)

    events = get("/changes", after=str(last))["items"]
    assert [event["type"] for event in events] == ["policy.published"]
    assert {row["site"] for row in events[0]["data"]["sites"]} == SHOWING


def test_publishing_the_same_bundle_again_is_refused(command: Command, tmp_path: Path) -> None:
    publish_move(command, tmp_path)

    again = command("publish", tmp_path / "bundle")

    assert again.exit_code == 3
    assert "nothing to publish" in again.stderr
