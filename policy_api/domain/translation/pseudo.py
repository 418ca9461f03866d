"""Pseudo-locales: made-up translations that show where a frontend breaks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.limits import LINE_LENGTH, MARKDOWN_LENGTH
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.entries.base import load_entry
from policy_api.domain.translation.exchange_inline import Mark, pieces
from policy_api.domain.translation.units import WorkUnit, work_units
from policy_api.errors import BadInput, Problem

ACCENTED: Final = "en-XA"
BIDIRECTIONAL: Final = "ar-XB"

_PLAIN = "aceginorstuyACEGINORSTUY"
_ACCENTS = str.maketrans(_PLAIN, "áçéĝíñóŕšţúýÁÇÉĜÍÑÓŔŠŢÚÝ")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LINE = re.compile(
    r"(?P<head>[ \t]*(?:(?:[-*+]|\d{1,9}[.)]|>|#{1,6})[ \t]+)*)(?P<body>.*?)(?P<tail>[ \t]*)"
)
_SYNTAX = re.compile(r"[ \t]*(?:```|~~~|[-=*_ \t|:]+$)")
_EXTRA = 3
"""One letter more for every three: German and Finnish take about a third more room."""

_RIGHT_TO_LEFT, _BACK = "\u202e", "\u202c"


def pseudo_entries(source: Source, policy: str, locale: str) -> dict[str, Entry]:
    """Return a pseudo-locale's entries for a whole policy, by path.

    :param locale: ``en-XA`` (accents, longer, in brackets) or ``ar-XB`` (right to left).
    :raises NotFound: If there is no such policy.
    :raises BadInput: If it is no pseudo-locale.
    """
    found: dict[str, dict[str, Entry]] = {}
    for unit in work_units(source, policy, locale):
        made = {
            "text": _within(unit, pseudo_text(unit.source, unit.form, locale=locale)),
            "state": "translated",
            "source_hash": unit.source_hash,
            "origin": "machine",
        }
        found.setdefault(unit.entry, {})[unit.address] = made
    return {path: load_entry(path, {"units": units}) for path, units in found.items()}


def pseudo_text(text: str, form: TextForm, *, locale: str) -> str:
    """Return a text as a pseudo-locale has it; placeholders, links and markup stay.

    :raises BadInput: If it is no pseudo-locale.
    """
    if locale not in _WORDS:
        known = " or ".join(_WORDS)
        raise BadInput(problems=[Problem(f"{locale} is no pseudo-locale.", expected=known)])
    word = _WORDS[locale]
    # A stand-in of one private character for each mark lets lines be looked at as a whole.
    marks: list[str] = []
    written = ""
    for piece in pieces(text, form):
        if isinstance(piece, Mark):
            written += chr(_STAND_IN + len(marks)) if len(marks) < _STAND_INS else piece.text
            marks.append(piece.text)
        else:
            written += piece
    changed = "\n".join(_line(line, form, locale, word) for line in written.split("\n"))
    return _STANDS.sub(lambda match: marks[ord(match[0]) - _STAND_IN], changed)


_STAND_IN, _STAND_INS = 0xE000, 0x1800
_STANDS = re.compile(f"[{chr(_STAND_IN)}-{chr(_STAND_IN + _STAND_INS - 1)}]")


def _line(line: str, form: TextForm, locale: str, word: Callable[[str], str]) -> str:
    if form is TextForm.MARKDOWN and _SYNTAX.match(line):
        return line
    match = _LINE.fullmatch(line)
    head, body, tail = ("", line, "") if match is None else match.group("head", "body", "tail")
    if form is TextForm.LINE:
        head, body = "", head + body
    changed = _WORD.sub(lambda found: word(found[0]), body)
    if locale == ACCENTED and body.strip():
        changed = f"⟦{changed}⟧"
    return f"{head}{changed}{tail}"


def _accented(word: str) -> str:
    """Return a word with accents, and longer: its vowels are drawn out."""
    longer = word + word[-1].lower() * (len(word) // _EXTRA)
    return unicodedata.normalize("NFC", longer.translate(_ACCENTS))


def _turned(word: str) -> str:
    """Return a word that is shown from right to left, closed on its own line."""
    return f"{_RIGHT_TO_LEFT}{word}{_BACK}"


_WORDS: Final[Mapping[str, Callable[[str], str]]] = {
    ACCENTED: _accented,
    BIDIRECTIONAL: _turned,
}


def _within(unit: WorkUnit, text: str) -> str:
    """Return the text, or the source where the longer text would not fit its field."""
    longest = LINE_LENGTH if unit.form is TextForm.LINE else MARKDOWN_LENGTH
    return text if len(text) <= longest else unit.source
