"""The command that checks the content of a bundle against the rules of data protection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import orjson

from policy_api import __version__, clock
from policy_api.console import FAILED, json_option
from policy_api.domain.entries.bundle import Bundle, read_bundle
from policy_api.domain.languages import canonical
from policy_api.domain.linting.base import LINT_RULES, Severity
from policy_api.domain.linting.findings import Report
from policy_api.domain.linting.forms import Reader, github_lines, report_json, text_lines
from policy_api.domain.linting.runner import lint, packs
from policy_api.domain.linting.sarif import sarif
from policy_api.domain.planning.release import Waiver
from policy_api.errors import BadInput
from policy_api.plugins import ContentCommand
from policy_api.publishing.options import waiver

FORMATS = ("text", "json", "sarif", "github")
BUNDLE = click.Path(exists=True, path_type=Path)


@click.command("lint", cls=ContentCommand)
@click.argument("bundle", type=BUNDLE)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--pack", "chosen", multiple=True, help="Run the rules of a regime too.")
@click.option("--site", "sites", multiple=True, help="Check only this site.")
@click.option("--locale", default="en", show_default=True, help="Language of the messages.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in reversed(Severity)]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Lightest severity that makes the command fail.",
)
@click.option(
    "--waive",
    type=waiver,
    metavar="RULE[:PATH]=REASON",
    multiple=True,
    help="Set a rule aside, everywhere or below a path, with the reason.",
)
@click.option("--by", default="command line", help="Who sets rules aside; for the record.")
@json_option
def lint_command(bundle: Path, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401 -- click hands them over
    """Check a bundle's content: every rule, every site, every policy. Changes nothing."""
    read = read_bundle(bundle)
    if problems := read.problems():
        raise BadInput(problems=problems)
    report = _report(read, options)
    reader = Reader(
        locale=_locale(options["locale"]), locations=read.locations, folder=_folder(bundle)
    )
    click.echo(_told(report, reader, "json" if as_json else options["form"]))
    if report.fails(Severity(options["fail_on"])):
        click.get_current_context().exit(FAILED)


def _report(read: Bundle, options: dict[str, Any]) -> Report:
    _check_known("pack", options["chosen"], packs())
    _check_known("site", options["sites"], read.source.sites())
    rules = [rule.partition(":")[0] for rule, _ in options["waive"]]
    _check_known("rule", rules, LINT_RULES.names())
    return lint(
        read.source,
        now=clock.now(),
        sites=options["sites"] or None,
        packs=options["chosen"],
        waivers=[
            Waiver(rule=rule, reason=reason, name=options["by"])
            for rule, reason in options["waive"]
        ],
    )


def _check_known(what: str, named: tuple[str, ...] | list[str], known: tuple[str, ...]) -> None:
    for name in named:
        if name not in known:
            raise click.UsageError(f"There is no {what} {name!r}; known: {', '.join(known)}.")


def _locale(tag: str) -> str:
    try:
        return canonical(tag)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _folder(bundle: Path) -> str:
    """Return the way from here to the files, if they can be opened from here."""
    if not bundle.is_dir():
        return ""
    way = os.path.relpath(bundle)
    if way == ".":
        return ""
    return "" if way.startswith("..") else f"{Path(way).as_posix()}/"


def _told(report: Report, reader: Reader, form: str) -> str:
    if form == "github":
        return "\n".join(github_lines(report, reader))
    if form == "text":
        return "\n".join(text_lines(report, reader))
    if form == "sarif":
        answer = sarif(report, reader, version=__version__)
    else:
        answer = report_json(report, reader)
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()
