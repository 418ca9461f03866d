"""The page about the command line, from the help of the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from policy_api.cli import main

WIDTH = 80

_INTRODUCTION = """
# Commands

`policy-api` works on the database and the data directory that the [settings](settings.md) name.
Every command takes `--json` and then answers for programs; an error is then a problem object as the
API has them, on standard error. Long work tells on a terminal how far it is. With `--dry-run` a
command does everything, shows what would come of it and stores nothing.

| exit code | means |
| --- | --- |
| 0 | all is well |
| 1 | the answer is no: problems, findings, a rule of publishing |
| 2 | the command was not understood |
| 3 | there is nothing to publish |
| 4 | it does not fit the present state, such as when another release came first |
| 5 | the database cannot be reached or is busy; try again |
"""


def commands_page() -> str:
    """Show the help of every command."""
    lines = _INTRODUCTION.strip().splitlines()
    for name, command in _commands(main, "policy-api"):
        context = click.Context(command, info_name=name, terminal_width=WIDTH)
        lines += ["", f"## {name}", "", "```text", *command.get_help(context).splitlines(), "```"]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups opened."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command
