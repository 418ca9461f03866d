"""Tokens and the audit log on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from policy_api.cli import main
from policy_api.domain.entries.bundle import write_bundle
from tests.access.people import Person, Someone
from tests.domain.sources import edited, source

Run = Callable[..., Result]
NEW = ("token", "create", "--holder", "Ada", "--by", "root", "--scope")


@pytest.fixture
def run(app: Flask, someone: Someone) -> Run:
    """Return a function that runs a command on a database with one release."""

    def command(*arguments: object) -> Result:
        info = ScriptInfo(create_app=lambda: app)
        return CliRunner().invoke(main, [str(part) for part in arguments], obj=info)

    return command


def test_the_first_token_comes_from_the_command_line(run: Run, app: Flask) -> None:
    made = json.loads(run(*NEW, "*:*", "--json").output)

    ada = Person(client=app.test_client(), token=made["token"], token_id=made["id"])

    assert ada.get("/whoami").get_json()["holder"] == "Ada"
    assert ada.get("/audit").get_json()["items"][0]["actor"] == "root"


def test_people_see_the_token_alone_on_the_first_line(run: Run) -> None:
    lines = run(*NEW, "shop:write").output.splitlines()

    assert lines[0].startswith("ppl_test_")
    assert " " not in lines[0]


@pytest.mark.parametrize("scope", ["write", "shop:fly", "*"])
def test_a_scope_that_is_none_is_refused(run: Run, scope: str) -> None:
    assert run(*NEW, scope).exit_code == 2


def test_a_site_that_does_not_exist_gets_no_token(run: Run) -> None:
    refused = run(*NEW, "shoop:write")

    assert refused.exit_code == 1
    assert "There is no site 'shoop'" in refused.output


def test_a_token_is_revoked_by_its_id(run: Run, app: Flask) -> None:
    made = json.loads(run(*NEW, "*:*", "--json").output)

    revoked = run("token", "revoke", made["id"], "--by", "root")

    ada = Person(client=app.test_client(), token=made["token"], token_id=made["id"])
    assert revoked.exit_code == 0
    assert ada.get("/whoami").status_code == 401
    assert made["id"] in run("token", "list").output
    assert run("token", "revoke", "nothing").exit_code == 1


def test_what_the_command_line_does_is_in_the_audit_log(run: Run, tmp_path: Path) -> None:
    write_bundle(source(edited("sites/shop", name="Shop!")), tmp_path / "shop")
    write_bundle(source(edited("sites/shop", name="Shop?")), tmp_path / "again")

    run("import", tmp_path / "shop", "--by", "Ada")
    published = run("publish", "--draft", 1, "--by", "Bob", "--summary", "x")
    later = ("--significance", "material", "--summary", "x", "--by", "Bob")
    run("publish", tmp_path / "again", *later, "--effective-at", "2026-06-01")
    run("withdraw", 3, "--by", "Eve")

    rows = json.loads(run("audit", "--json").output)
    assert published.exit_code == 0, published.output
    assert [(row["actor"], row["action"], row["object"]) for row in reversed(rows)] == [
        ("Ada", "draft.import", "drafts/1"),
        ("Bob", "release.publish", "releases/2"),
        ("Bob", "release.publish", "releases/3"),
        ("Eve", "release.withdraw", "releases/3"),
    ]
    assert {row["token_id"] for row in rows} == {None}
    assert run("audit", "--verify").output == "Every line fits.\n"


def test_the_command_line_goes_through_the_gate(run: Run, tmp_path: Path) -> None:
    site = edited("sites/shop", hosts=["forum.example.org"])
    write_bundle(source(site), tmp_path / "bad")

    refused = run("publish", tmp_path / "bad", "--summary", "x")
    told = run("publish", tmp_path / "bad", "--summary", "x", "--json")

    assert refused.exit_code == told.exit_code == 1
    assert "source (cannot be waived)" in refused.output
    assert json.loads(told.output)["findings"][0]["rule"] == "source"
