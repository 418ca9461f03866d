"""From Markdown to HTML that is safe to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import nh3
from markdown_it.token import Token

from policy_api.domain.content.links import is_link
from policy_api.domain.content.markdown import markdown_problems as problems
from policy_api.domain.content.markdown import parser, plain_text

__all__ = ["heading_levels", "plain_text", "problems", "sanitize", "slug", "to_html"]

FIRST_LEVEL, LAST_LEVEL = 3, 6
"""A page has its title as h1 and its sections as h2; headings in a text go below."""

_BLOCKS = {"p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_INLINE = {"a", "em", "strong", "s", "code", "ins", "del"}
_TAGS = _BLOCKS | _TABLES | _INLINE
_ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href"},
    "ol": {"start"},
    "th": {"scope"},
    **{f"h{level}": {"id"} for level in range(FIRST_LEVEL, LAST_LEVEL + 1)},
}
_VALUES = {
    "dir": re.compile(r"ltr|rtl|auto"),
    "start": re.compile(r"[0-9]{1,9}"),
    "scope": re.compile(r"col|row"),
    "id": re.compile(r"[\w-]{1,120}"),
}


def sanitize(html: str) -> str:
    """Keep the few tags and attributes that a policy needs; sanitizing twice changes nothing."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept_value,
        url_schemes={"https", "mailto", "tel"},
        link_rel="noopener",
        strip_comments=True,
    )


def _kept_value(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if is_link(value) else None
    pattern = _VALUES.get(name)
    if pattern is None:
        return value if name == "rel" else None
    return value if pattern.fullmatch(value) else None


def to_html(markdown: str, *, dir: str = "ltr") -> str:
    """Return a Markdown text as sanitized HTML, headings as h3 to h6 with stable ids.

    :param dir: Direction of the text; in a right-to-left one, code and bare addresses keep
        theirs.
    """
    tokens = parser().parse(markdown)
    _shift_headings(tokens)
    for token in tokens:
        if token.type == "th_open":
            token.attrs["scope"] = "col"
        token.children = _safe_children(token.children or [])
    if dir == "rtl":
        _isolate(tokens)
    rendered: str = parser().renderer.render(tokens, parser().options, {})
    return sanitize(rendered).strip()


def slug(text: str) -> str:
    """Return the part of an address that stands for a heading, in any script."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return "-".join(words)[:80].strip("-") or "heading"


def _shift_headings(tokens: Sequence[Token]) -> None:
    """Give headings the levels below a section's, without gaps whatever level they start at."""
    taken: set[str] = set()
    levels = heading_levels(tokens)
    for index, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        token.tag = f"h{levels[token.tag]}"
        if token.type == "heading_open":
            words = _words(tokens[index + 1].children or [])
            token.attrs["id"] = _unused(slug(words), taken)


def heading_levels(tokens: Sequence[Token]) -> dict[str, int]:
    """Return the tags of a text's headings with the levels they are shown at."""
    tags = sorted({token.tag for token in tokens if token.type == "heading_open"})
    return {tag: min(FIRST_LEVEL + rank, LAST_LEVEL) for rank, tag in enumerate(tags)}


def _unused(name: str, taken: set[str]) -> str:
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}-{count}"
    taken.add(found)
    return found


def _safe_children(children: Sequence[Token]) -> list[Token]:
    """Leave out links that may not be followed and pictures; their words stay."""
    kept: list[Token] = []
    open_links: list[bool] = []
    for token in children:
        if token.type == "link_open":
            open_links.append(is_link(str(token.attrs.get("href", ""))))
            token.attrs.pop("title", None)
        follows = open_links[-1] if token.type in {"link_open", "link_close"} else True
        if token.type == "link_close":
            open_links.pop()
        if token.type == "image":
            kept.append(_text(_words(token.children or [])))
        elif follows:
            kept.append(token)
    return kept


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _isolate(tokens: Sequence[Token]) -> None:
    for token in _flat(tokens):
        is_address = token.type == "link_open" and token.markup == "autolink"
        if is_address or token.type in {"code_inline", "code_block", "fence"}:
            token.attrs["dir"] = "ltr"


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _words(tokens: Sequence[Token]) -> str:
    """Return the words of inline tokens, of pictures their description."""
    return "".join(
        _words(token.children or []) if token.type == "image" else token.content or _gap(token)
        for token in tokens
    )


def _gap(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else ""
