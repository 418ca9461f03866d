"""Requests that are plain enough to be answered by what they say on the wire.

Nothing is repaired or guessed here: a request is read only if gunicorn's own parser would read it
the same way, and if all that could change its answer is known. Everything else gives None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

END: Final = b"\r\n\r\n"
MAX_FIELDS: Final = 48
MAX_FIELD: Final = 2048
MAX_LINE: Final = 2048
"""Below the limits of gunicorn's, whose refusals are gunicorn's business."""

MAX_REMEMBERED: Final = 2048
REMEMBERED_BYTES: Final = 256

_ALLOWED: Final = bytes(code for code in range(256) if code >= 0x20 and code != 0x7F) + b"\t"  # noqa: PLR2004
_TARGET = re.compile(rb"/[!-\"$-~]*")
_HOST = re.compile(rb"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")
_TAG = re.compile(rb'"[A-Za-z0-9-]{1,100}"')
_NAME = re.compile(rb"[A-Za-z0-9!#$%&'*+.^`|~-]+")

_WANTED: Final[Mapping[bytes, str]] = {
    b"host": "host",
    b"accept-language": "language",
    b"accept-encoding": "encoding",
    b"if-none-match": "tag",
    b"if-modified-since": "since",
    b"connection": "connection",
    b"x-forwarded-proto": "proto",
    b"x-forwarded-host": "forwarded_host",
}
"""Headers that take part in choosing the answer; each may be there once."""

_REFUSED: Final = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"cookie",
        b"expect",
        b"http2-settings",
        b"if-match",
        b"if-range",
        b"if-unmodified-since",
        b"keep-alive",
        b"path-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"range",
        b"script-name",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        # Another spelling of the scheme, which gunicorn believes where it is told to.
        b"x-forwarded-protocol",
        b"x-forwarded-ssl",
    }
)
"""Headers that ask for more than the present text, or frame a message."""

_IGNORED: Final = ("", b"")
_UNREADABLE: Final = ("!", b"")


@dataclass(slots=True, kw_only=True)
class PlainRequest:
    """A request for the present text, and nothing beside it."""

    is_head: bool
    target: bytes
    host: bytes
    language: bytes | None = None
    encoding: bytes | None = None
    tag: bytes | None = None
    proto: bytes | None = None
    forwarded_host: bytes | None = None


class RequestReader:
    """Reads plain requests; lines that are the same in many requests are read once."""

    def __init__(self) -> None:
        self._lines: dict[bytes, tuple[str, bytes]] = {}

    def read(self, head: bytes) -> PlainRequest | None:
        """Return what was received as a request, or None if it is not plain or not all of it."""
        if not head.endswith(END) or head.find(END) != len(head) - len(END):
            return None
        line, *fields = head[: -len(END)].split(b"\r\n")
        if len(fields) > MAX_FIELDS or not _has_clean_lines(head, len(fields)):
            return None
        method, _, rest = line.partition(b" ")
        target, _, version = rest.partition(b" ")
        if method not in {b"GET", b"HEAD"} or version != b"HTTP/1.1" or len(line) > MAX_LINE:
            return None
        found = self._fields(fields)
        if found is None or not _TARGET.fullmatch(target) or not _is_plain(found):
            return None
        return PlainRequest(is_head=method == b"HEAD", target=target, **found)

    def _fields(self, fields: list[bytes]) -> dict[str, Any] | None:
        """Return the headers that count, or None if one is unknown in form, refused or repeated."""
        found: dict[str, Any] = {}
        for field in fields:
            name, value = self._lines.get(field) or self._remembered(field)
            if not name:
                continue
            if name == "!" or name in found:
                return None
            found[name] = value
        return found

    def _remembered(self, field: bytes) -> tuple[str, bytes]:
        read = _read_field(field)
        if len(field) <= REMEMBERED_BYTES:
            if len(self._lines) >= MAX_REMEMBERED:
                self._lines.clear()
            self._lines[field] = read
        return read


def _read_field(field: bytes) -> tuple[str, bytes]:
    """Return what a header line counts as, and its value."""
    name, _, value = field.partition(b":")
    if not _NAME.fullmatch(name) or b":" not in field or len(field) > MAX_FIELD:
        return _UNREADABLE
    lowered = name.lower()
    if lowered in _REFUSED:
        return _UNREADABLE
    if lowered not in _WANTED:
        return _IGNORED
    return _WANTED[lowered], value.strip(b" \t")


def _has_clean_lines(head: bytes, fields: int) -> bool:
    """Tell whether lines end as they must and hold no control characters."""
    return head.translate(None, _ALLOWED) == b"\r\n" * (fields + 2)


def _is_plain(found: dict[str, Any]) -> bool:
    """Judge the headers that count, and drop those that are judged for good."""
    if found.pop("connection", b"keep-alive").lower() != b"keep-alive":
        return False
    tag = found.get("tag")
    if tag is not None and not _TAG.fullmatch(tag):
        return False
    # A tag makes the date void; alone the date needs more than a comparison of bytes.
    if found.pop("since", None) is not None and tag is None:
        return False
    return "host" in found and _HOST.fullmatch(found["host"]) is not None
