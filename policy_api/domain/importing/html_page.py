"""HTML read as a page: everything a reader can see goes somewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

from policy_api.domain.content.faults import shown
from policy_api.domain.importing.html_tables import TableInProgress
from policy_api.domain.importing.page import (
    Dropping,
    Heading,
    Note,
    Page,
    Passage,
    Run,
    Runs,
    plain,
    words,
)
from policy_api.errors import BadInput, Problem

_DEPTH: Final = 300
_TAGS: Final = 60_000
_ATTRIBUTES: Final = 150_000
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_INVISIBLE: Final = frozenset({"script", "style", "template"})
_STRONG: Final = frozenset({"b", "strong"})
_EMPHASIS: Final = frozenset({"i", "em", "cite"})
_EMBEDDED: Final = frozenset({"iframe", "embed", "object", "video", "audio"})
_CONTROLS: Final = frozenset({"input", "select", "textarea"})
_EMPTY: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
     "track", "wbr"}
)  # fmt: skip
BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd",
     "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
     "head", "header", "hr", "html", "iframe", "legend", "li", "main", "menu", "nav", "noscript",
     "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "textarea",
     "tfoot", "th", "thead", "title", "tr", "ul", *_HEADINGS}
)  # fmt: skip
"""Elements that begin a new passage."""


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
    if text.count("<") > _TAGS or text.count("=") > _ATTRIBUTES:
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
        self.table: TableInProgress | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.hidden:
            self._push(tag)
            return
        if tag in BLOCKS:
            self.flush()
        self._push(tag)
        given = {name: value or "" for name, value in attrs}
        if tag in _INVISIBLE or tag in self.dropping.elements:
            self._hide(tag)
        elif tag == "a":
            self.hrefs.append(given.get("href", "").strip())
        elif tag == "br":
            self._add("\n")
        elif tag in {"ul", "ol", "menu"}:
            start = given.get("start", "")
            first = int(start) if start.isdecimal() and len(start) < len("1000000") else 1
            self.lists.append(first if tag == "ol" else 0)
        elif tag == "li":
            self._begin_item()
        else:
            self._start_other(tag, given)

    def _start_other(self, tag: str, given: dict[str, str]) -> None:
        line = self.getpos()[0]
        if tag == "table" and self.table is None:
            self.table = TableInProgress(line=line)
        elif self.table is not None and tag in {"tr", "td", "th"}:
            if self.open.count("table") == 1:
                self.table.begin(tag, given, line=line)
        elif tag == "img" and given.get("alt", "").strip():
            self._add(given["alt"])
            self._note("guessed", given["alt"], "A picture; its description stands in its place.")
        elif tag in _EMBEDDED:
            source = given.get("src") or given.get("data") or ""
            self._note("left_out", source, f"A control in <{tag}>; write an embed block for it.")
        elif tag in _CONTROLS:
            told = given.get("value") or given.get("placeholder") or given.get("name", "")
            self._note("left_out", told, "A field of a form.")

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag not in self.open:
            return
        while self.open:
            name = self.open.pop()
            self._closed(name)
            if name == tag:
                return

    def _closed(self, tag: str) -> None:
        if self.hidden:
            self._unhide()
            return
        if tag in BLOCKS:
            self._flush_as(tag)
        if tag == "a" and self.hrefs:
            self.hrefs.pop()
        elif tag in {"ul", "ol", "menu"} and self.lists:
            self.lists.pop()
            self.item = None
        elif tag == "li":
            self.item = None
        elif tag == "table" and self.table is not None and "table" not in self.open:
            self._end_table()

    @override
    def handle_data(self, data: str) -> None:
        if self.hidden:
            self.hidden_text.append(data)
            return
        text = data if "pre" in self.open else " ".join(f"|{data}|".split())[1:-1]
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
        self._end_table()

    def _flush_as(self, tag: str) -> None:
        runs, line = tuple(self.runs), self.line
        self.runs = []
        told = words(runs)
        if not told:
            return
        if self.dropping.drops(told, line):
            note = Note(line=line, kind="dropped", text=told[:200], detail="As asked.")
            self.page.notes.append(note)
        elif tag == "title" or "title" in self.open:
            self.page.title = told
        elif self.table is not None:
            self.table.add(runs, line=line, is_caption=tag == "caption" or "caption" in self.open)
        else:
            self._place(runs, line, level=self._level(tag))

    def _level(self, tag: str) -> int:
        """Return the level of the heading that is being read, or 0 outside one."""
        return next((_HEADINGS[name] for name in (tag, *self.open) if name in _HEADINGS), 0)

    def _place(self, runs: Runs, line: int, *, level: int) -> None:
        if level:
            self.page.pieces.append(Heading(runs=runs, line=line, level=level))
            return
        if self.item is None:
            self.page.pieces.append(Passage(runs=runs, line=line))
            return
        depth, number = self.item
        self.page.pieces.append(
            Passage(runs=runs, line=line, depth=depth, number=number, continues=self.item_told)
        )
        self.item_told = True

    def _begin_item(self) -> None:
        if not self.lists:
            self.lists.append(0)
        self.item = (len(self.lists), self.lists[-1])
        self.item_told = False
        if self.lists[-1]:
            self.lists[-1] += 1

    def _end_table(self) -> None:
        table, self.table = self.table, None
        if table is None:
            return
        grid = table.grid()
        self.page.notes += table.notes
        if grid is not None:
            self.page.pieces.append(grid)
        elif table.caption:
            self.page.pieces.append(Passage(runs=plain(table.caption), line=table.line))

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
                href=self.hrefs[-1] if self.hrefs else "",
            )
        )

    def _push(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        if len(self.open) >= _DEPTH:
            problem = Problem("The elements are nested too deep.", expected=f"at most {_DEPTH}")
            raise BadInput(problems=[problem])
        self.open.append(tag)

    def _hide(self, tag: str) -> None:
        if tag in _EMPTY:
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
