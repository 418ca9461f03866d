"""Plain text read as a page: headings, lists and tables told by how lines look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from policy_api.domain.importing.cells import is_place
from policy_api.domain.importing.flat_tables import Line, flat_grid
from policy_api.domain.importing.page import (
    Cell,
    Dropping,
    Grid,
    Heading,
    Note,
    Page,
    Passage,
    plain,
)
from policy_api.errors import BadInput, Problem

_ITEM: Final = re.compile(r"(?P<mark>[•·▪‣◦*+–-]|\d{1,3}[.)])[ \t]+(?P<words>\S.*)")
_MARKED: Final = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<words>\S.*?)[ \t]*#*")
_TOPICS: Final = re.compile(
    r"\b(?:contact|rights?|cookies?|retention|representative|data protection officer|recipients"
    r"|(?:sub)?processors|third part|changes|privacy (?:policy|notice|statement)|security|transfers"
    r"|kontakt|rechte|datenschutz|empfänger|vertreter|speicherdauer|droits|destinataires|derechos"
    r"|contacto)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"\S:\s*\S")
_LONGEST_HEADING, _MOST_WORDS = 70, 10
_LINES: Final = 20_000
_PROSE, _SENTENCE = 60, 25
_LOOSE: Final = 0.15
"""Share of blank lines from which on they part passages, and lines are wrapped ones."""

_WRAPPED: Final = 50


def read_text(
    text: str, dropping: Dropping, *, headings: tuple[str, ...] = (), locale: str = "en"
) -> Page:
    """Return a page of plain text.

    :param headings: Lines that are headings, whatever they look like.
    :raises BadInput: If it has far too many lines.
    """
    if text.count("\n") > _LINES:
        problem = Problem("The page has too many lines.", expected=f"at most {_LINES}")
        raise BadInput(problems=[problem])
    return _Reading(text, dropping, headings=headings, locale=locale).page()


class _Reading:
    """Lines on their way to pieces."""

    def __init__(
        self, text: str, dropping: Dropping, *, headings: tuple[str, ...], locale: str
    ) -> None:
        self.locale = locale
        self.named = {" ".join(each.split()).casefold() for each in headings}
        self.done = Page()
        self.lines: list[Line] = []
        self.ends: set[int] = set()
        """Places in ``lines`` behind which a blank line stood."""

        written = [" ".join(line.split("\t")).strip() for line in text.splitlines()]
        self.raw = dict(enumerate(text.splitlines(), start=1))
        for number, line in enumerate(written, start=1):
            if not line:
                self.ends.add(len(self.lines) - 1)
            elif dropping.drops(line, number):
                note = Note(line=number, kind="dropped", text=line[:200], detail="As asked.")
                self.done.notes.append(note)
            else:
                self.lines.append(Line(number, line))
        self.ends.add(len(self.lines) - 1)
        blank = sum(not line for line in written)
        self.is_loose = blank > _LOOSE * max(1, len(written))

    def page(self) -> Page:
        """Return all pieces."""
        at = 0
        while at < len(self.lines):
            at = self._piece(at)
        return self.done

    def _piece(self, at: int) -> int:
        """Add the piece that begins at a line and return the line behind it."""
        found = self._grid(at)
        if found is not None:
            self.done.pieces.append(found[0])
            return found[1]
        line = self.lines[at]
        marked = _MARKED.fullmatch(line.text)
        if marked is not None:
            level = len(marked["marks"])
            self._heading(marked["words"], line, level=level)
            return at + 1
        if self.begins_section(at):
            detail = "Taken for a heading, by its look."
            self.done.notes.append(
                Note(line=line.number, kind="guessed", text=line.text, detail=detail)
            )
            self._heading(line.text, line, level=2)
            return at + 1
        return self._passage(at)

    def _heading(self, text: str, line: Line, *, level: int) -> None:
        self.done.pieces.append(Heading(runs=plain(text), line=line.number, level=level))

    def _grid(self, at: int) -> tuple[Grid, int] | None:
        flat = flat_grid(self.lines, at, locale=self.locale, begins_section=self.begins_section)
        return flat or self._drawn_grid(at)

    def _drawn_grid(self, at: int) -> tuple[Grid, int] | None:
        """Return the table whose columns are parted by tabs or upright lines."""
        rows: list[tuple[Cell, ...]] = []
        place, width = at, 0
        while place < len(self.lines):
            line = self.lines[place]
            parts = _parts(self.raw[line.number])
            if len(parts) < 2 or (width and len(parts) != width):  # noqa: PLR2004 -- a table has two
                break
            width = len(parts)
            if not all(set(part) <= set("-: ") for part in parts):
                rows.append(tuple(Cell(runs=plain(part), line=line.number) for part in parts))
            place += 1
        if len(rows) < 2:  # noqa: PLR2004 -- heads and a row
            return None
        return Grid(head=rows[0], rows=tuple(rows[1:]), line=rows[0][0].line), place

    def _passage(self, at: int) -> int:
        line = self.lines[at]
        item = _ITEM.fullmatch(line.text)
        depth = number = 0
        text = line.text
        if item is not None:
            mark, text, depth = item["mark"], item["words"], 1
            number = int(mark[:-1]) if mark[:-1].isdecimal() else 0
        end = at + 1
        while self.is_loose and end - 1 not in self.ends and end < len(self.lines):
            following = self.lines[end].text
            if _ITEM.fullmatch(following) or self._grid(end) is not None:
                break
            text += (" " if len(self.lines[end - 1].text) >= _WRAPPED else "\n") + following
            end += 1
        self.done.pieces.append(
            Passage(runs=plain(text), line=line.number, depth=depth, number=number)
        )
        return end

    def begins_section(self, at: int) -> bool:
        """Tell whether a line is a heading, by its look and by what follows."""
        text = self.lines[at].text
        if " ".join(text.split()).casefold() in self.named:
            return True
        if not _looks_like_heading(text) or at + 1 >= len(self.lines):
            return False
        if is_place(text, self.locale):
            return False
        if self.is_loose and at not in self.ends:
            return False
        return _is_prose(self.lines[at + 1].text) or _TOPICS.search(text) is not None


def _parts(raw: str) -> Sequence[str]:
    stripped = raw.strip()
    if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 1:
        return [part.strip() for part in stripped[1:-1].split("|")]
    return [part.strip() for part in raw.strip("\n").split("\t")] if "\t" in raw.strip() else ()


def _looks_like_heading(text: str) -> bool:
    if len(text) > _LONGEST_HEADING or len(text.split()) > _MOST_WORDS:
        return False
    if text.endswith((".", ",", ";", ":", "…")) or "@" in text or _LABEL.search(text):
        return False
    return text[0].isupper() or text[0].isdecimal() or not text[0].isascii()


def _is_prose(text: str) -> bool:
    ends = text.endswith((".", "!", "?", ":", "…", "。"))
    return (
        len(text) >= _PROSE
        or (ends and len(text) >= _SENTENCE)
        or _ITEM.fullmatch(text) is not None
    )
