"""A table while its HTML is being read: rows of facts, or only a way to arrange a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from policy_api.domain.importing.page import (
    Cell,
    ColumnGroup,
    Grid,
    Note,
    Passage,
    Piece,
    Run,
    Runs,
    plain,
    words,
)
from policy_api.errors import BadInput, Problem

_WIDEST: Final = 60
_LONGEST: Final = 2_000
_CELLS: Final = 100_000
"""Cells of a table, those included that one over several rows or columns fills."""

_ARRANGING: Final = frozenset({"none", "presentation"})
"""Roles of a table that only puts things beside each other."""


@dataclass(slots=True)
class _OpenCell:
    line: int
    is_head: bool
    width: int
    height: int
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    in_head: bool
    """Whether it stands in a ``thead``; then all of its cells are heads."""

    cells: list[Cell] = field(default_factory=list)
    heads: int = 0
    """How many of the cells are heads."""

    own: int = 0
    """How many cells begin in this row."""

    widest: int = 0
    """Columns that the widest of them takes."""

    @property
    def is_head(self) -> bool:
        """Tell whether the row names columns."""
        return bool(self.cells) and self.heads == len(self.cells)


@dataclass(slots=True)
class TableInProgress:
    """Rows as they come, cells over several columns or rows filled in."""

    line: int
    role: str = ""
    notes: list[Note] = field(default_factory=list)
    caption: str = ""
    pieces: list[Piece] = field(default_factory=list)
    """What stands in the table, as it would stand without one."""

    has_inner: bool = False
    """Whether another table or a heading stands in a cell."""

    in_head: bool = False
    _has_heads: bool = False
    _rows: list[_Row] = field(default_factory=list)
    _spans: dict[int, tuple[int, Cell]] = field(default_factory=dict)
    """Column → rows that a cell still reaches down into, and the cell."""

    _due: dict[int, Cell] = field(default_factory=dict)
    _cell: _OpenCell | None = None
    _count: int = 0

    def begin(self, tag: str, given: dict[str, str], *, line: int) -> None:
        """Begin another row or cell."""
        if tag == "tr":
            self._begin_row()
        else:
            self._begin_cell(tag, given, line=line)

    def _begin_row(self) -> None:
        self._end_row()
        self._rows.append(_Row(self.in_head))
        self._due = {column: cell for column, (_, cell) in self._spans.items()}
        self._spans = {
            column: (left - 1, cell) for column, (left, cell) in self._spans.items() if left > 1
        }

    def _begin_cell(self, tag: str, given: dict[str, str], *, line: int) -> None:
        self._end_cell()
        if not self._rows:
            self._rows.append(_Row(self.in_head))
        is_head = tag == "th" or self._rows[-1].in_head
        self._has_heads = self._has_heads or is_head
        self._cell = _OpenCell(
            line=line,
            is_head=is_head,
            width=_number(given.get("colspan"), _WIDEST),
            height=_number(given.get("rowspan"), _LONGEST),
        )

    def add(self, runs: Runs, piece: Piece, *, line: int, is_caption: bool) -> None:
        """Add words to what is open: a cell, the caption, or neither.

        :param piece: The same words as they would stand without a table.
        """
        self.pieces.append(piece)
        if is_caption or self._cell is None:
            self.caption = f"{self.caption} {words(runs)}".strip()
            return
        if self._cell.runs:
            self._cell.runs.append(Run(text="\n"))
        else:
            self._cell.line = line
        self._cell.runs += runs

    def add_inner(self, inner: TableInProgress) -> None:
        """Add what a table inside a cell holds."""
        self.has_inner = True
        self.notes += inner.notes
        found = inner.result()
        self.pieces += found
        for piece in found:
            cells = _cells_of(piece)
            for cell in cells if self._cell is not None else ():
                self._cell_runs().extend([*plain("\n" if self._cell_runs() else ""), *cell.runs])

    def _cell_runs(self) -> list[Run]:
        return [] if self._cell is None else self._cell.runs

    def result(self) -> list[Piece]:
        """Return what stands in the table: rows, and the lines that run across all columns."""
        self._end_row()
        rows = [row for row in self._rows if any(cell.text for cell in row.cells)]
        if not rows or self._only_arranges(rows):
            return self.pieces
        width = max(len(row.cells) for row in rows)
        _check_cells(width * len(rows), self.line)
        return list(_Settled(self, rows, width).pieces())

    def _only_arranges(self, rows: Sequence[_Row]) -> bool:
        if self.role in _ARRANGING:
            return True
        if self._has_heads:
            return False
        return self.has_inner or len(rows) == 1 or max(len(row.cells) for row in rows) == 1

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        row = self._rows[-1]
        while len(row.cells) in self._due:
            self._push(row, self._due.pop(len(row.cells)))
        done = Cell(runs=tuple(cell.runs), line=cell.line)
        row.own += 1
        row.widest = max(row.widest, cell.width)
        # A head over several columns is the head of each; another cell stands in the first.
        beside = done if cell.is_head else Cell(runs=(), line=cell.line)
        for each in (done, *[beside] * (cell.width - 1)):
            if cell.height > 1:
                self._spans[len(row.cells)] = (cell.height - 1, each)
            self._push(row, each, is_head=cell.is_head)
        if cell.height > 1 and not row.is_head:
            detail = "The cell spans several rows; each of them got it."
            self.notes.append(
                Note(line=cell.line, kind="guessed", text=done.text[:200], detail=detail)
            )

    def _push(self, row: _Row, cell: Cell, *, is_head: bool | None = None) -> None:
        """Add a cell; one that comes down from a row above is what the others are.

        :raises BadInput: If there are far too many.
        """
        self._count += 1
        _check_cells(self._count, self.line)
        row.heads += row.heads == len(row.cells) if is_head is None else is_head
        row.cells.append(cell)

    def _end_row(self) -> None:
        """Put what reaches down from the rows above behind the last cell."""
        self._end_cell()
        if not self._rows:
            return
        row = self._rows[-1]
        for column in sorted(self._due):
            while len(row.cells) < column:
                self._push(row, Cell(runs=(), line=self.line))
            self._push(row, self._due[column])
        self._due = {}


@dataclass(frozen=True, slots=True)
class _Settled:
    """The rows of a table that has facts, once all of them are known."""

    table: TableInProgress
    rows: Sequence[_Row]
    width: int

    def pieces(self) -> Iterator[Piece]:
        """Yield the table, in parts where lines run across it."""
        at = 0
        while at < len(self.rows) and self._is_across(self.rows[at]):
            yield self._line_across(self.rows[at])
            at += 1
        body = at + self._head_rows(at)
        heads, groups = self._heads(at, body)
        caption = self.table.caption
        part: list[tuple[Cell, ...]] = []
        told = False
        for row in self.rows[body:]:
            if not self._is_across(row):
                part.append(self._filled(row))
                continue
            if part:
                yield self._grid(heads, part, "" if told else caption, () if told else groups)
                part, told = [], True
            yield self._line_across(row)
        if part or (heads and not told):
            yield self._grid(heads, part, "" if told else caption, () if told else groups)

    def _is_across(self, row: _Row) -> bool:
        return self.width > 1 and row.own == 1 and row.widest >= self.width

    def _line_across(self, row: _Row) -> Passage:
        cell = row.cells[0]
        detail = "The line runs across the table; it became a text of its own."
        self.table.notes.append(
            Note(line=cell.line, kind="changed", text=cell.text[:200], detail=detail)
        )
        return Passage(runs=cell.runs, line=cell.line)

    def _head_rows(self, at: int) -> int:
        """Return how many of the rows from one on are heads."""
        left = self.rows[at:]
        count = next((n for n, row in enumerate(left) if not row.is_head), len(left))
        if count == len(left):
            count = min(count, 1)
        return count or int(len(left) > 1)

    def _heads(self, first: int, body: int) -> tuple[tuple[Cell, ...], tuple[ColumnGroup, ...]]:
        """Return the lowest row of heads, and what stands above several of them."""
        lines = [self._filled(row) for row in self.rows[first:body]]
        if not lines:
            return (), ()
        groups: list[ColumnGroup] = []
        for upper in lines[:-1]:
            for cell in {id(cell): cell for cell in upper if cell.text}.values():
                below = tuple(
                    low for high, low in zip(upper, lines[-1], strict=True) if high is cell
                )
                if any(low is not cell for low in below):
                    groups.append(ColumnGroup(head=cell, below=below))
        return lines[-1], tuple(groups)

    def _filled(self, row: _Row) -> tuple[Cell, ...]:
        line = row.cells[-1].line if row.cells else self.table.line
        missing = self.width - len(row.cells)
        return (*row.cells, *[Cell(runs=(), line=line)] * missing)

    def _grid(
        self,
        heads: tuple[Cell, ...],
        rows: Sequence[tuple[Cell, ...]],
        caption: str,
        groups: tuple[ColumnGroup, ...],
    ) -> Grid:
        return Grid(
            head=heads, rows=tuple(rows), line=self.table.line, caption=caption, groups=groups
        )


def _cells_of(piece: Piece) -> list[Cell]:
    """Return the words of a piece as cells."""
    if isinstance(piece, Grid):
        return [cell for row in (piece.head, *piece.rows) for cell in row if cell.text]
    return [Cell(runs=piece.runs, line=piece.line)]


def _check_cells(count: int, line: int) -> None:
    if count > _CELLS:
        problem = Problem("The table has too many cells.", line=line, expected=f"at most {_CELLS}")
        raise BadInput(problems=[problem])


def _number(written: str | None, most: int) -> int:
    if written is None or not written.isdecimal() or len(written) > len("100000"):
        return 1
    return max(1, min(int(written), most))
