"""A recipient table as comma-separated values that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from policy_api.domain.rendering.cells import Cell, Piece, cells
from policy_api.domain.rendering.words import Words

SEPARATOR = "; "
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet compute, full-width forms included."""

_UNSEEN = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff"
)
"""Spaces and other characters that a spreadsheet may drop from the beginning of a cell."""

# In many countries spreadsheets split at semicolons, so a cell may begin behind each of them.
_FORMULA = re.compile(f"(^|[;\t\r\n])([{_UNSEEN}]*[{re.escape(''.join(FORMULA_STARTS))}])")


def recipients_csv(block: Mapping[str, Any], *, locale: str = "en") -> str:
    """Return a recipient table in the form of RFC 4180, heads first, lines ended by CRLF.

    What is not stated is an empty field; what is stated to be none is the word for it.

    :param block: A block of kind ``recipients_table`` in edition form.
    :param locale: Locale of the edition, for the few words that the block does not carry.
    """
    words = Words(locale)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(harmless(column["label"]) for column in block["columns"])
    for row in block["rows"]:
        found = cells(row, columns=block["columns"], words=words)
        writer.writerow(harmless(_field(cell, words)) for cell in found)
    return written.getvalue()


def harmless(text: str) -> str:
    """Return a text that a spreadsheet shows instead of computing it."""
    return _FORMULA.sub(r"\1'\2", text)


def _field(cell: Cell, words: Words) -> str:
    if cell.pieces is None:
        return ""
    if not cell.pieces:
        return words("none")
    if cell.column == "privacy_policy":
        return SEPARATOR.join(piece.href or "" for piece in cell.pieces)
    return SEPARATOR.join(_line(piece) for piece in cell.pieces)


def _line(piece: Piece) -> str:
    text = harmless(" ".join(piece.text.split()))
    return f"{text} ({piece.href})" if piece.href and piece.is_note else text
