"""A table while its HTML is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from policy_api.domain.importing.page import Cell, Grid, Note, Run, Runs, words

_WIDEST: Final = 60
_LONGEST: Final = 2_000


@dataclass(slots=True)
class _OpenCell:
    line: int
    is_head: bool
    width: int
    height: int
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True)
class TableInProgress:
    """Rows as they come, cells over several columns or rows filled in."""

    line: int
    notes: list[Note] = field(default_factory=list)
    caption: str = ""
    _rows: list[list[tuple[Cell, bool]]] = field(default_factory=list)
    _spans: dict[int, tuple[int, Cell]] = field(default_factory=dict)
    """Column → rows that a cell still reaches down into, and the cell."""

    _due: dict[int, Cell] = field(default_factory=dict)
    _cell: _OpenCell | None = None

    def begin(self, tag: str, given: dict[str, str], *, line: int) -> None:
        """Begin another row or cell."""
        if tag == "tr":
            self._begin_row()
        else:
            self._begin_cell(tag, given, line=line)

    def _begin_row(self) -> None:
        self._end_row()
        self._rows.append([])
        self._due = {column: cell for column, (_, cell) in self._spans.items()}
        self._spans = {
            column: (left - 1, cell) for column, (left, cell) in self._spans.items() if left > 1
        }

    def _begin_cell(self, tag: str, given: dict[str, str], *, line: int) -> None:
        self._end_cell()
        if not self._rows:
            self._rows.append([])
        self._cell = _OpenCell(
            line=line,
            is_head=tag == "th",
            width=_number(given.get("colspan"), _WIDEST),
            height=_number(given.get("rowspan"), _LONGEST),
        )

    def add(self, runs: Runs, *, line: int, is_caption: bool) -> None:
        """Add words to what is open: a cell, the caption, or neither."""
        if is_caption or self._cell is None:
            self.caption = f"{self.caption} {words(runs)}".strip()
            return
        if self._cell.runs:
            self._cell.runs.append(Run(text="\n"))
        else:
            self._cell.line = line
        self._cell.runs += runs

    def grid(self) -> Grid | None:
        """Return the table; rows are filled up to one width. None if it has no cell."""
        self._end_row()
        rows = [row for row in self._rows if any(cell.text for cell, _ in row)]
        if not rows:
            return None
        width = max(len(row) for row in rows)
        heads = rows[0] if all(is_head for _, is_head in rows[0]) or len(rows) > 1 else []
        body = rows[1:] if heads else rows
        return Grid(
            head=tuple(cell for cell, _ in self._filled(heads, width)) if heads else (),
            rows=tuple(tuple(cell for cell, _ in self._filled(row, width)) for row in body),
            line=self.line,
            caption=self.caption,
        )

    def _filled(self, row: list[tuple[Cell, bool]], width: int) -> list[tuple[Cell, bool]]:
        line = row[-1][0].line if row else self.line
        empty = (Cell(runs=(), line=line), False)
        return [*row, *[empty] * (width - len(row))]

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        row = self._rows[-1]
        while len(row) in self._due:
            row.append((self._due.pop(len(row)), False))
        done = Cell(runs=tuple(cell.runs), line=cell.line)
        if cell.height > 1:
            self._spans[len(row)] = (cell.height - 1, done)
            detail = "The cell spans several rows; each of them got it."
            self.notes.append(
                Note(line=cell.line, kind="guessed", text=done.text[:200], detail=detail)
            )
        row.append((done, cell.is_head))
        blank = Cell(runs=(), line=cell.line)
        row += [(blank, cell.is_head)] * (cell.width - 1)

    def _end_row(self) -> None:
        """Put what reaches down from the rows above behind the last cell."""
        self._end_cell()
        row = self._rows[-1] if self._rows else []
        for column in sorted(self._due):
            row += [(Cell(runs=(), line=self.line), False)] * (column - len(row))
            row.append((self._due[column], False))
        self._due = {}


def _number(written: str | None, most: int) -> int:
    if written is None or not written.isdecimal() or len(written) > len("100000"):
        return 1
    return max(1, min(int(written), most))
