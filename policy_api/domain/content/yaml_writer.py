"""Entries as YAML: one spelling for each value, pleasant to read and to compare.

Texts of several lines are literal blocks, whose last line end is not part of the text; nothing
is folded, so that a changed word changes one line of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*", re.ASCII)
_UNSAFE = re.compile(r":(?:\s|$)|\s#|[\t\n]")
_RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"})
_STEP = "  "


def yaml_text(value: Mapping[str, Any]) -> str:
    """Return an entry as a file; its fields keep their order."""
    if not value:
        return "{}\n"
    return "\n".join(_mapping(value, "")) + "\n"


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, inner in value.items():
        head = f"{indent}{_key(name)}:"
        yield from _member(head, inner, indent)


def _member(head: str, value: object, indent: str) -> Iterator[str]:
    """Yield a field, or the hyphen of a list, with its value."""
    below = indent + _STEP
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, below)
    elif isinstance(value, list) and value:
        yield head
        yield from _sequence(value, below)
    elif isinstance(value, str) and "\n" in value:
        # Without the digit, a reader would take the first line's own spaces for indentation.
        yield f"{head} |{len(_STEP)}" if value[0] in " \t" else f"{head} |"
        yield from (f"{below}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _sequence(value: list[Any], indent: str) -> Iterator[str]:
    for member in value:
        head = f"{indent}-"
        if isinstance(member, Mapping) and member:
            first, *rest = _mapping(member, indent + _STEP)
            yield f"{head} {first.lstrip(' ')}"
            yield from rest
        else:
            yield from _member(head, member, indent)


def _key(name: str) -> str:
    plain = _KEY.fullmatch(name) is not None and name.lower() not in _RESERVED
    return name if plain else _quoted(name)


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    return json.dumps(value)


def _is_plain(text: str) -> bool:
    """Tell whether every YAML reader takes a text for text without quotes."""
    return (
        text[:1].isalpha()
        and text == text.strip()
        and text.lower() not in _RESERVED
        and _UNSAFE.search(text) is None
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
