"""How the command line answers: for people by default, as JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

import click
import orjson
from flask.cli import ScriptInfo
from sqlalchemy.exc import DatabaseError, OperationalError
from typing_extensions import override

from policy_api.errors import BadInput, Conflict, NothingToPublish, PolicyError, Unavailable
from policy_api.settings import SettingsError

Command = TypeVar("Command", bound=Callable[..., Any])

FAILED = 1

EXIT_CODES: Mapping[type[PolicyError], int] = {NothingToPublish: 3, Conflict: 4, Unavailable: 5}
"""Refusals that a script may want to tell from the others; the first that fits counts."""

BUSY_STATES = frozenset({"55P03", "40P01", "40001"})
BUSY_CODES = frozenset({5, 6})
"""What PostgreSQL and SQLite say of a lock that was not to be had."""

UNDEFINED = frozenset({"42P01", "42703"})
"""What PostgreSQL answers where a table or a column is missing."""

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Do everything, show what comes of it, and store nothing."
)


class PolicyCommand(click.Command):
    """A command that tells what is wrong in full and leaves with a non-zero code.

    It asks for ``--json`` by itself; with it, an error is a problem object as in the API.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- click's own signature
        super().__init__(*args, **kwargs)
        if not any(option.name == "as_json" for option in self.params):
            self.params.append(
                click.Option(
                    ["--json", "as_json"],
                    is_flag=True,
                    expose_value=False,
                    help="Answer as JSON, for programs.",
                )
            )

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self.run(ctx)
        except PolicyError as error:
            fail(error, as_json=bool(ctx.params.get("as_json")))
        except SettingsError as error:
            click.echo(f"The settings cannot be used.\n{error}", err=True)
            sys.exit(FAILED)

    def run(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- what the command returns
        """Call the command's function."""
        return super().invoke(ctx)


class AppCommand(PolicyCommand):
    """A command that works with the data of an application."""

    @override
    def run(self, ctx: click.Context) -> Any:
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            try:
                return super().run(ctx)
            except DatabaseError as error:
                if _is_busy(error):
                    raise Unavailable("The database is busy. Please try again.") from error
                if _is_unprepared(error):
                    raise _unusable(error) from error
                raise


def _is_busy(error: DatabaseError) -> bool:
    """Tell whether others held on to the database for longer than anybody waits."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = getattr(error.orig, "sqlstate", None)
    return state in BUSY_STATES or (code is not None and code & 0xFF in BUSY_CODES)


def _is_unprepared(error: DatabaseError) -> bool:
    """Tell a database that is not there, or not set up, from a mistake of the program."""
    missing = getattr(error.orig, "sqlstate", None) in UNDEFINED
    return isinstance(error, OperationalError) or missing


def _unusable(error: DatabaseError) -> Unavailable:
    reason, *_ = str(error.orig).splitlines() or [""]
    return Unavailable(
        f"The database cannot be used: {reason}.", hint="policy-api init makes it and updates it."
    )


def emit(value: object, text: str | Iterable[str], *, as_json: bool) -> None:
    """Print an answer: the value as JSON, or the text for people."""
    if as_json:
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
        return
    click.echo(text if isinstance(text, str) else "\n".join(text))


def fail(error: PolicyError, *, as_json: bool) -> None:
    """Tell what went wrong on standard error and leave."""
    if as_json:
        click.echo(orjson.dumps(problem(error), option=orjson.OPT_INDENT_2), err=True)
    else:
        click.echo(f"{error.title}", err=True)
        for line in _lines(error):
            click.echo(f"  {line}", err=True)
    sys.exit(exit_code(error))


def exit_code(error: PolicyError) -> int:
    """Return the code with which a command leaves because of an error."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), FAILED)


def problem(error: PolicyError) -> dict[str, Any]:
    """Return an error as the members of an RFC 9457 problem."""
    extra = {name: _plain(value) for name, value in error.extra.items()}
    listed: dict[str, Any] = {}
    if isinstance(error, BadInput):
        listed = {"errors": [_problem_json(found) for found in error.problems]}
    return {"title": error.title, "type": error.slug, "detail": error.detail, **extra, **listed}


def _problem_json(found: Any) -> dict[str, Any]:  # noqa: ANN401 -- errors.Problem
    members = ("detail", "pointer", "file", "line", "expected")
    return {name: value for name in members if (value := getattr(found, name)) not in ("", None)}


def _lines(error: PolicyError) -> list[str]:
    if isinstance(error, BadInput) and error.problems:
        return [str(found) for found in error.problems]
    lines = [error.detail] if error.detail else []
    for name, value in error.extra.items():
        if isinstance(value, list | tuple):
            lines += [f"{name}: {item}" for item in value]
        else:
            lines.append(f"{name}: {_plain(value)}")
    return lines


def _plain(value: object) -> object:
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return str(value)


class Ticker:
    """Shows on standard error how far long work is, where somebody watches."""

    def __init__(self, *, hidden: bool) -> None:
        self.shown = not hidden and sys.stderr.isatty()
        self.has_told = False

    def __call__(self, text: str) -> None:
        """Replace what was told before."""
        if self.shown:
            self.has_told = True
            click.echo(f"\r{text} …\033[K", err=True, nl=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.has_told:
            click.echo("\r\033[K", err=True, nl=False)


def telling(tick: Ticker) -> Callable[[int], object]:
    """Return a progress that names the release whose turn it is."""
    return lambda number: tick(f"Release {number}")


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as aligned columns under their names."""
    cells = [[*columns], *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
