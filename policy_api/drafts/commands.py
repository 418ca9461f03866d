"""Commands of sources: import a bundle as a draft, export what is published."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from policy_api import clock
from policy_api.access.principal import Actor
from policy_api.console import AppCommand, emit, json_option
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.entries.bundle import read_bundle, write_bundle
from policy_api.drafts import service
from policy_api.drafts.authoring import note_import
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.history import export_history


@click.command("import", cls=AppCommand)
@click.argument("bundle", type=click.Path(exists=True, path_type=Path))
@click.option("--title", default="Imported bundle", show_default=True, help="Name of the draft.")
@click.option("--by", default=getpass.getuser, help="Who imports; for the record.")
@json_option
def import_command(bundle: Path, *, title: str, by: str, as_json: bool) -> None:
    """Import a bundle as a draft on the newest release. Nothing is published."""
    source = read_bundle(bundle).source
    now = clock.now()
    with writing() as session:
        imported = service.import_source(session, source=source, title=title, by=by, now=now)
        note_import(session, imported, by=Actor.at_console(by), now=now)
    answer = {
        "draft": imported.draft,
        "base_release": imported.base_release,
        "edits": list(imported.edits),
        "stamped": imported.stamped,
    }
    lines = [
        f"Draft {imported.draft} with {len(imported.edits)} edited entries.",
        f"Publish it with: policy-api publish --draft {imported.draft}",
    ]
    emit(answer, lines, as_json=as_json)


@click.command("export", cls=AppCommand)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--release", type=int, help="Default: the newest.")
@click.option(
    "--history", is_flag=True, help="Export every release with proofs, for policy-api verify."
)
@json_option
def export_command(out: Path, *, release: int | None, history: bool, as_json: bool) -> None:
    """Export a release's source as a bundle: a folder, or a zip if OUT ends in .zip."""
    session = db.session()
    if history:
        export_history(session, out)
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
