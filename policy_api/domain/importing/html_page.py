"""HTML read as a page: everything a reader can see goes somewhere."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

from policy_api.domain.content.characters import character_fault
from policy_api.domain.content.faults import shown
from policy_api.domain.importing.html_nesting import (
    BLOCKS,
    EMPTY,
    HEADINGS,
    ended_by_begin,
    ended_by_end,
)
from policy_api.domain.importing.html_tables import TableInProgress
from policy_api.domain.importing.page import (
    Dropping,
    Heading,
    Note,
    Page,
    Passage,
    Run,
    Runs,
    invisible_removed,
    undirected,
    words,
)
from policy_api.errors import BadInput, Problem

_DEPTH: Final = 300
_TAGS: Final = 60_000
_MARKS: Final = 150_000
"""Attributes, or characters written as entities."""

_LISTS: Final = frozenset({"ul", "ol", "menu"})
_INVISIBLE: Final = frozenset({"script", "style", "template"})
_STRONG: Final = frozenset({"b", "dt", "strong", "summary"})
_STRUCK: Final = frozenset({"del", "s", "strike"})
_EMPHASIS: Final = frozenset({"i", "em", "cite"})
_RAISED: Final = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED: Final = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SHIFTED: Final = {"sup": _RAISED, "sub": _LOWERED}
"""A footnote after “Art. 6” must not make it Art. 61."""

_EMBEDDED: Final = frozenset({"iframe", "embed", "object", "video", "audio"})
_CONTROLS: Final = frozenset({"input", "select", "textarea"})


def read_html(text: str, dropping: Dropping) -> Page:
    """Return a page of HTML.

    :raises BadInput: If it is nested too deep or has too many elements.
    """
    reader = _Reader(dropping)
    reader.feed(harmless(text))
    reader.close()
    reader.finish()
    return reader.page


def harmless(text: str) -> str:
    """Return HTML without what takes a parser for ever: comments and tags without an end.

    Line breaks stay, so that lines keep their numbers.

    :raises BadInput: If there are far too many tags.
    """
    if text.count("<") > _TAGS or max(map(text.count, "=&")) > _MARKS:
        problem = Problem("The page has too many elements.", expected=f"at most {_TAGS}")
        raise BadInput(problems=[problem])
    kept: list[str] = []
    at = 0
    while (start := text.find("<!", at)) >= 0:
        kept.append(text[at:start])
        opening, closing = ("<!--", "-->") if text.startswith("<!--", start) else ("<!", ">")
        end = text.find(closing, start + len(opening))
        stop = len(text) if end < 0 else end + len(closing)
        kept.append("\n" * text.count("\n", start, stop))
        at = stop
    kept.append(text[at:])
    whole = "".join(kept).replace("<?", "&lt;?")
    last = whole.rfind(">") + 1
    return whole[:last] + whole[last:].replace("<", "&lt;")


class _Reader(HTMLParser):
    """One walk over the tags, with the few things that are open at the moment."""

    def __init__(self, dropping: Dropping) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.dropping = dropping
        self.open: list[str] = []
        self.hidden = ""
        self.hidden_text: list[str] = []
        self.hidden_line = self.hidden_depth = 0
        self.runs: list[Run] = []
        self.line = 0
        self.hrefs: list[str] = []
        self.lists: list[int] = []
        """One number for each open list: 0 without order, else the number of the next item."""

        self.item: tuple[int, int] | None = None
        self.item_told = False
        self.tables: list[TableInProgress] = []
        """Those that are open, the innermost last."""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.hidden:
            self._push(tag)
            return
        if tag in BLOCKS:
            self.flush()
        self._end(ended_by_begin(self.open, tag))
        self._push(tag)
        given = {name: value or "" for name, value in attrs}
        if _is_hidden(given):
            self._note("guessed", f"<{tag}>", "Hidden on the page; its words are kept.")
        if tag in _INVISIBLE or tag in self.dropping.elements:
            self._hide(tag)
        elif tag == "a":
            self.hrefs.append(given.get("href", "").strip())
        elif tag == "br":
            self._add("\n")
        elif tag in _LISTS or tag == "li":
            self._start_in_list(tag, given)
        else:
            self._start_other(tag, given)

    def _start_in_list(self, tag: str, given: dict[str, str]) -> None:
        if tag == "li":
            self._begin_item(given)
            return
        first = _place_in_list(given.get("start", "")) or 1
        self.lists.append(first if tag == "ol" else 0)

    def _start_other(self, tag: str, given: dict[str, str]) -> None:
        line = self.getpos()[0]
        if tag == "table":
            self.tables.append(TableInProgress(line=line, role=given.get("role", "").lower()))
        elif self.tables and tag in {"tr", "td", "th"}:
            self.tables[-1].begin(tag, given, line=line)
        elif self.tables and tag in {"thead", "tbody", "tfoot"}:
            self.tables[-1].in_head = tag == "thead"
        elif tag == "img" and given.get("alt", "").strip():
            self._add(given["alt"])
            self._note("guessed", given["alt"], "A picture; its description stands in its place.")
        elif tag == "abbr" and given.get("title", "").strip():
            self._note("left_out", given["title"], "What an abbreviation shows when pointed at.")
        elif tag in _EMBEDDED:
            source = given.get("src") or given.get("data") or ""
            self._note("left_out", source, f"A control in <{tag}>; write an embed block for it.")
        elif tag in _CONTROLS:
            told = given.get("value") or given.get("placeholder") or given.get("name", "")
            self._note("left_out", told, "A field of a form.")

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        self._end(ended_by_end(self.open, tag))

    def _end(self, count: int) -> None:
        """End the innermost elements."""
        for _ in range(count):
            self._closed(self.open.pop())

    def _closed(self, tag: str) -> None:
        if self.hidden:
            self._unhide()
            return
        if tag in BLOCKS:
            self._flush_as(tag)
        if tag == "a" and self.hrefs:
            self.hrefs.pop()
        elif tag in _LISTS and self.lists:
            self.lists.pop()
            # Words behind an inner list still belong to the item around it.
            self.item = (len(self.lists), 0) if self.lists and "li" in self.open else None
            self.item_told = True
        elif tag == "li":
            self.item = None
        elif tag == "thead" and self.tables:
            self.tables[-1].in_head = False
        elif tag == "table" and self.tables:
            self._end_table()

    @override
    def handle_data(self, data: str) -> None:
        if self.hidden:
            self.hidden_text.append(data)
            return
        text = data if "pre" in self.open else " ".join(f"|{data}|".split())[1:-1]
        text = _shifted(invisible_removed(text), self.open)
        leading = data[: len(data) - len(data.lstrip())]
        self._add(text, below=leading.count("\n"))

    def flush(self) -> None:
        """End the passage that is being read."""
        self._flush_as("")

    def finish(self) -> None:
        """Take what is still open at the end of the page."""
        self.flush()
        self.open.clear()
        if self.hidden:
            self._unhide()
        while self.tables:
            self._end_table()

    def _flush_as(self, tag: str) -> None:
        runs, line = self._straight(tuple(self.runs)), self.line
        self.runs = []
        told = words(runs)
        if not told:
            return
        if self.dropping.drops(told, line):
            note = Note(line=line, kind="dropped", text=told[:200], detail="As asked.")
            self.page.notes.append(note)
        elif (tag == "title" or "title" in self.open) and "svg" not in self.open:
            self.page.title = told
        else:
            self._place(runs, line, tag=tag)

    def _straight(self, runs: Runs) -> Runs:
        """Return runs without marks that turn the reading direction and do not turn it back."""
        told = "".join(run.text for run in runs)
        if character_fault(told) is None:
            return runs
        note = "Marks that turn the reading direction, and do not turn it back, were left out."
        self.page.notes.append(
            Note(line=self.line, kind="changed", text=undirected(told)[:200], detail=note)
        )
        return tuple(replace(run, text=undirected(run.text)) for run in runs)

    def _place(self, runs: Runs, line: int, *, tag: str) -> None:
        """Put a passage into the table that is open, or on the page."""
        piece = self._piece(runs, line, level=self._level(tag))
        if not self.tables:
            self.page.pieces.append(piece)
            return
        table = self.tables[-1]
        table.has_inner = table.has_inner or isinstance(piece, Heading)
        is_caption = tag == "caption" or "caption" in self.open
        table.add(runs, piece, line=line, is_caption=is_caption)

    def _level(self, tag: str) -> int:
        """Return the level of the heading that is being read, or 0 outside one."""
        return next((HEADINGS[name] for name in (tag, *self.open) if name in HEADINGS), 0)

    def _piece(self, runs: Runs, line: int, *, level: int) -> Heading | Passage:
        if level:
            bare = tuple(replace(run, strong=False) for run in runs)
            return Heading(runs=bare, line=line, level=level)
        if self.item is None:
            return Passage(runs=runs, line=line)
        depth, number = self.item
        continues, self.item_told = self.item_told, True
        return Passage(runs=runs, line=line, depth=depth, number=number, continues=continues)

    def _begin_item(self, given: dict[str, str]) -> None:
        if not self.lists:
            self.lists.append(0)
        if self.lists[-1]:
            self.lists[-1] = _place_in_list(given.get("value", "")) or self.lists[-1]
        self.item = (len(self.lists), self.lists[-1])
        self.item_told = False
        if self.lists[-1]:
            self.lists[-1] += 1

    def _end_table(self) -> None:
        table = self.tables.pop()
        if self.tables:
            self.tables[-1].add_inner(table)
            return
        self.page.pieces += table.result()
        self.page.notes += table.notes

    def _add(self, text: str, *, below: int = 0) -> None:
        if not text:
            return
        if not any(run.text.strip() for run in self.runs):
            self.line = self.getpos()[0] + below
        self.runs.append(
            Run(
                text=text,
                strong=any(tag in _STRONG for tag in self.open),
                emphasis=any(tag in _EMPHASIS for tag in self.open),
                struck=any(tag in _STRUCK for tag in self.open),
                href=self.hrefs[-1] if self.hrefs else "",
            )
        )

    def _push(self, tag: str) -> None:
        if tag in EMPTY:
            return
        if len(self.open) >= _DEPTH:
            problem = Problem("The elements are nested too deep.", expected=f"at most {_DEPTH}")
            raise BadInput(problems=[problem])
        self.open.append(tag)

    def _hide(self, tag: str) -> None:
        if tag in EMPTY:
            return
        self.hidden, self.hidden_text, self.hidden_line = tag, [], self.getpos()[0]
        self.hidden_depth = len(self.open)

    def _unhide(self) -> None:
        if len(self.open) >= self.hidden_depth:
            return
        tag, self.hidden = self.hidden, ""
        text = " ".join(" ".join(self.hidden_text).split())
        asked = tag in self.dropping.elements
        detail = f"As asked: <{tag}>." if asked else f"A <{tag}> of {len(text)} characters."
        kind = "dropped" if asked else "left_out"
        self.page.notes.append(
            Note(line=self.hidden_line, kind=kind, text=shown(text, 200), detail=detail)
        )

    def _note(self, kind: str, text: str, detail: str) -> None:
        line = self.getpos()[0]
        self.page.notes.append(Note(line=line, kind=kind, text=shown(text, 200), detail=detail))


def _is_hidden(given: dict[str, str]) -> bool:
    return "hidden" in given or "display:none" in given.get("style", "").replace(" ", "")


def _place_in_list(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < len("1000000") else 0


def _shifted(text: str, open_: list[str]) -> str:
    """Return raised and lowered digits as such, so that they do not join what they stand behind."""
    table = next((_SHIFTED[tag] for tag in reversed(open_) if tag in _SHIFTED), None)
    if table is None or not all(ord(char) in table for char in text.strip()):
        return text
    return text.translate(table)
