"""Webhook endpoints on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from policy_api.access import queries as access
from policy_api.cli import main
from tests.notification.test_webhook_api import URL, activate, happen

Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask) -> Command:
    def run(*arguments: object) -> Result:
        info = ScriptInfo(create_app=lambda: app)
        words = ["webhooks", *(str(part) for part in arguments)]
        return CliRunner().invoke(main, words, obj=info)

    return run


def told(result: Result) -> Any:  # noqa: ANN401 -- JSON
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def test_an_endpoint_lives_from_create_to_delete(command: Command, session: Session) -> None:
    made = told(command("create", URL, "--site", "shop", "--by", "me", "--json"))
    name = made["id"]
    activate(session, name)
    for _ in range(2):
        happen(session)

    assert made["secret"].startswith("whsec_")
    assert told(command("show", name, "--json"))["filter"]["sites"] == ["shop"]
    assert [each["id"] for each in told(command("list", "--json"))] == [name]
    assert told(command("test", name, "--json"))["webhook_id"].startswith("msg_")
    assert told(command("replay", name, "--since-sequence", 2, "--json")) == {"deliveries": 1}
    assert told(command("replay", name, "--json")) == {"deliveries": 2}
    assert told(command("redeliver", name, "1.1", "--json"))["sequence"] == 1
    assert len(told(command("deliveries", name, "--limit", 2, "--json"))) == 2
    assert told(command("disable", name, "--json"))["state"] == "disabled"
    assert told(command("enable", name, "--json"))["state"] == "active"
    assert told(command("rotate-secret", name, "--json"))["secret"] != made["secret"]
    assert told(command("delete", name, "--json")) == {"id": name, "deleted": True}
    assert told(command("list", "--json")) == []
    first = list(access.audit(session, limit=50))[-1]
    assert (first.action, first.actor) == ("webhook.create", "me")


def test_people_read_tables_and_lines(command: Command, session: Session) -> None:
    created = command("create", URL, "--description", "For the shop")
    name = created.stdout.split()[0]
    activate(session, name)
    happen(session)

    assert "The secret is not shown again." in created.stdout
    assert "whsec_" not in command("show", name).stdout
    assert "For the shop" in command("list").stdout
    assert "policy.published" in command("deliveries", name).stdout


@pytest.mark.sqlite_only
def test_mistakes_are_told(command: Command) -> None:
    wrong = command("create", "http://127.0.0.1/")
    unknown = command("show", "ep_0")
    both = command("replay", "ep_0", "--since-sequence", 1, "--since", "2026-03-01T08:00:00Z")

    assert (wrong.exit_code, unknown.exit_code, both.exit_code) == (1, 1, 2)
    assert "https://" in wrong.output
    assert "ep_0" in unknown.output
