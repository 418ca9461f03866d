"""A page as the entries of a source: sections, tables, recipients, and a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policy_api.domain.content.limits import MARKDOWN_LENGTH
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.entries.base import load_entry
from policy_api.domain.importing.columns import columns_of
from policy_api.domain.importing.disclosures import Disclosures, Left, changed, unused_key
from policy_api.domain.importing.markdown_writer import MarkdownWriter, line_of_words
from policy_api.domain.importing.page import (
    Cell,
    Grid,
    Heading,
    Note,
    Page,
    Passage,
    Run,
    joined_lines,
)
from policy_api.domain.importing.sections import Group, outline
from policy_api.errors import BadInput, Problem

NOBODY: Final = "Example organization"
"""Stands in for the publisher's name until somebody says it."""

_FULL: Final = MARKDOWN_LENGTH * 3 // 4
_DEEPEST = 6
SHOWN: Final = (
    "recipient",
    "service",
    "purpose",
    "legal_basis",
    "data_categories",
    "locations",
    "retention",
    "role",
)
"""Columns that a table shows where the page had them; the link only where it leads somewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user says of the policy that shall come of a page."""

    policy: str = "privacy"
    site: str = "main"
    organization: str = ""
    """Who publishes it; only asked for where no source says it."""

    hosts: tuple[str, ...] = ()
    locale: str = "en"
    title: str = ""
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The source that came of a page, and what a person should look at."""

    source: Source
    """The whole: what there was, and what came of the page."""

    edits: Mapping[str, Entry]
    """What came of the page: entries that are new or changed."""

    notes: tuple[Note, ...]


def draft_source(page: Page, wanted: Wanted, known: Source | None = None) -> Drafted:
    """Return a page as a source that can be checked, composed and published.

    :param known: What there is already; its organization, sites, recipients and categories stay.
    :raises BadInput: If something of it is no entry, such as far too long a section, or the policy
        is there already.
    """
    return _Drafting(page, wanted, known or Source.from_entries({})).drafted()


@dataclass(slots=True)
class _Block:
    """Paragraphs on their way to one block of text."""

    key: str
    parts: list[str] = field(default_factory=list)
    in_list: bool = False
    depth: int = 0


class _Drafting:
    """One page on its way to entries."""

    def __init__(self, page: Page, wanted: Wanted, known: Source) -> None:
        if f"policies/{wanted.policy}" in known:
            problem = Problem(
                f"There is a policy “{wanted.policy}” already.", expected="another key for this one"
            )
            raise BadInput(problems=[problem])
        self.page = page
        self.wanted = wanted
        self.known = known
        self.writer = MarkdownWriter(wanted.base_url)
        self.disclosures = Disclosures.beside(known, wanted.locale)
        self.entries: dict[str, Any] = {}
        self.tables: set[str] = set()
        self.notes: list[Note] = []

    def drafted(self) -> Drafted:
        """Return the source."""
        told = outline(self.page, title=self.wanted.title)
        prefix = f"policies/{self.wanted.policy}"
        keys: list[str] = []
        for group in told.groups:
            key = unused_key(group.heading, set(keys), fallback="section")
            keys.append(key)
            self.entries[f"{prefix}/sections/{key}"] = self._section(group, key)
        self.entries[prefix] = {
            "title": line_of_words(told.title),
            "source_locale": self.wanted.locale,
            "sections": keys,
        }
        self._surroundings()
        loaded = {path: load_entry(path, entry) for path, entry in self.entries.items()}
        notes = [
            *self.page.notes,
            *told.notes,
            *self.notes,
            *self.writer.notes,
            *self.disclosures.notes,
        ]
        ordered = sorted(dict.fromkeys(notes), key=lambda note: note.line)
        return Drafted(self.known.replace(loaded), loaded, tuple(ordered))

    def _surroundings(self) -> None:
        """Add the entries around the policy: who publishes it, where, and who receives data."""
        if "organization" not in self.known:
            self.entries["organization"] = {
                "name": self.wanted.organization or NOBODY,
                "source_locale": self.wanted.locale,
            }
        if not self.wanted.organization and "organization" not in self.known:
            detail = "Nobody said who publishes the policy; put the name in."
            self.notes.append(Note(line=1, kind="guessed", text=NOBODY, detail=detail))
        self._site()
        for prefix, found in (
            ("recipients/", self.disclosures.recipients),
            ("categories/", self.disclosures.categories),
        ):
            self.entries |= changed(self.known, prefix, found)

    def _site(self) -> None:
        """Add the site, or the policy to those that the site has."""
        path = f"sites/{self.wanted.site}"
        there = self.known.get(path)
        if there is None:
            self.entries[path] = {
                "name": self.wanted.organization or NOBODY,
                "hosts": list(self.wanted.hosts),
                "locales": [self.wanted.locale],
            }
        elif self.wanted.policy not in there.get("policies", [self.wanted.policy]):
            self.entries[path] = {**there, "policies": [*there["policies"], self.wanted.policy]}

    def _section(self, group: Group, key: str) -> Entry:
        blocks: list[Entry] = []
        taken: set[str] = set()
        block: _Block | None = None
        for piece in group.pieces:
            if isinstance(piece, Grid):
                blocks += _finished(block)
                block = None
                blocks += self._grid(piece, section=key, taken=taken)
                continue
            is_heading = isinstance(piece, Heading)
            if block is None or is_heading or sum(map(len, block.parts)) > _FULL:
                blocks += _finished(block)
                name = line_of_words(_told(piece.runs)) if is_heading else "text"
                block = _Block(_take(name, taken, fallback="text"))
            self._add(block, piece)
        blocks += _finished(block)
        return {"heading": line_of_words(group.heading), "blocks": blocks}

    def _add(self, block: _Block, piece: Heading | Passage) -> None:
        written = self.writer.markdown(piece.runs, line=piece.line)
        if isinstance(piece, Heading):
            marks = "#" * max(3, min(piece.level + 1, _DEEPEST))
            block.parts.append(f"{marks} {' '.join(written.split())}")
            block.in_list = False
            return
        depth = min(piece.depth, block.depth + 1 if block.in_list else 1)
        if not depth or (piece.continues and not block.in_list):
            block.parts.append(written)
            block.in_list = False
            return
        _add_item(block, written, piece, depth=depth)

    def _grid(self, grid: Grid, *, section: str, taken: set[str]) -> Iterator[Entry]:
        heads = [cell.text for cell in grid.head]
        columns = columns_of(heads) if heads else ()
        if "recipient" not in columns or not grid.rows:
            yield self._plain_table(grid, taken)
            return
        key = unused_key(section, self.tables, fallback="table")
        self.tables.add(key)
        self._note_columns(grid, columns)
        table, left = self._table(grid, heads=heads, columns=columns)
        left[:0] = self._groups(grid)
        self.entries[f"policies/{self.wanted.policy}/tables/{key}"] = table
        yield {"key": _take("table", taken), "kind": "recipients_table", "table": key}
        if left:
            text = "\n".join(self._left_item(each) for each in left)
            yield {"key": _take("table-more", taken), "kind": "text", "markdown": text}

    def _table(
        self, grid: Grid, *, heads: Sequence[str], columns: Sequence[str]
    ) -> tuple[Entry, list[Left]]:
        rows: list[Entry] = []
        left_over: list[Left] = []
        keys: set[str] = set()
        for cells in grid.rows:
            row, left = self.disclosures.row(cells, heads=heads, columns=columns)
            left_over += left
            if row is not None:
                row["key"] = _take(row["key"], keys)
                rows.append(row)
        shown = [column for column in columns if column in SHOWN]
        recipients = self.disclosures.recipients
        if any("privacy_policy_url" in recipients[row["recipient"]] for row in rows):
            shown.append("privacy_policy")
        table: Entry = {"columns": shown, "rows": rows}
        if grid.caption:
            table = {"caption": line_of_words(grid.caption), **table}
        return table, [each for each in left_over if each.cell.text]

    def _note_columns(self, grid: Grid, columns: Sequence[str]) -> None:
        for cell, column in zip(grid.head, columns, strict=True):
            detail = f"Taken for the column {column}." if column else "No column: kept as words."
            kind = "guessed" if column else "not_placed"
            self.notes.append(Note(line=cell.line, kind=kind, text=cell.text[:200], detail=detail))

    def _groups(self, grid: Grid) -> Iterator[Left]:
        """Yield the heads above several columns with the names of those; no field takes them."""
        for group in grid.groups:
            below = dict.fromkeys(cell.text for cell in group.below if cell.text)
            told = Cell(runs=(Run(text=", ".join(below)),), line=group.head.line)
            yield Left(recipient="", head=group.head.text, cell=told)
            detail = "It stands above several columns; kept as words below the table."
            self.notes.append(
                Note(line=told.line, kind="not_placed", text=group.head.text[:200], detail=detail)
            )

    def _left_item(self, left: Left) -> str:
        """Return a cell that fits nowhere as an item of the list below the table."""
        written = self.writer.markdown(left.cell.runs, line=left.cell.line)
        told = (Run(text=left.recipient, strong=True),) if left.recipient else ()
        head = self.writer.markdown((*told, Run(text=f" {left.head}:")), line=left.cell.line)
        return f"- {head} {joined_lines(written.split(_BREAK))}"

    def _plain_table(self, grid: Grid, taken: set[str]) -> Entry:
        """Return a table that lists no recipients as one of Markdown."""
        width = len(grid.head) or len(grid.rows[0])
        heads = self._cells(_with_groups(grid)) if grid.head else [""] * width
        lines = [heads, ["---"] * width, *(self._cells(row) for row in grid.rows)]
        drawn = [f"| {' | '.join(cells)} |" for cells in lines]
        if grid.caption:
            caption = self.writer.markdown((Run(text=grid.caption),), line=grid.line)
            drawn[:0] = [caption, ""]
        self.notes.append(
            Note(
                line=grid.line,
                kind="guessed",
                text=grid.caption[:200],
                detail="A table that lists no recipients; kept as a table in the text.",
            )
        )
        return {"key": _take("table", taken), "kind": "text", "markdown": "\n".join(drawn)}

    def _cells(self, cells: Sequence[Any]) -> list[str]:
        return [
            joined_lines(self.writer.markdown(cell.runs, line=cell.line).split(_BREAK))
            for cell in cells
        ]


_BREAK: Final = "\\\n"


def _with_groups(grid: Grid) -> list[Cell]:
    """Return heads that say themselves what stands above them."""
    heads: list[Cell] = []
    for cell in grid.head:
        above = [group.head for group in grid.groups if any(low is cell for low in group.below)]
        runs = [run for head in above for run in (*head.runs, Run(text=": "))]
        heads.append(Cell(runs=(*runs, *cell.runs), line=cell.line))
    return heads


def _add_item(block: _Block, written: str, piece: Passage, *, depth: int) -> None:
    """Add an item, or a further paragraph of the last one, to the list of a block."""
    indent = "    " * (depth - 1)
    inner = written.replace("\n", f"\n{indent}    ")
    if piece.continues:
        block.parts[-1] += f"\n\n{indent}    {inner}"
        return
    mark = f"{piece.number}." if piece.number else "-"
    item = f"{indent}{mark} {inner}"
    if block.in_list:
        block.parts[-1] += f"\n{item}"
    else:
        block.parts.append(item)
    block.in_list, block.depth = True, depth


def _finished(block: _Block | None) -> Iterator[Entry]:
    if block is not None and block.parts:
        yield {"key": block.key, "kind": "text", "markdown": "\n\n".join(block.parts)}


def _take(name: str, taken: set[str], *, fallback: str = "row") -> str:
    key = unused_key(name, taken, fallback=fallback)
    taken.add(key)
    return key


def _told(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)
