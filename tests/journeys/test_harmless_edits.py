"""An author tidies up: what only looks different must not alarm anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from click.testing import Result

from tests.journeys.conftest import LOADED_AT, Get

Command = Callable[..., Result]
TABLE = "policies/privacy/tables/third-party-services.yaml"
INTRODUCTION = "policies/privacy/sections/introduction.yaml"
CHANGELOG = "/sites/main/policies/privacy/changelog"


def edited(
    command: Command, folder: Path, file: str, edit: Callable[[str], str], **more: str
) -> None:
    """Export the sample, rewrite one file of it, publish.

    :param more: Recipients to be written anew.
    """
    bundle = folder / "bundle"
    assert command("export", bundle).exit_code == 0
    path = bundle / file
    text = path.read_text()
    assert edit(text) != text
    path.write_text(edit(text))
    for key, written in more.items():
        (bundle / f"recipients/{key}.yaml").write_text(written)
    options = ("--summary", "en=Tidied.", "--effective-at", "2026-05-01T00:00:00Z")
    with time_machine.travel(LOADED_AT + timedelta(hours=1), tick=False):
        done = command("publish", bundle, *options)
    assert done.exit_code == 0, done.output


def told(get: Get) -> list[tuple[str, str, str]]:
    """Return the changes of the newest version as type, op and significance."""
    changes: list[dict[str, Any]] = get(CHANGELOG, limit="1")["items"][0]["changes"]
    return [(change["type"], change["op"], change["significance"]) for change in changes]


def test_rows_in_another_order_are_moves(command: Command, get: Get, tmp_path: Path) -> None:
    def last_row_first(text: str) -> str:
        head, *rows = re.split(r"(?m)^(?=  - key: )", text)
        return "".join([head, rows[-1].rstrip("\n") + "\n", *rows[:-1]])

    edited(command, tmp_path, TABLE, last_row_first)

    assert told(get) == [("recipient.moved", "moved", "editorial")]


def test_data_in_another_order_is_editorial(command: Command, get: Get, tmp_path: Path) -> None:
    def turned(text: str) -> str:
        return re.sub(r"(?m)^(\s+)- ip\n\s+- cookie\n", r"\1- cookie\n\1- ip\n", text)

    edited(command, tmp_path, TABLE, turned)

    assert {(kind, weight) for kind, _, weight in told(get)} == {("recipient.moved", "editorial")}


def test_a_paragraph_with_other_line_breaks_and_markup_is_editorial(
    command: Command, get: Get, tmp_path: Path
) -> None:
    def emphasized(text: str) -> str:
        return text.replace("Three things guide us", "**Three things** guide us")

    edited(command, tmp_path, INTRODUCTION, emphasized)

    assert {(kind, weight) for kind, _, weight in told(get)} == {("section.changed", "editorial")}


def test_another_text_of_a_link_is_a_change_of_its_section_and_of_no_recipient(
    command: Command, get: Get, tmp_path: Path
) -> None:
    def renamed(text: str) -> str:
        return text.replace("[matomo.org](", "[the page of the organization](")

    edited(command, tmp_path, INTRODUCTION, renamed)

    assert {kind for kind, _, _ in told(get)} == {"section.changed"}
    assert "material" not in {weight for _, _, weight in told(get)}


def test_a_recipient_that_takes_the_place_of_another_is_one_replacement(
    command: Command, get: Get, tmp_path: Path
) -> None:
    def replaced(text: str) -> str:
        row = text[text.index("  - key: live-chat") :]
        row = row[: row.index("  - key: ", 5)] if "  - key: " in row[5:] else row
        new = row.replace("live-chat", "talk-to-us").replace("userlike", "talkers")
        new = new.replace("A6-1-f\n", "A6-1-f\n    legitimate_interest: Answers for visitors.\n")
        return text.replace(row, new)

    talkers = "name: Talkers\nrole: dpv:DataProcessor\nreplaces: userlike\n"
    edited(command, tmp_path, TABLE, replaced, talkers=talkers)

    assert ("recipient.replaced", "replaced", "material") in told(get)
    assert {kind for kind, _, _ in told(get)}.isdisjoint({"recipient.added", "recipient.removed"})
