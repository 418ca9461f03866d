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
API has them, on standard error. The exit code is 0 if all is well, 1 if the answer is no, and 2 if
the command was not understood.
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
