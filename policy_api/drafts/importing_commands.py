"""Commands for what people have today: a policy page, a list of recipients."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from typing_extensions import override

from policy_api.console import AppCommand, PolicyCommand, dry_run_option, emit, json_option
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.entries.bundle import read_bundle, write_bundle
from policy_api.domain.importing.columns import chosen_columns
from policy_api.domain.importing.counting import Count
from policy_api.domain.importing.draft_bundle import Drafted, Wanted
from policy_api.domain.importing.page import PAGE_BYTES, Dropping, Note, line_ranges
from policy_api.domain.importing.reading import Kind, Reading, read_page
from policy_api.domain.importing.recipients import ImportedRecipients, import_recipients
from policy_api.domain.importing.spreadsheet import read_spreadsheet
from policy_api.drafts.exchange_draft import by_option, put_edits, source_of
from policy_api.drafts.importing_draft import counted, drafted_and_counted, read_edition
from policy_api.errors import BadInput, Problem
from policy_api.ledger import queries as ledger
from policy_api.plugins import ContentCommand

encoding_option = click.option(
    "--encoding", default="", help="Such as windows-1252; default: what the file says, or UTF-8."
)
_ORDER = ("not_placed", "left_out", "dropped", "changed", "guessed")
_TITLES = {
    "not_placed": "Kept as words, because no field takes it",
    "left_out": "Left out, because it is no text",
    "dropped": "Left out, as asked",
    "changed": "Changed",
    "guessed": "Guessed",
}


@click.command("import-page", cls=ContentCommand)
@click.argument("file", type=click.File("rb"))
@click.argument("bundle", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder (or .zip) for the bundle.")
@click.option("--count", is_flag=True, help="Count what of the page BUNDLE holds; write nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report as JSON there.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Default: told.")
@click.option("--drop", multiple=True, metavar="PATTERN", help="Line or <element> to leave out.")
@click.option("--drop-lines", multiple=True, metavar="A-B", help="Lines to leave out. Repeatable.")
@click.option("--heading", multiple=True, help="Line of plain text that is a heading.")
@click.option("--policy", default="privacy", show_default=True, help="Key of the policy.")
@click.option("--site", default="main", show_default=True, help="Key of the site.")
@click.option("--host", "hosts", multiple=True, help="Host of the site. Repeatable.")
@click.option("--organization", default="", help="Name of who publishes it.")
@click.option("--locale", default="en", show_default=True, help="Language of the page.")
@click.option("--title", default="", help="Title of the policy; default: what the page says.")
@click.option("--base-url", default="", help="Address of the page, for links without a host.")
@encoding_option
@dry_run_option
@json_option
def import_page_command(file: Any, bundle: Path | None, **given: Any) -> None:  # noqa: ANN401 -- a stream
    """Turn a policy page (HTML or plain text; - reads standard input) into a bundle.

    With --count: say which of the page's sentences and cells BUNDLE holds: a bundle, or an edition
    as it is served, in a file that ends in .json.
    """
    dropping = Dropping(patterns=given["drop"], lines=line_ranges(given["drop_lines"]))
    reading = read_page(
        file.read(PAGE_BYTES + 1),
        kind=Kind(given["kind"]) if given["kind"] else None,
        dropping=dropping,
        headings=given["heading"],
        locale=given["locale"],
        encoding=given["encoding"],
    )
    if given["count"]:
        _count(reading, bundle, given)
        return
    if given["out"] is None:
        raise click.UsageError("Say where the bundle shall go: --out DIR.")
    drafted, count = drafted_and_counted(reading, _wanted(given))
    if not given["dry_run"]:
        write_bundle(drafted.source, given["out"])
    answer = _report(drafted, count, out=given["out"])
    if given["report"] is not None and not given["dry_run"]:
        given["report"].write_bytes(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
    lines = [f"{len(drafted.source)} entries in {given['out']}.", *_count_lines(count)]
    emit(answer, [*lines, *_note_lines(drafted.notes)], as_json=given["as_json"])


def _wanted(given: dict[str, Any]) -> Wanted:
    names = ("policy", "site", "organization", "hosts", "locale", "title", "base_url")
    return Wanted(**{name: given[name] for name in names})


def _report(drafted: Drafted, count: Count, *, out: Path) -> dict[str, Any]:
    return {
        "out": str(out),
        "entries": list(drafted.source),
        "count": count.to_json(),
        "notes": [note.to_json() for note in drafted.notes],
    }


def _count(reading: Reading, bundle: Path | None, given: dict[str, Any]) -> None:
    """Print a count; a page that is not all there is a failure."""
    if bundle is None:
        raise click.UsageError("Name what to count in: --count PAGE BUNDLE.")
    if bundle.suffix == ".json":
        count = reading.count(read_edition(bundle.read_bytes()))
    else:
        source = read_bundle(bundle).source
        count = counted(reading, source, site=given["site"], policy=given["policy"])
    emit(count.to_json(), _count_lines(count), as_json=given["as_json"])
    if count.missing:
        sys.exit(1)


def _count_lines(count: Count) -> Iterator[str]:
    yield (
        f"{count.total - len(count.missing)} of {count.total} sentences and cells"
        f" ({count.share:g} %): {count.sentences} sentences, {count.cells} cells,"
        f" of which {count.by_meaning} as facts."
    )
    for each in count.missing:
        yield f"  line {each.line}: the {each.what} “{each.text}” is missing."


def _note_lines(notes: Iterable[Note]) -> Iterator[str]:
    told = list(notes)
    for kind in _ORDER:
        found = [note for note in told if note.kind == kind]
        if found:
            yield f"{_TITLES[kind]}: {len(found)}"
        for note in found:
            yield f"  line {note.line}: “{note.text}”: {note.detail}"


class _DraftOrFolder(AppCommand):
    """A command that needs an application unless it writes to a folder."""

    @override
    def run(self, ctx: click.Context) -> Any:
        if ctx.params.get("out") is not None:
            return PolicyCommand.run(self, ctx)
        return super().run(ctx)


@click.command("import-recipients", cls=_DraftOrFolder)
@click.argument("file", type=click.File("rb"))
@click.option("--map", "mapped", multiple=True, metavar="HEAD=FIELD", help="Repeatable.")
@click.option("--table", default="", help="Table that gets a row for each recipient.")
@click.option("--policy", default="privacy", show_default=True, help="Policy of the table.")
@click.option("--locale", default="en", show_default=True, help="Language of the list.")
@click.option("--out", type=click.Path(path_type=Path), help="New folder, in place of a draft.")
@click.option("--draft", help="Draft to write to; default: a new one.")
@encoding_option
@by_option
@dry_run_option
@json_option
def import_recipients_command(file: Any, **given: Any) -> None:  # noqa: ANN401 -- a stream
    """Turn a list of recipients (CSV or XLSX) into entries of a draft, or of a folder."""
    grid = read_spreadsheet(file.read(PAGE_BYTES + 1), encoding=given["encoding"])
    chosen = chosen_columns(given["mapped"], [cell.text for cell in grid.head])
    wanted = {name: given[name] for name in ("locale", "policy", "table")}
    if given["out"] is not None:
        done = import_recipients(Source.from_entries({}), grid, chosen=chosen, **wanted)
        if not given["dry_run"]:
            write_bundle(Source.from_entries(done.edits), given["out"])
        _tell(done, f"{len(done.edits)} entries in {given['out']}.", None, given["as_json"])
        return
    with writing(keep=not given["dry_run"]) as session:
        published = bool(ledger.head_number(session))
        started = given["draft"] is not None or published
        source = source_of(session, given["draft"]) if started else Source.from_entries({})
        _check_policy(source, given)
        done = import_recipients(source, grid, chosen=chosen, **wanted)
        draft = put_edits(
            session, done.edits, draft=given["draft"], title="Recipients", by=given["by"]
        )
    _tell(done, f"Draft {draft}: {len(done.edits)} entries.", draft, given["as_json"])


def _check_policy(source: Source, given: dict[str, Any]) -> None:
    """Refuse to add rows to a policy that does not exist."""
    if given["table"] and f"policies/{given['policy']}" not in source:
        problem = Problem(f"There is no policy “{given['policy']}”.", expected="its key")
        raise BadInput(problems=[problem])


def _tell(done: ImportedRecipients, line: str, draft: int | None, as_json: bool) -> None:  # noqa: FBT001 -- the flag of the command
    heads = [f"  {head} → {field or '(no field)'}" for head, field in done.columns.items()]
    answer = {"draft": draft, **done.to_json()}
    emit(answer, [line, *heads, *_note_lines(done.notes)], as_json=as_json)
