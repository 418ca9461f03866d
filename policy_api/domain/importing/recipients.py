"""A list of recipients as entries: who they are, and the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policy_api.domain.content.source import Entry, Source
from policy_api.domain.entries.base import load_entry
from policy_api.domain.importing.columns import columns_of
from policy_api.domain.importing.disclosures import Disclosures, changed, unused_key
from policy_api.domain.importing.draft_bundle import SHOWN
from policy_api.domain.importing.page import Grid, Note
from policy_api.errors import BadInput, Problem

_OF_RECIPIENT = frozenset(
    {"recipient", "key", "legal_name", "country", "service", "url", "privacy_policy"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRecipients:
    """What came of a list."""

    edits: Mapping[str, Entry]
    """Path → entry, for entries that are new or changed."""

    columns: Mapping[str, str]
    """Head → field; an empty text for heads that mean none."""

    rows: int
    notes: tuple[Note, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "entries": list(self.edits),
            "columns": dict(self.columns),
            "rows": self.rows,
            "notes": [note.to_json() for note in self.notes],
        }


def import_recipients(
    source: Source,
    grid: Grid,
    *,
    chosen: Mapping[str, str],
    locale: str,
    policy: str = "",
    table: str = "",
) -> ImportedRecipients:
    """Turn a list into edits of a source: recipients, and rows where a table is named.

    A recipient is known by its name. What is stated already is kept and the difference noted.

    :param chosen: Head → field, as the user says.
    :raises BadInput: If no column names the recipients, or an entry does not come out right.
    """
    heads = [cell.text for cell in grid.head]
    columns = columns_of(heads, chosen)
    if "recipient" not in columns:
        problem = Problem("No column names the recipients.", expected="--map “Head=recipient”")
        raise BadInput(problems=[problem])
    reading = Disclosures.beside(source, locale)
    reading.notes += grid.notes
    rows: list[Entry] = []
    for cells in grid.rows:
        row, left = reading.row(cells, heads=heads, columns=columns)
        if row is not None:
            rows.append(row)
            continue
        line = cells[0].line
        told = " | ".join(each.cell.text for each in left)[:200]
        reading.notes.append(Note(line=line, kind="not_placed", text=told, detail="No name."))
    edits = changed(source, "recipients/", reading.recipients)
    if table:
        edits |= changed(source, "categories/", reading.categories)
        edits |= _table(source, f"policies/{policy}/tables/{table}", rows, columns)
    else:
        reading.notes += _unused(grid, columns)
    loaded = {path: load_entry(path, entry) for path, entry in edits.items()}
    return ImportedRecipients(
        edits=loaded,
        columns=dict(zip(heads, columns, strict=True)),
        rows=len(rows),
        notes=tuple(sorted(dict.fromkeys(reading.notes), key=lambda note: note.line)),
    )


def _table(
    source: Source, path: str, rows: list[Entry], columns: tuple[str, ...]
) -> dict[str, Entry]:
    """Return a table with the rows of a list: known recipients are updated, others follow."""
    shown = [column for column in SHOWN if column in columns]
    before = source.get(path) or {"columns": shown, "rows": []}
    merged: dict[str, Entry] = {row["key"]: row for row in before["rows"]}
    by_recipient = {row["recipient"]: row["key"] for row in before["rows"]}
    seen: set[str] = set()
    for row in rows:
        known = by_recipient.get(row["recipient"])
        key = known if known is not None and known not in seen else None
        if key is None:
            key = unused_key(row["key"], merged, fallback="row")
            merged[key] = {**row, "key": key}
        else:
            kept = {"key": key, "applies_to": merged[key]["applies_to"]}
            merged[key] = {**merged[key], **row, **kept}
        seen.add(key)
    after = {**before, "rows": list(merged.values())}
    return {} if after == source.get(path) else {path: after}


def _unused(grid: Grid, columns: tuple[str, ...]) -> list[Note]:
    """Say which columns belong to rows of a table, of which none is named."""
    return [
        Note(line=cell.line, kind="not_placed", text=cell.text, detail="Name a table with --table.")
        for cell, column in zip(grid.head, columns, strict=True)
        if column and column not in _OF_RECIPIENT
    ]
