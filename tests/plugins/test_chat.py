"""A channel that somebody else wrote, from the command line to the chat room."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from policy_api.testing.receivers import OK, Receiver, raw
from tests.plugins.conftest import Installation
from tests.plugins.test_timeline import write


@pytest.fixture(scope="module")
def switched_on(installation: Installation) -> Installation:
    return installation.naming("chat", "timeline")


def test_what_happens_is_told_in_the_room(switched_on: Installation, tmp_path: Path) -> None:
    with Receiver(raw(OK)) as room:
        target = json.dumps({"url": room.url})
        made = switched_on.run("webhooks", "connect", "chat", target, "--json")
        assert made.returncode == 0, made.stderr
        endpoint = json.loads(made.stdout)
        bundle = write(tmp_path / "bundle", closes="closes early")
        waived = ("--waive", "CHG-002=The hours are no privacy policy.")
        summary = ("--title", "en=Other hours", "--summary", "en=It closes early.")
        published = switched_on.run("publish", bundle, *summary, *waived)
        assert published.returncode == 0, published.stderr

        with switched_on.working():
            until = time.monotonic() + 240
            while not room.requests:
                assert time.monotonic() < until, "Nothing was said."
                time.sleep(0.05)

    # In force at once: it is told when it is published, and when it takes effect.
    assert {request.body for request in room.requests} == {b'{"text":"Other hours (shop)"}'}
    assert (endpoint["channel"], endpoint["state"]) == ("chat", "active")
    listed = switched_on.run("webhooks", "deliveries", endpoint["id"], "--json")
    assert "delivered" in {each["state"] for each in json.loads(listed.stdout)}


@pytest.mark.parametrize(
    ("channel", "target", "message"),
    [
        ("chat", '{"url": ""}', "/target/url"),
        ("chat", '{"url": "https://example.org/", "more": 1}', "/target/more"),
        ("chat", "[]", "It is no JSON object."),
        ("email", "{}", "No plugin brings it."),
        ("pigeon", "{}", "No plugin brings it."),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_its_place(
    switched_on: Installation, channel: str, target: str, message: str
) -> None:
    done = switched_on.run("webhooks", "connect", channel, target)

    assert done.returncode in {1, 2}
    assert message in done.stderr


def test_not_named_it_does_not_exist(installation: Installation) -> None:
    done = installation.run("webhooks", "connect", "chat", '{"url": "https://example.org/"}')

    assert done.returncode == 1
    assert "No plugin brings it." in done.stderr
