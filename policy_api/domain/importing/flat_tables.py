"""Tables that lost their lines: heads and cells one below the other, one on each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_api.domain.importing.cells import is_place, is_unstated, read_legal_basis
from policy_api.domain.importing.columns import column_of
from policy_api.domain.importing.page import Cell, Grid, plain

_FEWEST_HEADS: Final = 3
_MOST_EXTRA: Final = 3
_LONGEST_NAME: Final = 100
_LINK: Final = re.compile(
    r"https?://\S+|link|here|hier|ici|aquí|view|read|privacy (?:policy|notice|statement)",
    re.IGNORECASE,
)
_UNFINISHED: Final = (",", ";", "/", "(", " and", " or", " und", " et", " y")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words, and where it stands."""

    number: int
    text: str


Check = Callable[[str], bool]


def flat_grid(
    lines: Sequence[Line], at: int, *, locale: str, begins_section: Callable[[int], bool]
) -> tuple[Grid, int] | None:
    """Return the table whose heads begin at a line, and the line behind it; None if none does.

    A table ends where lines no longer make a row: where a legal basis, a place or a link should
    stand and does not, or where a section begins.
    """
    heads = _heads(lines, at)
    if len(heads) < _FEWEST_HEADS or "recipient" not in heads:
        return None
    checks = _checks(heads, locale)
    rows: list[tuple[Cell, ...]] = []
    place = at + len(heads)
    while place < len(lines):
        found = _row(lines, place, width=len(heads), checks=checks)
        if found is None or (not checks and begins_section(place)):
            break
        rows.append(found[0])
        place += found[1]
    if not rows:
        return None
    head = tuple(_cell([line]) for line in lines[at : at + len(heads)])
    return Grid(head=head, rows=tuple(rows), line=lines[at].number), place


def _heads(lines: Sequence[Line], at: int) -> list[str]:
    heads: list[str] = []
    for line in lines[at:]:
        column = column_of(line.text)
        if column is None or column in heads:
            break
        heads.append(column)
    return heads


def _checks(heads: Sequence[str], locale: str) -> dict[int, Check]:
    """Return the columns whose cells can be told from others, with how."""
    known: Mapping[str, Check] = {
        "legal_basis": lambda text: bool(read_legal_basis(text, locale).fields),
        "locations": lambda text: is_place(text, locale),
        "privacy_policy": lambda text: _LINK.fullmatch(text) is not None,
    }
    return {place: known[head] for place, head in enumerate(heads) if head in known}


def _row(
    lines: Sequence[Line], at: int, *, width: int, checks: Mapping[int, Check]
) -> tuple[tuple[Cell, ...], int] | None:
    """Return the row that begins at a line and how many lines it takes."""
    fallback = None
    for cells in _ways(lines, at, width):
        if not _is_name(cells[0]):
            continue
        right = sum(is_unstated(cells[n].text) or fits(cells[n].text) for n, fits in checks.items())
        taken = sum(cell_lines(cell) for cell in cells)
        if right == len(checks):
            return cells, taken
        if fallback is None and taken == width and right * 2 > len(checks):
            fallback = cells, taken
    return fallback


def _ways(lines: Sequence[Line], at: int, width: int) -> Iterator[tuple[Cell, ...]]:
    """Yield the ways to make cells of lines: one each first, then with a cell of several."""
    for extra in range(_MOST_EXTRA + 1):
        given = lines[at : at + width + extra]
        if len(given) < width + extra:
            return
        if extra == 0:
            yield tuple(_cell([line]) for line in given)
            continue
        joined = _joined(given)
        if len(joined) == width:
            yield tuple(_cell(group) for group in joined)
        for place in range(1, width):
            groups = [[line] for line in given[:place]]
            groups.append(list(given[place : place + extra + 1]))
            groups += [[line] for line in given[place + extra + 1 :]]
            yield tuple(_cell(group) for group in groups)


def _joined(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines in groups: a line that ends in a comma goes on."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and groups[-1][-1].text.endswith(_UNFINISHED):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _cell(lines: Sequence[Line]) -> Cell:
    return Cell(runs=plain("\n".join(line.text for line in lines)), line=lines[0].number)


def cell_lines(cell: Cell) -> int:
    """Return how many lines a cell was made of."""
    return sum(run.text.count("\n") for run in cell.runs) + 1


def _is_name(cell: Cell) -> bool:
    return len(cell.text) <= _LONGEST_NAME and not cell.text.endswith((".", ":", "!"))
