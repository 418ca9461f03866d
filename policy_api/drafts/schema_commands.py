"""The command that hands out JSON Schema, so that editors help while one writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click
import orjson

from policy_api.console import emit, json_option, table
from policy_api.domain.entries.base import ENTRY_KINDS
from policy_api.domain.entries.json_schema import entry_schema
from policy_api.plugins import ContentCommand

_KINDS = {kind.slug: kind for kind in ENTRY_KINDS}
_COLUMNS = ("kind", "files")


@click.command("schema", cls=ContentCommand)
@click.argument("kind", required=False, type=click.Choice(list(_KINDS)), metavar="[KIND]")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write all of them there."
)
@json_option
def schema_command(kind: str | None, *, out: Path | None, as_json: bool) -> None:
    """Show the JSON Schema of a kind of entry; without KIND, which files are of which kind."""
    if kind is not None and out is not None:
        raise click.UsageError("Name a kind, or a folder for all of them.")
    if kind is not None:
        click.echo(_written(kind))
        return
    rows = [{"kind": name, "files": _glob(each.template)} for name, each in _KINDS.items()]
    if out is not None:
        rows = _files(out, rows)
    emit(rows, table(rows, _COLUMNS), as_json=as_json)


def _files(out: Path, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    out.mkdir(parents=True, exist_ok=True)
    for row in rows:
        (out / f"{row['kind']}.json").write_bytes(_written(row["kind"]) + b"\n")
    return [{**row, "schema": str(out / f"{row['kind']}.json")} for row in rows]


def _written(kind: str) -> bytes:
    return orjson.dumps(entry_schema(_KINDS[kind]), option=orjson.OPT_INDENT_2)


def _glob(template: str) -> str:
    return re.sub(r"\{\w+\}", "*", template) + ".yaml"
