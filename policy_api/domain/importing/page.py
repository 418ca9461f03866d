"""A policy page, read: headings, passages, lists and tables, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from policy_api.errors import BadInput, Problem

PAGE_BYTES: Final = 2 * 1024 * 1024
"""The largest page that is read; a long policy takes a tenth of it."""

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ufffe\uffff\ud800-\udfff]"
)
_ENDS: Final = re.compile("[\u2028\u2029]")
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CLOSED: Final = (".", "!", "?", "…", ":", ";", ",", "。")
"""Marks after which nothing else has to part two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that look alike: one style, one link."""

    text: str
    strong: bool = False
    emphasis: bool = False
    struck: bool = False
    href: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line that names what follows."""

    runs: Runs
    line: int
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph, or an item of a list."""

    runs: Runs
    line: int
    depth: int = 0
    """0 outside lists, 1 in a list, 2 in a list inside a list."""

    number: int = 0
    """Place in an ordered list; 0 in any other."""

    continues: bool = False
    """A further paragraph of the item before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field of a table."""

    runs: Runs
    line: int

    @property
    def text(self) -> str:
        """The words, on one line."""
        return words(self.runs)

    @property
    def lines(self) -> tuple[str, ...]:
        """The words, line by line: items of a list, paragraphs, what line breaks part."""
        told = "".join(run.text for run in self.runs).split("\n")
        return tuple(" ".join(line.split()) for line in told if line.strip())

    @property
    def sentence(self) -> str:
        """The words on one line, with a mark between lines that would run into each other."""
        return joined_lines(self.lines)

    @property
    def links(self) -> tuple[str, ...]:
        """Where the words lead."""
        return tuple(dict.fromkeys(run.href for run in self.runs if run.href))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGroup:
    """A head that stands above the heads of several columns."""

    head: Cell
    below: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a person should look at."""

    line: int
    kind: str
    """``dropped`` as asked, ``left_out`` because it is no text, ``guessed``, ``changed``, or
    ``not_placed``: kept as words, because no field takes it."""

    text: str
    detail: str

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        return {"line": self.line, "kind": self.kind, "text": self.text, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: a line of heads and rows of cells, all of one width."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    line: int
    caption: str = ""
    groups: tuple[ColumnGroup, ...] = ()
    notes: tuple[Note, ...] = ()
    """What stood beside the table and was not read."""


Piece = Heading | Passage | Grid


@dataclass(slots=True, kw_only=True)
class Page:
    """What was read, in order."""

    pieces: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    title: str = ""
    """What the page calls itself outside its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropping:
    """What the user wants left out: nothing, unless asked."""

    patterns: tuple[str, ...] = ()
    """Whole lines or passages, ``*`` for any words; ``<nav>`` for an HTML element."""

    lines: tuple[tuple[int, int], ...] = ()
    """First and last line of ranges."""

    def drops(self, text: str, line: int) -> bool:
        """Tell whether a line or passage is to be left out."""
        if any(first <= line <= last for first, last in self.lines):
            return True
        flat = " ".join(text.split()).casefold()
        return any(fnmatchcase(flat, pattern.casefold()) for pattern in self.patterns)

    @property
    def elements(self) -> frozenset[str]:
        """Names of HTML elements that are left out with everything in them."""
        return frozenset(
            pattern[1:-1].strip().lower()
            for pattern in self.patterns
            if pattern.startswith("<") and pattern.endswith(">")
        )


def words(runs: Runs) -> str:
    """Return the words of runs, white space collapsed."""
    return " ".join("".join(run.text for run in runs).split())


def joined_lines(lines: Iterable[str]) -> str:
    """Return lines as one, with a mark between those that would run into each other."""
    told = ""
    for line in lines:
        mark = "" if not told else " " if told.rstrip("*").endswith(_CLOSED) else "; "
        told += mark + line
    return told


def plain(text: str) -> Runs:
    """Return a text as one run without style."""
    return (Run(text=text),) if text else ()


def line_ranges(written: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return ranges of lines, written as ``3`` or ``3-14``.

    :raises BadInput: If one is written otherwise.
    """
    ranges = []
    for each in written:
        first, _, last = each.partition("-")
        if not (first.strip().isdecimal() and (last.strip() or first.strip()).isdecimal()):
            problem = Problem(f"“{each[:40]}” is no range of lines.", expected="such as 3 or 3-14")
            raise BadInput(problems=[problem])
        ranges.append((int(first[:9]), int((last or first)[:9])))
    return tuple(ranges)


def invisible_removed(text: str) -> str:
    """Return a text without control characters and marks that nobody sees."""
    return _INVISIBLE.sub("", _ENDS.sub("\n", text))


def undirected(text: str) -> str:
    """Return a text without marks that turn the reading direction."""
    return _DIRECTIONS.sub("", text)
