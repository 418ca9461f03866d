"""Proof that a page is all there: each of its sentences and cells is found in an edition."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

from typing_extensions import override

from policy_api.domain.content.markdown import plain_text
from policy_api.domain.importing.cells import (
    is_unstated,
    read_categories,
    read_legal_basis,
    read_places,
)
from policy_api.domain.importing.columns import columns_of
from policy_api.domain.importing.html_nesting import BLOCKS
from policy_api.domain.importing.html_page import harmless
from policy_api.domain.importing.page import (
    Cell,
    Dropping,
    Grid,
    Page,
    invisible_removed,
    plain,
    undirected,
)

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…。])\s+")
_SKIPPED: Final = frozenset({"script", "style", "template", "title"})
_UNSEEN: Final = frozenset({"html", "digest", "key", "kind", "dir", "locale", "origin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something of the page that the edition does not hold."""

    line: int
    what: str
    text: str

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        return {"line": self.line, "what": self.what, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of a page an edition holds."""

    sentences: int
    cells: int
    by_meaning: int
    """Cells that are there as facts: a country by code, a link as an address."""

    missing: tuple[Missing, ...]

    @property
    def total(self) -> int:
        """Sentences and cells."""
        return self.sentences + self.cells

    @property
    def share(self) -> float:
        """Share that was found, in percent; 100 only if nothing is missing."""
        if not self.missing:
            return 100.0
        return min(99.99, round(100 * (self.total - len(self.missing)) / self.total, 2))

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "sentences": self.sentences,
            "cells": self.cells,
            "by_meaning": self.by_meaning,
            "percent": self.share,
            "missing": [each.to_json() for each in self.missing],
        }


def count_html(text: str, page: Page, content: Mapping[str, Any], *, dropping: Dropping) -> Count:
    """Count the sentences and cells of HTML in an edition's content.

    The sentences are taken from the HTML itself and not from the page that was made of it.
    """
    reader = _Words(dropping)
    reader.feed(harmless(text))
    reader.close()
    reader.end_passage()
    grids = _grids(page)
    held = {cell for grid in grids for row in (grid.head, *grid.rows) for cell in row}
    held |= {group.head for grid in grids for group in grid.groups}
    told = "\n".join([folded(cell.text) for cell in held] + [folded(g.caption) for g in grids])
    # Words of a table that no cell was made of are sentences like any other.
    outside = [each for each in reader.in_tables if folded(each[1]) not in told]
    return _Counting(content).count([*reader.passages, *outside], grids)


def count_text(text: str, page: Page, content: Mapping[str, Any], *, dropping: Dropping) -> Count:
    """Count the lines and cells of plain text in an edition's content."""
    cells = {cell.line for grid in _grids(page) for row in (grid.head, *grid.rows) for cell in row}
    covered = {
        line + more
        for grid in _grids(page)
        for row in (grid.head, *grid.rows)
        for line, more in _lines(row)
    }
    passages = [
        (number, _without_marks(line))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and number not in cells | covered and not dropping.drops(line, number)
    ]
    return _Counting(content).count(passages, _grids(page))


Passages = Sequence[tuple[int, str]]


class _Words(HTMLParser):
    """The words of HTML between the elements that part them, those of tables apart."""

    def __init__(self, dropping: Dropping) -> None:
        super().__init__(convert_charrefs=True)
        self.dropping = dropping
        self.passages: list[tuple[int, str]] = []
        self.in_tables: list[tuple[int, str]] = []
        self.words = ""
        self.line = 0
        self.open: Counter[str] = Counter()
        self.closed_off = _SKIPPED | dropping.elements

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end_passage()
        if tag == "br":
            self.words += " "
        if tag in self.closed_off or tag == "table":
            self.open[tag] += 1

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_passage()
        if self.open[tag]:
            self.open[tag] -= 1

    @override
    def handle_data(self, data: str) -> None:
        if not any(self.open[tag] for tag in self.closed_off):
            self.line = self.line if self.words.strip() else self.getpos()[0]
            self.words += data

    def end_passage(self) -> None:
        """Keep what was read since the last one."""
        told = " ".join(self.words.split())
        if told and not self.dropping.drops(told, self.line):
            (self.in_tables if self.open["table"] else self.passages).append((self.line, told))
        self.words = ""


class _Counting:
    """An edition's words, taken once for each time a page says them."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.words = "\n".join(folded(text) for text in _texts(content))
        self.tables = [
            block
            for section in content["sections"]
            for block in section["blocks"]
            if block["kind"] == "recipients_table"
        ]
        self.rows = [row for table in self.tables for row in table["rows"]]
        self.shown = {column["key"] for table in self.tables for column in table["columns"]}
        self.locale = str(content["locale"])
        self.used: Counter[str] = Counter()
        self.missing: list[Missing] = []
        self.by_meaning = 0

    def count(self, passages: Passages, grids: Sequence[Grid]) -> Count:
        """Count everything."""
        sentences = [
            (line, sentence)
            for line, text in passages
            for sentence in _SENTENCE_END.split(text)
            if folded(sentence)
        ]
        for line, sentence in sentences:
            if not self._take(sentence):
                self.missing.append(Missing(line=line, what="sentence", text=sentence[:200]))
        cells = sum(self._grid(grid) for grid in grids)
        return Count(
            sentences=len(sentences),
            cells=cells,
            by_meaning=self.by_meaning,
            missing=tuple(sorted(self.missing, key=lambda each: each.line)),
        )

    def _take(self, text: str) -> bool:
        """Tell whether the edition says something once more than was asked for."""
        told = folded(text)
        self.used[told] += 1
        return self.words.count(told) >= self.used[told]

    def _grid(self, grid: Grid) -> int:
        """Count the cells of a table and note those that are missing."""
        columns = columns_of([cell.text for cell in grid.head])
        if "recipient" not in columns:
            every = [cell for row in (grid.head, *grid.rows) for cell in row if cell.text]
            for cell in every:
                self._note(cell, found=self._take_lines(cell))
            return len(every) + self._above(grid)
        heads = [pair for pair in zip(grid.head, columns, strict=True) if pair[0].text]
        for cell, column in heads:
            is_fact = column in self.shown
            self.by_meaning += is_fact
            self._note(cell, found=is_fact or folded(cell.text) in self.words)
        count = len(heads) + self._above(grid)
        for cells in grid.rows:
            count += self._row(cells, columns)
        return count

    def _above(self, grid: Grid) -> int:
        """Count what stands above the heads of a table."""
        heads = [group.head for group in grid.groups]
        if grid.caption:
            heads.append(Cell(runs=plain(grid.caption), line=grid.line))
        for head in heads:
            self._note(head, found=self._take_lines(head))
        return len(heads)

    def _take_lines(self, cell: Cell) -> bool:
        """Tell whether the edition says every line of a cell once more."""
        return all(self._take(line) for line in cell.lines)

    def _row(self, cells: Sequence[Cell], columns: Sequence[str]) -> int:
        """Count the cells of a row in the edition's row for the same recipient."""
        name = next(
            cell.text for cell, column in zip(cells, columns, strict=True) if column == "recipient"
        )
        row = next(
            (row for row in self.rows if folded(row["recipient"]["name"]) == folded(name)), None
        )
        if row is not None:
            self.rows.remove(row)
        words = "\n".join(folded(text) for text in _texts(row or {}))
        told = [(c, column) for c, column in zip(cells, columns, strict=True) if c.text]
        for cell, column in told:
            says = row is not None and all(folded(line) in words for line in cell.lines)
            means = not says and row is not None and _means(cell, column, row, locale=self.locale)
            self.by_meaning += means
            self._note(cell, found=says or means or self._stands_below(name, cell))
        return len(told)

    def _stands_below(self, name: str, cell: Cell) -> bool:
        """Tell whether some text names the recipient and says the cell's words behind."""
        told = [folded(line) for line in cell.lines]
        return any(
            folded(name) in line and all(each in line for each in told)
            for line in self.words.split("\n")
        ) and self._take_lines(cell)

    def _note(self, cell: Cell, *, found: bool) -> None:
        if not found:
            self.missing.append(Missing(line=cell.line, what="cell", text=cell.text[:200]))


def folded(text: str) -> str:
    """Return words as they are compared: without case, white space and marks around them."""
    seen = undirected(invisible_removed(unicodedata.normalize("NFKC", text)))
    flat = " ".join(seen.casefold().split())
    return flat.strip(" -–—•·*|")


def _means(cell: Cell, column: str, row: Mapping[str, Any], *, locale: str) -> bool:
    """Tell whether a row of an edition states the facts of a cell."""
    if is_unstated(cell.text):
        return True
    if column in _LINKS:
        return _same_link(_LINKS[column], cell, row)
    same = _SAME.get(column)
    return same is not None and same("\n".join(cell.lines), row, locale)


def _same_basis(text: str, row: Mapping[str, Any], locale: str) -> bool:
    facts = read_legal_basis(text, locale)
    stated = (row["legal_basis"] or {}).get("code")
    return facts.is_whole and facts.fields.get("legal_basis") == stated


def _same_places(text: str, row: Mapping[str, Any], locale: str) -> bool:
    wanted = read_places(text, locale).fields.get("locations")
    names = ("country", "region", "place")
    stated = [
        {name: place[name] for name in names if place[name]} for place in row["locations"] or ()
    ]
    return wanted is not None and wanted == stated


def _same_categories(text: str, row: Mapping[str, Any], _locale: str) -> bool:
    fields = read_categories(text).fields
    wanted = fields.get("data_categories")
    if wanted is None or row["data_categories"] is None:
        return False
    stated = {folded(each["label"]) for each in row["data_categories"]}
    is_open = fields.get("data_categories_open", False)
    return {folded(label) for label in wanted} == stated and is_open == row["data_categories_open"]


def _same_link(name: str, cell: Cell, row: Mapping[str, Any]) -> bool:
    goals = {link.replace("http://", "https://", 1) for link in cell.links or (cell.text,)}
    return goals == {row["recipient"][name]}


_LINKS: Final = {"privacy_policy": "privacy_policy_url", "url": "url"}
_SAME: Final[Mapping[str, Callable[[str, Mapping[str, Any], str], bool]]] = {
    "legal_basis": _same_basis,
    "locations": _same_places,
    "data_categories": _same_categories,
}


def _texts(value: object, name: str = "") -> Iterator[str]:
    """Yield every text of an edition that a reader sees, Markdown as its words."""
    if isinstance(value, str):
        if name not in _UNSEEN:
            yield plain_text(value) if name == "markdown" else value
    elif isinstance(value, Mapping):
        for inner, each in value.items():
            yield from _texts(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)


def _grids(page: Page) -> list[Grid]:
    return [piece for piece in page.pieces if isinstance(piece, Grid)]


def _lines(row: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    for cell in row:
        for more in range(sum(run.text.count("\n") for run in cell.runs) + 1):
            yield cell.line, more


def _without_marks(line: str) -> str:
    return re.sub(r"^\s*(?:[•·▪‣◦*+–-]|\d{1,3}[.)]|#{1,6})\s+", "", line).strip(" |#")
