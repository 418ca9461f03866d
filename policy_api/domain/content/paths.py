"""Addresses inside an entry or a node: ``items/usage/purpose``, members of lists by their key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from policy_api.domain.content.keys import KEY_PATTERN

Node = Mapping[str, Any]

_SECTION = re.compile(rf"sections/{KEY_PATTERN}", re.ASCII)
_BLOCK = re.compile(rf"sections/{KEY_PATTERN}/blocks/{KEY_PATTERN}", re.ASCII)
_TABLE = re.compile(rf"tables/{KEY_PATTERN}", re.ASCII)
_ROW = re.compile(rf"tables/{KEY_PATTERN}/rows/{KEY_PATTERN}", re.ASCII)
_FIELD = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}(?:/[a-z0-9][a-z0-9_-]{0,62}){0,7}", re.ASCII)

NODE_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "section": _SECTION,
    "block": _BLOCK,
    "table": _TABLE,
    "row": _ROW,
}
NODE_EXAMPLES: Final[Mapping[str, str]] = {
    "section": "sections/{section}",
    "block": "sections/{section}/blocks/{block}",
    "table": "tables/{table}",
    "row": "tables/{table}/rows/{row}",
}


def node_kind(address: str) -> str | None:
    """Return ``section``, ``block``, ``table`` or ``row``, or None if it addresses no node."""
    return next((kind for kind, form in NODE_FORMS.items() if form.fullmatch(address)), None)


def is_field_path(text: str) -> bool:
    """Tell whether a text has the form of a path to a field inside a node."""
    return _FIELD.fullmatch(text) is not None


def get_at(value: object, path: str) -> object:
    """Return what stands at a path, or None if nothing is stated there."""
    for step in path.split("/"):
        value = _child(value, step)
    return value


def set_at(value: Any, path: str, new: object) -> Any:  # noqa: ANN401 -- JSON in, the same JSON out
    """Return a copy of a value with something else at a path; None takes the field away.

    Only the containers on the way are copied, the others are shared.

    :raises LookupError: If the way leads through a member that is not there.
    """
    step, _, rest = path.partition("/")
    if isinstance(value, Mapping):
        if not rest:
            return _with_field(value, step, new)
        if step not in value:
            raise LookupError(f"There is no field '{step}' on the way to '{path}'.")
        return {**value, step: set_at(value[step], rest, new)}
    if isinstance(value, list):
        at = _position(value, step)
        if not rest:
            raise LookupError(f"'{step}' is a member of a list and not a field.")
        return [*value[:at], set_at(value[at], rest, new), *value[at + 1 :]]
    raise LookupError(f"There is nothing to go into at '{path}'.")


def replace_units(value: Any, texts: Mapping[str, str]) -> Any:  # noqa: ANN401 -- see set_at
    """Return a copy of an entry or block with other texts at some paths.

    Every list is walked once, however many of its members get a text: tables are long.

    :raises LookupError: If a path leads nowhere.
    """
    inner: dict[str, dict[str, str]] = {}
    for path, text in texts.items():
        step, _, rest = path.partition("/")
        if rest:
            inner.setdefault(step, {})[rest] = text
        else:
            value = set_at(value, path, text)
    if isinstance(value, list):
        return _with_members(value, inner)
    if inner and not isinstance(value, Mapping):
        raise LookupError(f"There is nothing to go into at '{next(iter(texts))}'.")
    missing = [step for step in inner if step not in value]
    if missing:
        raise LookupError(f"There is no field '{missing[0]}' on the way.")
    return {**value, **{step: replace_units(value[step], found) for step, found in inner.items()}}


def _with_members(members: list[Any], texts: Mapping[str, Mapping[str, str]]) -> list[Any]:
    left, made = dict(texts), []
    for member in members:
        key = _key(member)
        found = left.pop(key, None) if isinstance(key, str) else None
        made.append(member if found is None else replace_units(member, found))
    for key in left:
        raise LookupError(f"There is no member '{key}' here.")
    return made


def _with_field(value: Node, name: str, new: object) -> dict[str, Any]:
    if new is None:
        return {key: inner for key, inner in value.items() if key != name}
    return {**value, name: new}


def _child(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list):
        return next((each for each in value if _key(each) == step), None)
    return None


def _position(members: list[Any], key: str) -> int:
    for index, member in enumerate(members):
        if _key(member) == key:
            return index
    raise LookupError(f"There is no member '{key}' here.")


def _key(member: object) -> object:
    return member.get("key") if isinstance(member, Mapping) else None
