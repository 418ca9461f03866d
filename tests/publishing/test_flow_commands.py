"""Policy as code: check, import, diff, publish by commands, each of which can be rehearsed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text

from policy_api.cli import main
from policy_api.db.base import db
from policy_api.domain.entries.bundle import write_bundle
from tests.access.people import DPO, Someone
from tests.domain.sources import edited, source

Run = Callable[..., Result]
Bundle = Callable[[Mapping[str, Any]], Path]
TABLES = ("draft", "draft_entry", "draft_author", "release", "version", "event", "audit_entry")
SAY = ("--summary", "Something changed.", "--by", "Ada")


@pytest.fixture
def run(app: Flask, someone: Someone) -> Run:
    """Return a function that runs a command on a database with one release."""

    def command(*arguments: object) -> Result:
        info = ScriptInfo(create_app=lambda: app)
        return CliRunner().invoke(main, [str(part) for part in arguments], obj=info)

    return command


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """Return a function that writes the small source with edits as files."""
    made: list[Path] = []

    def write(edits: Mapping[str, Any]) -> Path:
        made.append(tmp_path / f"bundle-{len(made)}")
        write_bundle(source(edits), made[-1])
        return made[-1]

    return write


def contents(app: Flask) -> dict[str, Any]:
    with app.app_context():
        session = db.session()
        return {name: session.execute(text(f"SELECT * FROM {name}")).all() for name in TABLES}  # noqa: S608 -- names of ours


def test_a_bundle_goes_the_whole_way(run: Run, bundle: Bundle) -> None:
    files = bundle(edited(DPO, phone="+49 1"))

    steps = [
        run("check", files),
        run("import", "--draft", files),
        run("diff", "--draft", 1),
        run("publish", "--draft", 1, *SAY),
        run("publish", files, *SAY),
    ]

    assert [step.exit_code for step in steps] == [0, 0, 0, 0, 3], [step.output for step in steps]
    assert "contact.changed" in steps[2].output


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "{files}", "--dry-run"),
        ("import", "{files}", "--into", 1, "--dry-run"),
        ("publish", "{files}", "--dry-run", *SAY),
        ("publish", "--draft", 1, "--dry-run", *SAY),
        ("withdraw", 2, "--dry-run", *SAY),
        ("draft", "discard", 1, "--dry-run"),
        ("draft", "rebase", 1, "--dry-run"),
    ],
)
def test_a_rehearsal_shows_what_would_come_and_stores_nothing(
    run: Run, app: Flask, bundle: Bundle, arguments: tuple[object, ...]
) -> None:
    files = bundle(edited(DPO, phone="+49 1"))
    run("import", bundle(edited("recipients/hoster", name="Host!")), "--by", "Ada")
    more = ("--effective-at", "2026-06-01", "--significance", "material")
    if "withdraw" in arguments:
        run("publish", bundle(edited("sites/shop", name="S")), *SAY, *more)
    before = contents(app)

    done = run(*(str(part).format(files=files) for part in arguments))

    assert done.exit_code == 0, done.output
    assert "would" in done.output or "draft" in arguments
    assert contents(app) == before


def test_a_rehearsal_meets_the_gate(run: Run, app: Flask, bundle: Bundle) -> None:
    files = bundle(edited("sites/shop", hosts=["forum.example.org"]))
    before = contents(app)

    refused = run("publish", files, "--dry-run", *SAY)

    assert refused.exit_code == 1
    assert "source (cannot be waived)" in refused.output
    assert contents(app) == before


def test_a_draft_takes_the_newer_state_of_the_same_files(run: Run, bundle: Bundle) -> None:
    run("import", bundle(edited(DPO, phone="+49 1")))

    again = run("import", bundle(edited("sites/shop", name="Shop!")), "--into", 1, "--json")
    shown = json.loads(run("draft", "show", 1, "--json").output)

    assert json.loads(again.output)["edits"] == ["sites/shop"]
    assert shown["edits"] == [{"path": "sites/shop", "op": "put"}]
    assert [line["id"] for line in json.loads(run("draft", "list", "--json").output)] == [1]


def test_files_edited_on_an_older_release_keep_what_others_did(run: Run, bundle: Bundle) -> None:
    run("publish", bundle(edited("sites/shop", name="Shop!")), *SAY)
    run("import", bundle(edited(DPO, phone="+49 1")), "--base", 1)

    early = run("publish", "--draft", 1, *SAY)
    moved = run("draft", "rebase", 1)
    late = run("publish", "--draft", 1, *SAY, "--json")

    assert (early.exit_code, moved.exit_code, late.exit_code) == (4, 0, 0), late.output
    changed = {each for row in json.loads(late.output)["versions"] for each in row["changes"]}
    assert changed == {"contact.changed"}


def test_a_conflict_names_the_path_and_is_decided_there(run: Run, bundle: Bundle) -> None:
    run("publish", bundle(edited(DPO, phone="+49 1")), *SAY)
    run("import", bundle(edited(DPO, phone="+49 2")), "--base", 1)

    refused = run("draft", "rebase", 1, "--json")
    decided = run("draft", "rebase", 1, "--resolve", f"{DPO}=mine")

    assert refused.exit_code == 4
    assert [found["path"] for found in json.loads(refused.stderr)["conflicts"]] == [DPO]
    assert decided.exit_code == 0


def test_a_diff_without_a_change_is_no_failure(run: Run, bundle: Bundle) -> None:
    told = run("diff", bundle({}))

    assert (told.exit_code, told.output) == (0, "Nothing would change.\n")


def test_what_translators_and_lists_bring_is_in_the_audit_log(run: Run, tmp_path: Path) -> None:
    listed = tmp_path / "recipients.csv"
    listed.write_text("Name,Country\nNew Host,FR\n")

    done = run("import-recipients", listed, "--by", "Ada")
    pseudo = run("pseudo-translations", "--locale", "en-XA", "--draft", 1, "--by", "Bob")

    rows = json.loads(run("audit", "--json").output)
    acts = [(line["actor"], line["action"], line["object"]) for line in reversed(rows)]
    assert (done.exit_code, pseudo.exit_code) == (0, 0), done.output + pseudo.output
    assert acts[:2] == [
        ("Ada", "draft.open", "drafts/1"),
        ("Ada", "draft.entry.put", "drafts/1/entries/recipients/new-host"),
    ]
    assert ("Bob", "draft.entry.put", "drafts/1/entries/sites/shop") in acts


@pytest.mark.parametrize(
    "arguments",
    [
        ("draft", "show", "nothing"),
        ("draft", "discard", 7),
        ("diff", "--draft", "9" * 30),
        ("publish", "--draft", "x", *SAY),
    ],
)
def test_a_draft_that_is_not_there_is_told_plainly(run: Run, arguments: tuple[object, ...]) -> None:
    told = run(*arguments)

    assert told.exit_code == 1
    assert "There is no draft" in told.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish",),
        ("publish", "--draft", 1, "--base", 1),
        ("publish", "--draft", 1, "--effective-at", "soon"),
        ("publish", "--draft", 1, "--waive", "review"),
        ("draft", "rebase", 1, "--resolve", "contacts/dpo=ours"),
        ("withdraw", "9" * 30),
    ],
)
def test_a_command_that_says_nothing_sensible_ends_with_two(
    run: Run, bundle: Bundle, arguments: tuple[object, ...]
) -> None:
    run("import", bundle(edited(DPO, phone="+49 1")))

    assert run(*arguments).exit_code == 2
