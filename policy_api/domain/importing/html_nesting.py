"""Which elements of HTML end when another one begins or ends; many pages leave out end tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd",
     "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
     "head", "header", "hr", "html", "iframe", "legend", "li", "main", "menu", "nav", "noscript",
     "ol", "option", "p", "pre", "section", "select", "summary", "svg", "table", "tbody", "td",
     "textarea", "tfoot", "th", "thead", "title", "tr", "ul", *HEADINGS}
)  # fmt: skip
"""Elements that begin a new passage."""

EMPTY: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
     "track", "wbr"}
)  # fmt: skip
"""Elements that have no end."""

_INSIDE_P: Final = frozenset(
    {"button", "iframe", "noscript", "option", "select", "svg", "textarea", "title"}
)
_CELLS: Final = frozenset({"td", "th"})
_PARTS: Final = frozenset({"thead", "tbody", "tfoot"})
_TABLE: Final = frozenset({"table"})
_IN_TABLES: Final = _CELLS | _PARTS | {"caption", "tr"}

_ENDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"}) | _TABLE | _CELLS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _TABLE | _CELLS),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"}) | _TABLE | _CELLS),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "td": (_CELLS | {"caption"}, frozenset({"tr"}) | _TABLE),
    "th": (_CELLS | {"caption"}, frozenset({"tr"}) | _TABLE),
    "tr": (frozenset({"tr", "caption"}), _PARTS | _TABLE),
    "thead": (_PARTS | {"caption", "tr"}, _TABLE),
    "tbody": (_PARTS | {"caption", "tr"}, _TABLE),
    "tfoot": (_PARTS | {"caption", "tr"}, _TABLE),
}
"""Element → what it ends when it begins, and what stands between them if it does not."""


def ended_by_begin(open_: Sequence[str], tag: str) -> int:
    """Return how many of the open elements end because another one begins.

    >>> ended_by_begin(["ul", "li", "b"], "li"), ended_by_begin(["li", "ul"], "li")
    (2, 0)
    """
    count = 0
    if tag in BLOCKS - _INSIDE_P:
        count = _reach(open_, frozenset({"p"}), BLOCKS - {"p"})
    if tag in _ENDS:
        ends, stops = _ENDS[tag]
        count = max(count, _reach(open_, ends, stops - ends))
    return count


def ended_by_end(open_: Sequence[str], tag: str) -> int:
    """Return how many of the open elements an end tag ends; a stray one ends nothing.

    What is open around a cell is not ended inside of it.

    >>> ended_by_end(["div", "table", "tr", "td", "b"], "div")
    0
    """
    stops = frozenset[str]() if tag == "table" else _TABLE
    if tag != "table" and tag not in _IN_TABLES:
        stops |= _CELLS | {"caption"}
    return _reach(open_, {tag}, stops)


def _reach(open_: Sequence[str], wanted: Collection[str], stops: Collection[str]) -> int:
    """Return the place of the nearest wanted element, from the end; 0 if something stops first."""
    for count, name in enumerate(reversed(open_), start=1):
        if name in wanted:
            return count
        if name in stops:
            return 0
    return 0
