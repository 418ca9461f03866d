"""Whatever a command changes can be rehearsed: ``--dry-run`` does everything and keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from policy_api.backups import back_up
from policy_api.cli import main
from policy_api.resources import data_dir
from tests.access.people import Someone
from tests.notification.test_webhook_api import URL, activate, happen

LOOKING = {
    "audit",
    "check",
    "diff",
    "draft list",
    "draft show",
    "lint",
    "schema",
    "show",
    "sites",
    "token list",
    "translation-progress",
    "verify",
    "versions",
    "webhooks deliveries",
    "webhooks list",
    "webhooks show",
}
"""They change nothing."""

WRITING_WHAT_THEY_ARE_TOLD = {"backup", "export", "export-translations"}
"""They make one file or folder, which is named, and touch nothing else."""

RUNNING = {"listen", "serve", "worker"}
"""They go on until they are stopped."""

OF_NO_CONSEQUENCE = {"pack"}
"""It does sooner what a worker does by itself, and no answer says anything else afterwards."""

Run = Callable[..., Result]


def commands(group: click.Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, found in group.commands.items():
        if isinstance(found, click.Group):
            yield from commands(found, f"{path}{name} ")
        else:
            yield f"{path}{name}", found


def rehearsed() -> set[str]:
    return {
        name
        for name, found in commands()
        if any("--dry-run" in option.opts for option in found.params)
    }


def test_every_command_that_changes_something_can_be_rehearsed() -> None:
    harmless = LOOKING | WRITING_WHAT_THEY_ARE_TOLD | RUNNING | OF_NO_CONSEQUENCE

    assert {name for name, _ in commands()} - harmless == rehearsed()


@pytest.fixture
def run(app: Flask, someone: Someone) -> Run:
    """Return a function that runs a command on a database with one release."""

    def command(*words: object) -> Result:
        info = ScriptInfo(create_app=lambda: app)
        done = CliRunner().invoke(main, [str(word) for word in words], obj=info)
        assert done.exit_code == 0, done.output
        return done

    return command


@pytest.fixture
def endpoint(run: Run, session: Session) -> str:
    """Return the id of an endpoint that was sent two events."""
    name: str = json.loads(run("webhooks", "create", URL, "--json").stdout)["id"]
    activate(session, name)
    for _ in range(2):
        happen(session)
    return name


def rows(engine: Engine) -> dict[str, list[str]]:
    """Return what is in every table."""
    with engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"'))))  # noqa: S608 -- our own names
            for table in inspect(connection).get_table_names()
        }


@pytest.mark.parametrize(
    "words",
    [
        "create https://hooks.example.org/others",
        "enable ID",
        "disable ID",
        "delete ID",
        "rotate-secret ID",
        "test ID",
        "replay ID",
        "redeliver ID 1.1",
    ],
)
def test_what_is_done_to_an_endpoint_is_not_kept(
    run: Run, engine: Engine, endpoint: str, words: str
) -> None:
    before = rows(engine)

    told = run("webhooks", *words.replace("ID", endpoint).split(), "--dry-run")

    assert rows(engine) == before
    assert "whsec_" not in told.output


def test_what_is_done_to_tokens_is_not_kept(run: Run, engine: Engine) -> None:
    made = json.loads(run("token", "create", "--holder", "Ada", "--scope", "*:*", "--json").stdout)
    before = rows(engine)

    again = run("token", "create", "--holder", "Bob", "--scope", "*:*", "--dry-run")
    run("token", "revoke", made["id"], "--dry-run")

    assert rows(engine) == before
    assert "ppl_" not in again.output


def alone(tmp_path: Path, *words: str) -> Any:  # noqa: ANN401 -- JSON
    """Run a command on a data directory of its own."""
    environment = {
        "POLICY_API_PROFILE": "testing",
        "POLICY_API_DATA_DIR": str(tmp_path / "var"),
        "POLICY_API_SECRET_KEY": "a secret key that is long enough for this",
    }
    done = CliRunner().invoke(main, [*words, "--json"], env=environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.sqlite_only
def test_setting_up_is_told_and_not_done(tmp_path: Path) -> None:
    told = alone(tmp_path, "init", "--history", str(data_dir("sample")), "--dry-run")

    assert told["releases"] > 0
    assert told["key_id"] is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite_only
def test_what_is_there_is_not_announced(tmp_path: Path) -> None:
    made = alone(tmp_path, "init")

    assert alone(tmp_path, "init", "--dry-run") == {**made, "releases": 0}


@pytest.mark.sqlite_only
def test_a_copy_is_tried_and_takes_no_place(tmp_path: Path, engine: Engine, run: Run) -> None:
    back_up(engine, tmp_path / "copy.sqlite")
    before = sorted(tmp_path.iterdir())

    assert alone(tmp_path, "restore", str(tmp_path / "copy.sqlite"), "--dry-run")["releases"] == 1

    assert [path for path in (tmp_path / "var").iterdir() if path.is_file()] == []
    assert sorted(path for path in tmp_path.iterdir() if path.name != "var") == before


@pytest.mark.sqlite_only
def test_an_export_is_counted_and_not_written(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"

    told = [
        json.loads(run("export-site", out, *flags, "--json").stdout)
        for flags in (("--dry-run",), (), ("--dry-run",))
    ]

    assert told[0] == told[1]
    assert (told[2]["written"], told[2]["removed"]) == (0, 0)
