"""Which encoding a page or table is in: what its first bytes, its owner, or it itself says."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_api.domain.content.faults import shown
from policy_api.domain.importing.page import PAGE_BYTES, Note
from policy_api.errors import BadInput, Problem

UTF8: Final = "utf-8"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Marks at the beginning of a file; nobody writes pages in UTF-32."""

ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": UTF8, "utf8": UTF8, "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 4, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "windows-874": "cp874", "tis-620": "cp874",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "macintosh": "mac-roman",
    "shift_jis": "cp932", "shift-jis": "cp932", "windows-31j": "cp932", "euc-jp": "euc-jp",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
"""Names people write → codec, as browsers read them: ISO-8859-1 has always been windows-1252."""

_META: Final = re.compile(
    rb"""<meta\s[^<>]{0,200}?charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE
)
_HEAD: Final = 4096


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as text, and what a person should know about how it was read."""

    text: str
    notes: tuple[Note, ...] = ()


def decoded(raw: bytes, *, stated: str = "", is_page: bool = True) -> Decoded:
    """Return a file as text.

    A mark at its beginning counts first, then what is stated, then what a page says of itself. A
    page that names an older encoding and is UTF-8 all the same is read as UTF-8.

    :param stated: Encoding as its owner says; an empty text if they do not.
    :raises BadInput: If it is too large, or in no encoding that is named.
    """
    if len(raw) > PAGE_BYTES:
        raise _refused("The file is too large.", f"at most {PAGE_BYTES >> 20} MiB")
    marked = next((codec for mark, codec in _MARKS if raw.startswith(mark)), None)
    if marked == "":
        raise _refused("The file is UTF-32.", "UTF-8")
    if marked is not None:
        return Decoded(_text(raw, marked, "what its first bytes say"))
    if stated:
        return Decoded(_text(raw, _codec(stated), stated))
    told = _META.search(raw[:_HEAD]) if is_page else None
    name = "" if told is None else told[1].decode("ascii")
    if ENCODINGS.get(name.lower(), UTF8) == UTF8 or _is_utf8(raw):
        return Decoded(_text(raw, UTF8, "UTF-8"), _notes(raw, name, "utf-8"))
    return Decoded(_text(raw, _codec(name), name), _notes(raw, name, name))


def _notes(raw: bytes, name: str, taken: str) -> tuple[Note, ...]:
    """Tell that an older encoding was believed, or was not."""
    if raw.isascii() or ENCODINGS.get(name.lower(), UTF8) == UTF8:
        return ()
    detail = f"The page says that it is in this encoding; it was read as {taken}."
    return (Note(line=1, kind="guessed", text=name, detail=detail),)


def _codec(name: str) -> str:
    known = ENCODINGS.get(name.lower())
    if known is None:
        raise _refused(f"The encoding {shown(name)} is not known.", "such as utf-8, windows-1252")
    return known


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _text(raw: bytes, codec: str, name: str) -> str:
    try:
        text = raw.decode(codec)
    except (UnicodeDecodeError, LookupError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = raw.count(b"\n", 0, at) + 1
        raise _refused(f"The file is not {name}.", "UTF-8, or say its encoding", line) from error
    if "\x00" in text:
        raise _refused("The file holds NUL characters; it may be UTF-16.", "say its encoding")
    return text


def _refused(detail: str, expected: str, line: int | None = None) -> BadInput:
    return BadInput(problems=[Problem(detail, line=line, expected=expected)])
