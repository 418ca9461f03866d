"""Writing Markdown: escaped lines, tables, and author's texts fitted into a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token

from policy_api.domain.content.markdown import parser
from policy_api.domain.rendering.cells import Piece
from policy_api.domain.rendering.markdown import heading_levels

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LEADING = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!(?:https|mailto|tel):)(?![\w.+-]+@)")
_UNESCAPED_TAG = re.compile(rf"(?<!\\)((?:\\\\)*){_TAG.pattern}")


def escaped(text: object) -> str:
    """Return a text as one line that Markdown shows as it is."""
    line = _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))
    return _LEADING.sub(_escaped_lead, line)


def _escaped_lead(found: re.Match[str]) -> str:
    lead = found[1]
    return f"{lead}\\" if lead[0].isdigit() else f"\\{lead}"


def link(text: object, href: str | None) -> str:
    """Return a link, or only its text if there is nothing to follow."""
    if not href:
        return escaped(text)
    address = href.replace("(", "%28").replace(")", "%29").replace("|", "%7C")
    return f"[{escaped(text)}]({address})"


def line_of(pieces: Iterable[Piece]) -> str:
    """Return the lines of a cell as one."""
    return "; ".join(link(piece.text, piece.href) for piece in pieces)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in GitHub's form; heads and fields are Markdown already."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *rows))


def fitted(markdown: str) -> str:
    """Return an author's text for use below a section heading.

    Headings go to the levels that the HTML gives them. What looks like HTML is escaped, because
    it is text here, and programs that show the document may take it for markup.
    """
    text = re.sub(r"\r\n?", "\n", markdown)
    tokens = parser().parse(text)
    if any(_TAG.search(words) for words in _prose(tokens)):
        text = _UNESCAPED_TAG.sub(r"\1\\<", text)
    return "\n".join(_shifted(text.split("\n"), tokens)).strip("\n")


def _prose(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                yield child.content


def _shifted(lines: list[str], tokens: Sequence[Token]) -> Iterator[str]:
    levels = heading_levels(tokens)
    new: dict[int, str | None] = dict(enumerate(lines))
    for index, token in enumerate(tokens):
        if token.type != "heading_open" or token.map is None:
            continue
        first, after = token.map
        marks = "#" * levels[token.tag]
        if token.markup.startswith("#"):
            new[first] = lines[first].replace(token.markup, marks, 1)
            continue
        # A heading that is underlined has no third level; it becomes one with marks.
        content = tokens[index + 1].content
        start = lines[first].find(content.split("\n", 1)[0])
        new.update(dict.fromkeys(range(first, after)))
        new[first] = f"{lines[first][:start]}{marks} {' '.join(content.split())}"
    return (line for line in new.values() if line is not None)
