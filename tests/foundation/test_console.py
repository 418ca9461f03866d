"""Commands say how far they are where a person watches, and keep quiet elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from policy_api.cli import main
from policy_api.console import Ticker, telling


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for part, inner in command.commands.items():
        yield from commands(inner, f"{name} {part}")


def options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def test_every_command_explains_itself_and_answers_programs() -> None:
    found = dict(commands(main, "policy-api"))

    assert len(found) > 30
    assert {name for name, command in found.items() if not command.help} == set()
    assert {name for name, command in found.items() if "--json" not in options(command)} == set()


def test_a_person_sees_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    with Ticker(hidden=False) as tick:
        telling(tick)(7)

    told = capsys.readouterr()
    assert told.out == ""
    assert "Release 7 …" in told.err
    assert told.err.endswith("\r\x1b[K")


@pytest.mark.parametrize(("watched", "hidden"), [(False, False), (True, True)])
def test_a_program_sees_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    watched: bool,  # noqa: FBT001 -- both cases of a table
    hidden: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: watched)

    with Ticker(hidden=hidden) as tick:
        tick("Release 7")

    assert capsys.readouterr().err == ""
