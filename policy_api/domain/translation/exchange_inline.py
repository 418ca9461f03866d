"""What a translator must not touch in a text: placeholders, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.placeholders import names


class Role(StrEnum):
    """What a mark is for."""

    PLACEHOLDER = "placeholder"
    LINK_START = "link-start"
    LINK_END = "link-end"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a text that is passed through as it is."""

    text: str
    role: Role


Piece = str | Mark

_ADDRESS = r"<(?:(?:https?|mailto|tel):[^<>\s]*|[^<>\s@]+@[^<>\s]+)>"
_DESTINATION = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)"
_LINK_END = rf"\]\({_DESTINATION}(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
_MARKDOWN = re.compile(
    rf"(?P<escape>\\.)|(?P<end>{_LINK_END})|(?P<open>\[)|(?P<close>\])|(?P<address>{_ADDRESS})"
)
_BRACES = re.compile(r"\\[\\{}]|\{[^{}\s]*\}")


def pieces(text: str, form: TextForm) -> tuple[Piece, ...]:
    """Return a text as runs of words and marks; joined, they are the text."""
    spans = sorted(_spans(text, form), key=lambda span: span[0])
    found: list[Piece] = []
    at = 0
    for start, end, role in spans:
        if start < at:
            continue
        if start > at:
            found.append(text[at:start])
        found.append(Mark(text[start:end], role))
        at = end
    if at < len(text):
        found.append(text[at:])
    return tuple(found)


def words_of(text: str, form: TextForm) -> str:
    """Return what is left for a translator once the marks are gone."""
    return " ".join(piece for piece in pieces(text, form) if isinstance(piece, str))


def numbered(source: Sequence[Piece], target: Sequence[Piece] = ()) -> dict[Mark, list[str]]:
    """Return the ids of the marks: a mark has the same ids in source and target.

    Marks that only the target has follow with ids of their own.
    """
    ids: dict[Mark, list[str]] = {}
    count = 0
    for side in (source, target):
        seen: dict[Mark, int] = {}
        for mark in (piece for piece in side if isinstance(piece, Mark)):
            seen[mark] = seen.get(mark, 0) + 1
            known = ids.setdefault(mark, [])
            if seen[mark] > len(known):
                count += 1
                known.append(str(count))
    return ids


Span = tuple[int, int, Role]


def _spans(text: str, form: TextForm) -> Iterator[Span]:
    links = tuple(_link_spans(text)) if form is TextForm.MARKDOWN else ()
    yield from links
    known = {f"{{{name}}}" for name in names(text)}
    for match in _BRACES.finditer(text) if known else ():
        covered = any(start <= match.start() < end for start, end, _ in links)
        if match[0] in known and not covered:
            yield match.start(), match.end(), Role.PLACEHOLDER


def _link_spans(text: str) -> Iterator[Span]:
    open_brackets: list[int] = []
    for match in _MARKDOWN.finditer(text):
        if match.lastgroup == "open":
            open_brackets.append(match.start())
        elif match.lastgroup == "close" and open_brackets:
            open_brackets.pop()
        elif match.lastgroup == "address":
            yield match.start(), match.end(), Role.ADDRESS
        elif match.lastgroup == "end" and open_brackets:
            start = open_brackets.pop()
            yield start, start + 1, Role.LINK_START
            yield match.start(), match.end(), Role.LINK_END
