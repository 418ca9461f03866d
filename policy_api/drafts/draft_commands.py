"""Commands of drafts: list, look at, bring onto the newest release, discard."""

from __future__ import annotations

from typing import Any, cast

import click

from policy_api import clock
from policy_api.access.principal import Principal
from policy_api.console import AppCommand, dry_run_option, emit, json_option, table
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.proof.canonical import instant_text
from policy_api.drafts import queries, review, service
from policy_api.drafts.authoring import Author
from policy_api.drafts.exchange_draft import by_option
from policy_api.drafts.queries import DISCARDED, OPEN, PUBLISHED, DraftRow
from policy_api.drafts.rebase import Side
from policy_api.errors import NotFound

MOST = 1000
COLUMNS = ("id", "title", "site", "state", "base_release", "created_by", "created_at")
SIDES = ("mine", "theirs")

draft_argument = click.argument("draft_id", metavar="ID")


@click.group("draft")
def draft_group() -> None:
    """List, look at, rebase and discard drafts."""


@draft_group.command("list", cls=AppCommand)
@click.option(
    "--state", type=click.Choice([OPEN, PUBLISHED, DISCARDED]), default=OPEN, show_default=True
)
@json_option
def list_command(*, state: str, as_json: bool) -> None:
    """List drafts, newest first."""
    rows = [_line(row) for row in queries.drafts(db.session(), state=state, limit=MOST)]
    emit(rows, table(rows, COLUMNS), as_json=as_json)


@draft_group.command("show", cls=AppCommand)
@draft_argument
@json_option
def show_command(*, draft_id: str, as_json: bool) -> None:
    """Show a draft, what it edits, who worked on it and how its review stands."""
    session = db.session()
    found = queries.draft(session, numbered(draft_id))
    if found is None:
        raise NotFound(service.no_draft(draft_id))
    edits = queries.edits(session, draft_id=found.id)
    answer = {
        **_line(found),
        "release": found.release,
        "authors": list(queries.authors(session, draft_id=found.id)),
        "review": review.standing_of(session, found).value,
        "edits": [
            {"path": path, "op": "remove" if entry is None else "put"}
            for path, entry in edits.items()
        ],
    }
    width = max(map(len, answer))
    lines = [f"{name.ljust(width)}  {answer[name]}" for name in answer if name != "edits"]
    lines += [f"{each['op']:<6} {each['path']}" for each in answer["edits"]]
    emit(answer, lines, as_json=as_json)


@draft_group.command("rebase", cls=AppCommand)
@draft_argument
@click.option(
    "--resolve",
    multiple=True,
    metavar="PATH=mine|theirs",
    help="Whose entry counts where both sides changed the same. Repeatable.",
)
@by_option
@dry_run_option
@json_option
def rebase_command(
    *, draft_id: str, resolve: tuple[str, ...], by: str, dry_run: bool, as_json: bool
) -> None:
    """Bring a draft onto the newest release; both sides' edits stand, or the path is named."""
    decided = dict(map(_decision, resolve))
    with writing(keep=not dry_run):
        author = _author(by)
        moved = author.rebase(author.open_draft(numbered(draft_id)), resolve=decided)
        edits = queries.edits(author.session, draft_id=moved.id)
    answer = {"draft": moved.id, "base_release": moved.base_release, "edits": list(edits)}
    verb = "would be" if dry_run else "is"
    line = f"Draft {moved.id} {verb} on release {moved.base_release}, {len(edits)} edited entries."
    emit(answer, line, as_json=as_json)


@draft_group.command("discard", cls=AppCommand)
@draft_argument
@by_option
@dry_run_option
@json_option
def discard_command(*, draft_id: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Close a draft without publishing it. Its edits are kept for the record."""
    with writing(keep=not dry_run):
        author = _author(by)
        draft = author.open_draft(numbered(draft_id))
        author.discard(draft)
    verb = "would be" if dry_run else "is"
    answer = {"draft": draft.id, "state": OPEN if dry_run else DISCARDED}
    emit(answer, f"Draft {draft.id} {verb} discarded.", as_json=as_json)


def numbered(written: str) -> int:
    """Return the number of a draft as somebody wrote it.

    :raises NotFound: If there can be no such draft.
    """
    if not (written.isascii() and written.isdecimal() and len(written) <= service.ID_DIGITS):
        raise NotFound(service.no_draft(written))
    return int(written)


def _author(by: str) -> Author:
    return Author(session=db.session(), by=Principal.at_console(by), now=clock.now())


def _decision(written: str) -> tuple[str, Side]:
    path, _, side = written.rpartition("=")
    if not path or side not in SIDES:
        raise click.UsageError(f"--resolve wants PATH=mine or PATH=theirs, not {written!r}.")
    return path, cast("Side", side)


def _line(row: DraftRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "site": row.site,
        "state": row.state,
        "base_release": row.base_release,
        "created_by": row.created_by,
        "created_at": instant_text(row.created_at),
    }
