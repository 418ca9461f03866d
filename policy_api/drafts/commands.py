"""Commands of sources: import a bundle as a draft, export what is published."""

from __future__ import annotations

from pathlib import Path

import click

from policy_api import clock
from policy_api.access.listing import MAX_NUMBER
from policy_api.access.principal import Principal
from policy_api.console import AppCommand, Ticker, dry_run_option, emit, json_option, telling
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.entries.bundle import read_bundle, write_bundle
from policy_api.drafts.authoring import Author
from policy_api.drafts.draft_commands import numbered
from policy_api.drafts.exchange_draft import by_option
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.history import export_history


@click.command("import", cls=AppCommand)
@click.argument("bundle", type=click.Path(exists=True, path_type=Path))
@click.option("--draft", "_is_draft", is_flag=True, help="Open a draft; that is the default.")
@click.option("--into", metavar="ID", help="Put the bundle into this open draft instead.")
@click.option(
    "--base",
    type=click.IntRange(1, MAX_NUMBER),
    help="Release the bundle was edited on. Default: the newest.",
)
@click.option("--title", default="Imported bundle", show_default=True, help="Name of the draft.")
@by_option
@dry_run_option
@json_option
def import_command(
    bundle: Path,
    *,
    _is_draft: bool,
    into: str | None,
    base: int | None,
    title: str,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import a bundle as a draft. Nothing is published.

    The draft is on the release that --base names; what was published since then is brought in by
    "policy-api draft rebase".
    """
    if base is not None and into is not None:
        raise click.UsageError("A draft knows its base; --base is for a new one.")
    source = read_bundle(bundle).source
    with writing(keep=not dry_run) as session:
        author = Author(session=session, by=Principal.at_console(by), now=clock.now())
        if into is None:
            imported = author.restore(source, title=title, action="draft.import", base=base)
        else:
            imported = author.replace(numbered(into), source)
    answer = {
        "draft": None if dry_run and into is None else imported.draft,
        "base_release": imported.base_release,
        "edits": list(imported.edits),
        "stamped": imported.stamped,
    }
    count = len(imported.edits)
    lines = [
        f"Draft {imported.draft} with {count} edited entries.",
        f"Publish it with: policy-api publish --draft {imported.draft}",
    ]
    if dry_run:
        lines = [f"{count} entries would be edited.", *(f"  {path}" for path in imported.edits)]
    emit(answer, lines, as_json=as_json)


@click.command("export", cls=AppCommand)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--release", type=click.IntRange(1, MAX_NUMBER), help="Default: the newest.")
@click.option(
    "--history", is_flag=True, help="Export every release with proofs, for policy-api verify."
)
@json_option
def export_command(out: Path, *, release: int | None, history: bool, as_json: bool) -> None:
    """Export a release's source as a bundle: a folder, or a zip if OUT ends in .zip."""
    session = db.session()
    if history:
        with Ticker(hidden=as_json) as tick:
            export_history(session, out, progress=telling(tick))
        count = queries.head_number(session)
        emit({"out": str(out), "releases": count}, f"{count} releases in {out}.", as_json=as_json)
        return
    found = queries.head(session) if release is None else queries.release(session, release)
    if found is None:
        raise NotFound("Nothing is published yet." if release is None else f"No release {release}.")
    source = queries.load_source(session, found.source_digest)
    write_bundle(source, out)
    answer = {"out": str(out), "release": found.number, "entries": len(source.entries)}
    emit(
        answer,
        f"Release {found.number}: {len(source.entries)} entries in {out}.",
        as_json=as_json,
    )
