"""What counts in a value: codes and not their labels, sets and not their order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from policy_api.domain.content.markdown import plain_text
from policy_api.domain.content.texts import collapsed

DERIVED = frozenset({"html", "changed_in", "origin", "translated_from"})
"""Fields that follow from others or from the history; a difference in them is no change."""

CATEGORIES = "data_categories"

SETS = frozenset({CATEGORIES, "purposes", "locations", "hosts", "sites", "columns"})
"""Lists whose order says nothing."""

_STRUCK_THROUGH = re.compile(r"~~(.+?)~~", re.DOTALL)


def recorded(value: object) -> Any:  # noqa: ANN401 -- parsed JSON of any shape
    """Return a value as a change keeps it: with labels for people, without what is derived."""
    if isinstance(value, Mapping):
        return {name: recorded(inner) for name, inner in value.items() if name not in DERIVED}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [recorded(inner) for inner in value]
    return value


def exact(value: object, name: str = "") -> Any:  # noqa: ANN401 -- parsed JSON of any shape
    """Return everything of a value that an author wrote; equal means that nothing changed.

    :param name: Name of the field that holds the value.
    """
    if isinstance(value, Mapping):
        return {
            key: exact(inner, key)
            for key, inner in value.items()
            if key not in DERIVED and not (key == "label" and is_label_derived(value, name))
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [exact(inner, name) for inner in value]
    return value


def is_label_derived(value: Mapping[str, Any], name: str = "") -> bool:
    """Tell whether a label is a translated code, and not words of an author."""
    if name == CATEGORIES and value.get("key") is not None:
        return False
    return bool({"code", "iso", "country"} & value.keys()) or value.keys() == {"key", "label"}


def essence(value: object, name: str = "", *, markdown: bool = False) -> Any:  # noqa: ANN401 -- parsed JSON of any shape
    """Return what a value says; equal means that at most its wording or order changed."""
    if isinstance(value, str):
        return words(value) if markdown or name == "markdown" else collapsed(value)
    if isinstance(value, Mapping):
        naming = _naming(value, name)
        return {
            key: essence(inner, key)
            for key, inner in exact(value, name).items()
            if key not in naming
        }
    if isinstance(value, Sequence):
        members = [essence(inner, name) for inner in value]
        return sorted(members, key=_sort_key) if name in SETS else members
    return value


def _naming(value: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the fields that only say what a keyed thing is called."""
    if name == CATEGORIES:
        return frozenset({"label"})
    if "key" in value and value.keys() <= {"key", "name", "hosts"}:
        return frozenset({"name"})
    return frozenset()


def words(markdown: str) -> tuple[str, ...]:
    """Return the words of a Markdown text; words struck through do not say the same."""
    struck = (collapsed(found) for found in _STRUCK_THROUGH.findall(markdown))
    return collapsed(plain_text(markdown)), *struck


def is_leaf(value: object, name: str = "") -> bool:
    """Tell whether a value is reported as a whole: a text, a list, a code, a reference."""
    if not isinstance(value, Mapping) or name == "license":
        return True
    if name == "recipient":
        return False
    return bool({"code", "iso"} & value.keys()) or (
        "key" in value and value.keys() <= {"key", "name", "hosts"}
    )


def identity(member: object) -> str:
    """Return the code or key by which a member of a set is known.

    >>> identity({"key": None, "code": "pd:Name", "label": "Name"})
    'pd:Name'
    >>> identity({"country": "DE", "region": None, "place": "Berlin", "label": "Berlin, Germany"})
    'DE/Berlin'
    """
    if not isinstance(member, Mapping):
        return str(member)
    for name in ("key", "code", "iso"):
        if isinstance(member.get(name), str):
            return str(member[name])
    place = [member.get("country") or member.get("region"), member.get("place")]
    return "/".join(part for part in place if isinstance(part, str)) or _sort_key(member)


def gained_and_lost(
    before: object, after: object, name: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the members that a set gained and lost; nothing for what is no set."""
    if name not in SETS:
        return (), ()
    old = [identity(member) for member in before] if isinstance(before, list) else []
    new = [identity(member) for member in after] if isinstance(after, list) else []
    return (
        tuple(dict.fromkeys(member for member in new if member not in old)),
        tuple(dict.fromkeys(member for member in old if member not in new)),
    )


def is_reordered(before: object, after: object, name: str) -> bool:
    """Tell whether two lists hold the same members in another order."""
    if name not in SETS or not isinstance(before, list) or not isinstance(after, list):
        return False
    old, new = ([exact(member, name) for member in side] for side in (before, after))
    return sorted(old, key=_sort_key) == sorted(new, key=_sort_key)


def _sort_key(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)
