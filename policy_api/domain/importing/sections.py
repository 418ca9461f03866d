"""Pieces of a page in groups: what stands below each heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from policy_api.domain.importing.page import (
    Heading,
    Note,
    Page,
    Passage,
    Piece,
    Run,
    words,
)
from policy_api.errors import BadInput, Problem

_TITLES: Final = re.compile(
    r"privacy (?:policy|notice|statement)|cookie (?:policy|notice)|data protection (?:policy|notice"
    r"|declaration)|datenschutz(?:erklärung|hinweise?)|politique de confidentialité"
    r"|política de privacidad",
    re.IGNORECASE,
)
BEFORE, BEGINNING = "Before the policy", "Introduction"
USUAL_TITLE = "Privacy policy"


@dataclass(slots=True)
class Group:
    """A heading and what stands below it."""

    heading: str
    line: int
    pieces: list[Piece] = field(default_factory=list)
    is_ours: bool = False
    """The page has no such heading."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A page as a title and groups."""

    title: str
    groups: tuple[Group, ...]
    notes: tuple[Note, ...]


def outline(page: Page, *, title: str = "") -> Outline:
    """Return a page in groups, one for each section.

    The highest headings below the title make sections; lower ones stay inside.

    :raises BadInput: If there is no text at all.
    """
    notes: list[Note] = []
    at = _title_at(page.pieces, title)
    named = title or (words(_runs(page.pieces[at])) if at is not None else page.title)
    if not named:
        named = USUAL_TITLE
        notes.append(_note(1, USUAL_TITLE, "The page has no title; this is the usual one."))
    if page.title and page.title != named:
        detail = "The name of the browser's window; no part of the text."
        notes.append(Note(line=1, kind="left_out", text=page.title, detail=detail))
    pieces = list(page.pieces)
    level = _level(pieces, skipping=at)
    groups = [
        each
        for each in _grouped(pieces, title_at=at, level=level)
        if each.pieces or not each.is_ours
    ]
    if at is not None and not groups:
        # A title alone is a text too.
        passage = Passage(runs=_runs(pieces[at]), line=pieces[at].line)
        groups = [Group(BEGINNING, passage.line, [passage], is_ours=True)]
    settled = _settled(groups, notes)
    notes += [
        _note(each.line, each.heading, "The page has no heading here; this one was added.")
        for each in settled
        if each.is_ours
    ]
    return Outline(named, tuple(settled), tuple(notes))


def _runs(piece: Piece) -> tuple[Run, ...]:
    return piece.runs if isinstance(piece, Heading) else ()


def _title_at(pieces: Sequence[Piece], title: str) -> int | None:
    """Return the place of the heading that is the policy's title."""
    headings = [(at, piece) for at, piece in enumerate(pieces) if isinstance(piece, Heading)]
    if title:
        told = " ".join(title.split()).casefold()
        return next((at for at, piece in headings if words(piece.runs).casefold() == told), None)
    first = [at for at, piece in headings if piece.level == 1]
    known = [at for at, piece in headings if _TITLES.search(words(piece.runs))]
    return next(iter([*(at for at in known if at in first), *first, *known]), None)


def _level(pieces: Sequence[Piece], *, skipping: int | None) -> int:
    levels = [
        piece.level
        for at, piece in enumerate(pieces)
        if isinstance(piece, Heading) and at != skipping
    ]
    return min(levels, default=2)


def _grouped(pieces: Sequence[Piece], *, title_at: int | None, level: int) -> Iterator[Group]:
    first = pieces[0].line if pieces else 1
    group = Group(BEFORE if title_at else BEGINNING, first, is_ours=True)
    for at, piece in enumerate(pieces):
        if at == title_at:
            yield group
            group = Group(BEGINNING, piece.line, is_ours=True)
        elif isinstance(piece, Heading) and piece.level <= level:
            yield group
            group = Group(words(piece.runs), piece.line)
        else:
            group.pieces.append(piece)
    yield group


def _settled(groups: Sequence[Group], notes: list[Note]) -> list[Group]:
    """Give headings with nothing below them back to the section before, as a passage."""
    settled: list[Group] = []
    waiting: list[Piece] = []
    for group in groups:
        if group.pieces:
            group.pieces[:0] = waiting
            waiting = []
            settled.append(group)
            continue
        notes.append(_note(group.line, group.heading, "Nothing stands below it: no section."))
        passage = Passage(runs=(Run(text=group.heading, strong=True),), line=group.line)
        (settled[-1].pieces if settled else waiting).append(passage)
    if waiting:
        settled.append(Group(BEGINNING, waiting[0].line, waiting, is_ours=True))
    if not settled:
        problem = Problem("The page holds no text.", expected="HTML or plain text with words")
        raise BadInput(problems=[problem])
    return settled


def _note(line: int, text: str, detail: str) -> Note:
    return Note(line=line, kind="guessed", text=text[:200], detail=detail)
