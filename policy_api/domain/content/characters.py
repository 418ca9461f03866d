"""Which characters a text may hold: nothing invisible that changes what a reader sees."""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_POP_EMBEDDING, _POP_ISOLATE = "\u202c", "\u2069"
_ISOLATES = frozenset("\u2066\u2067\u2068")
_NAMES = {
    "\x00": "a NUL character",
    "\ufeff": "a byte order mark",
    "\u2028": "a Unicode line separator",
    "\u2029": "a Unicode paragraph separator",
}
_SURROGATES = range(0xD800, 0xE000)


def normalized(text: str) -> str:
    """Return a text in NFC with line feeds as its line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def character_fault(text: str) -> str | None:
    """Say which character a text may not hold, or None if all is well."""
    found = _FORBIDDEN.search(text)
    if found is not None:
        return f"The text holds {_name(found[0])}."
    if not text.isascii() and _BIDI.search(text) and not _is_balanced(text):
        return "The text turns the reading direction and does not turn it back."
    return None


def _name(char: str) -> str:
    if ord(char) in _SURROGATES:
        return "half of a surrogate pair"
    return _NAMES.get(char, f"the control character U+{ord(char):04X}")


def _is_balanced(text: str) -> bool:
    """Tell whether every direction that is opened on a line is closed there, inside out."""
    return all(_is_balanced_line(line) for line in text.split("\n"))


def _is_balanced_line(line: str) -> bool:
    open_ones: list[str] = []
    for char in _BIDI.findall(line):
        if char not in {_POP_EMBEDDING, _POP_ISOLATE}:
            open_ones.append(_POP_ISOLATE if char in _ISOLATES else _POP_EMBEDDING)
        elif not open_ones or open_ones.pop() != char:
            return False
    return not open_ones
