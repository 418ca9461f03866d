"""Bring a draft onto the newest release, path by path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy.orm import Session

from policy_api.domain.content.faults import escaped
from policy_api.domain.content.merge import merge
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.entries.base import load_entry
from policy_api.drafts import service
from policy_api.drafts.queries import DraftRow
from policy_api.errors import N_, BadInput, Conflict, Problem
from policy_api.ledger import queries as ledger

Side = Literal["mine", "theirs"]
"""Whose words stand where both changed something: the draft's, or the newest release's."""


class RebaseConflict(Conflict):
    """The newest release and the draft changed the same places."""

    slug, title = "rebase-conflict", N_("The draft and the newest release disagree")


def rebase(session: Session, draft: DraftRow, *, resolve: Mapping[str, Side]) -> int:
    """Move a draft onto the newest release and return the release's number.

    :param resolve: Path → whose entry counts, for the paths that conflict.
    :raises RebaseConflict: With base, mine and theirs for each place left to decide.
    :raises BadInput: If a path that is to be resolved is none of either side's.
    """
    newest = ledger.head_number(session)
    if newest == (draft.base_release or 0):
        return newest
    merged = on_newest(session, draft, resolve=resolve)
    edits = service.difference(service.base_of(session, newest), merged)
    service.move(session, str(draft.id), onto=newest, edits=edits)
    return newest


def on_newest(
    session: Session, draft: DraftRow, *, resolve: Mapping[str, Side] | None = None
) -> Source:
    """Return the source that a draft would publish once it is on the newest release.

    :raises RebaseConflict: With base, mine and theirs for each place left to decide.
    """
    mine = service.source_of(session, draft)
    newest = ledger.head_number(session)
    if newest == (draft.base_release or 0):
        return mine
    base = service.base_of(session, draft.base_release)
    theirs = service.base_of(session, newest)
    _check_known(resolve or {}, base, mine, theirs)
    return merged_source(base, mine, theirs, resolve=resolve or {})


def _check_known(resolve: Mapping[str, Side], *sources: Source) -> None:
    """Refuse decisions about entries that nobody has: they are typing errors."""
    problems = [
        Problem(f"There is no entry {path}.", pointer=f"/resolve/{escaped(path)}")
        for path in resolve
        if not any(path in source for source in sources)
    ]
    if problems:
        raise BadInput(problems=problems)


def merged_source(
    base: Source, mine: Source, theirs: Source, *, resolve: Mapping[str, Side]
) -> Source:
    """Return both sides' edits in one.

    :raises RebaseConflict: If they disagree at a place that nobody decided.
    :raises BadInput: If what comes out is not valid.
    """
    given_up = {path: theirs.get(path) for path, side in resolve.items() if side == "theirs"}
    ours = mine.replace(given_up)
    merged = merge(base.entries, ours.entries, theirs.entries)
    left = [found.to_json() for found in merged.conflicts if found.path not in resolve]
    if left:
        raise RebaseConflict(
            "Decide for each path whose entry counts, mine or theirs, and send it again.",
            conflicts=left,
        )
    return Source.from_entries(
        {path: _checked(path, entry, theirs) for path, entry in merged.entries.items()}
    )


def _checked(path: str, entry: dict[str, Any], theirs: Source) -> Entry:
    """Return a merged entry in stored form; two valid edits can make an invalid one."""
    return entry if entry == theirs.get(path) else load_entry(path, entry)
