"""One spelling of every JSON value, so that equal content has equal digests (RFC 8785)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NoReturn

import orjson
import rfc8785

from policy_api.errors import BadInput, Problem

DIGEST_PREFIX = "sha256:"

MAX_DEPTH = 200
MAX_INTEGER = 2**53 - 1

_FIRST_ODD_CHARACTER = "\ue000"
"""From here on, UTF-16 (the standard) and code points (orjson) order keys differently."""


def canonical_json(value: object) -> bytes:
    """Return the RFC 8785 bytes of a value made of objects, lists, text, whole numbers and null.

    orjson writes the same bytes as the reference implementation a hundred times faster, as long
    as no number is a float and keys are ordinary text; the other keys take the slow road.

    :raises BadInput: For what has no one spelling here, with the place of it: floats, numbers
        that other languages would round, lone surrogates, foreign types, bottomless nesting.
    """
    if _is_plain(value):
        # Half of a surrogate pair is left to the careful road, which names its place.
        with suppress(TypeError):
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    _check(value, "", 0)
    if _has_odd_keys(value):
        reference: bytes = rfc8785.dumps(_thawed(value))
        return reference
    # orjson asks about read-only mappings only; everything else it knows.
    return orjson.dumps(value, default=dict, option=orjson.OPT_SORT_KEYS)


def digest(value: object) -> str:
    """Return ``sha256:`` and the hexadecimal SHA-256 of the value's canonical JSON."""
    return digest_bytes(canonical_json(value))


def digest_bytes(raw: bytes) -> str:
    """Return ``sha256:`` and the hexadecimal SHA-256 of the bytes as they are."""
    return DIGEST_PREFIX + hashlib.sha256(raw).hexdigest()


def is_digest(value: object) -> bool:
    """Tell whether a value is written like a digest."""
    return isinstance(value, str) and re.fullmatch(r"sha256:[0-9a-f]{64}", value) is not None


def instant_text(value: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, with a fraction only where there is one.

    :raises ValueError: If the instant carries no time zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone, so it names no instant.")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_plain(value: object, depth: int = 0) -> bool:
    """Tell quickly whether a value is made as editions are: nothing to check, nothing to thaw."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER  # type: ignore[operator]
    if depth < MAX_DEPTH and kind is dict:
        return all(
            type(key) is str
            and (key.isascii() or max(key) < _FIRST_ODD_CHARACTER)
            and _is_plain(item, depth + 1)
            for key, item in value.items()  # type: ignore[attr-defined]
        )
    is_list = depth < MAX_DEPTH and kind is list
    return is_list and all(_is_plain(item, depth + 1) for item in value)  # type: ignore[attr-defined]


def _check(value: object, pointer: str, depth: int) -> None:
    """Refuse what is not canonical JSON."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, pointer)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            _refuse(pointer, f"The number {value} is too large to be exact everywhere.")
    elif isinstance(value, Mapping | list | tuple):
        _check_members(value, pointer, depth + 1)
    elif isinstance(value, float):
        _refuse(pointer, f"The number {value} is not whole; write fractions as text.")
    else:
        _refuse(pointer, f"A {type(value).__name__} is not a JSON value.")


def _check_members(
    value: Mapping[object, object] | Sequence[object], pointer: str, depth: int
) -> None:
    if depth > MAX_DEPTH:
        _refuse(pointer, f"The value is nested deeper than {MAX_DEPTH} levels.")
    if not isinstance(value, Mapping):
        for index, item in enumerate(value):
            _check(item, f"{pointer}/{index}", depth)
        return
    for key, item in value.items():
        if not isinstance(key, str):
            _refuse(pointer, f"The key {key!r} is not text.")
        _check_text(key, pointer)
        _check(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth)


def _has_odd_keys(value: object) -> bool:
    """Tell whether some key is sorted or taken differently by orjson."""
    if isinstance(value, Mapping):
        return any(
            type(key) is not str or (not key.isascii() and max(key) >= _FIRST_ODD_CHARACTER)
            for key in value
        ) or any(_has_odd_keys(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_has_odd_keys(item) for item in value)
    return False


def _check_text(value: str, pointer: str) -> None:
    """Refuse text that no UTF-8 can carry."""
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError:
        _refuse(pointer, "The text holds half of a surrogate pair.")


def _refuse(pointer: str, detail: str) -> NoReturn:
    raise BadInput(problems=[Problem(detail, pointer=pointer)])


def _thawed(value: object) -> Any:  # noqa: ANN401 -- JSON, as the reference types it
    """Copy a value into plain dicts and lists, the only ones the reference knows."""
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(item) for item in value]
    return value
