"""The Markdown of policy texts: its parser, its plain words, and what authors should mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from policy_api.domain.content.links import is_link
from policy_api.domain.content.placeholders import names

_EXCERPT = 60
_PLACEHOLDER_IN_LINK = re.compile(r"%7B[A-Za-z_][A-Za-z0-9_.-]*%7D")
_NO_AUTOLINK = "Around an address with a placeholder write [words](address), not <address>"


class _PolicyMarkdown(MarkdownIt):
    """CommonMark with tables and strike-through."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 -- the library’s
        """Take every link as one, so that it can be judged by our own rules.

        The library's own check would leave the brackets of a refused link in the text.
        """
        return True


def parser() -> MarkdownIt:
    """Return the parser of policy texts; raw HTML is text to it."""
    return _parser(html=False)


@lru_cache(maxsize=2)
def _parser(*, html: bool) -> MarkdownIt:
    return _PolicyMarkdown("commonmark", {"html": html}).enable(["table", "strikethrough"])


def plain_text(markdown: str) -> str:
    """Return what a reader would read aloud: no markup, white space collapsed."""
    return " ".join(" ".join(_texts(parser().parse(markdown))).split())


def markdown_problems(text: str) -> tuple[str, ...]:
    """Say, in words for authors, what of a text could not be shown as they wrote it.

    Placeholders may stand in links; their values are checked where they are given.
    """
    found = [*_html_problems(text), *_link_problems(text), *_placeholder_problems(text)]
    return tuple(dict.fromkeys(found))


def _html_problems(text: str) -> Iterator[str]:
    if "<" not in text:
        return
    for token in _flat(_parser(html=True).parse(text)):
        if token.type in {"html_inline", "html_block"}:
            yield f"HTML cannot be used here; write Markdown instead of {_excerpt(token.content)}"


def _link_problems(text: str) -> Iterator[str]:
    if "[" not in text and "<" not in text:
        return
    for token in _flat(parser().parse(text)):
        if token.type == "link_open" and token.markup == "autolink" and _has_placeholder(token):
            yield _NO_AUTOLINK
        if token.type == "image":
            yield f"Images cannot be shown; say it in words: {_excerpt(token.content)}"
        if token.type == "link_open" and not is_link(_sample(str(token.attrs["href"]))):
            address = _excerpt(str(token.attrs["href"]))
            yield f"Links go to https, mailto, tel or #anchor addresses, not to {address}"


def _has_placeholder(token: Token) -> bool:
    return _PLACEHOLDER_IN_LINK.search(str(token.attrs["href"])) is not None


def _placeholder_problems(text: str) -> Iterator[str]:
    """Name the places where the escapes of a filled-in value would show."""
    if "<{" in text:
        yield _NO_AUTOLINK
    if "{" not in text or ("`" not in text and "    " not in text and "~" not in text):
        return
    for token in _flat(parser().parse(text)):
        if token.type in {"code_inline", "code_block", "fence"} and names(token.content):
            yield f"Placeholders cannot stand in code: {_excerpt(token.content)}"


def _sample(href: str) -> str:
    """Return a link as it might be once its placeholders are filled."""
    if href.startswith("mailto:"):
        return _PLACEHOLDER_IN_LINK.sub("somebody@example.org", href)
    if href.startswith("tel:"):
        return _PLACEHOLDER_IN_LINK.sub("0", href)
    leading = _PLACEHOLDER_IN_LINK.match(href)
    if leading is not None:
        href = "https://example.org" + href[leading.end() :]
    return _PLACEHOLDER_IN_LINK.sub("example", href)


def _excerpt(text: str) -> str:
    collapsed = " ".join(text.split())
    shown = collapsed if len(collapsed) <= _EXCERPT else collapsed[: _EXCERPT - 1] + "…"
    return f"“{shown}”"


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the words of each run that has no break inside."""
    for token in tokens:
        if token.type == "inline":
            yield "".join(_pieces(token.children or []))
        elif token.content:
            yield token.content


def _pieces(children: Sequence[Token]) -> Iterator[str]:
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == "image":
            yield from _pieces(token.children or [])
        else:
            yield token.content
