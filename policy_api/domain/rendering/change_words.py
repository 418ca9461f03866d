"""Changes as sentences for feeds and mails: what kind, of what, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from policy_api.domain import labels

LONGEST = 120
"""Values longer than this are left to the comparison page."""

NAMES = ("name", "label", "heading", "title", "applies_to", "recipient")
"""Members that say what a thing is called, the best first."""

STATES = "translation.changed"
"""The type whose values are states of a translation: readers want to know of what."""

_CONTAINERS = frozenset({"sections", "tables", "rows", "items", "rules", "rights"})


def change_line(change: Mapping[str, Any], locale: str) -> str:
    """Return one change in words.

    >>> change_line({"type": "recipient.added", "path": "tables/t/rows/pay", "op": "added",
    ...              "from": None, "to": {"recipient": {"name": "PayPal"}}}, "en")
    'Recipient added: PayPal'
    """
    head = labels.change_label(change["type"], locale)
    before, after = (named(change.get(name)) for name in ("from", "to"))
    if change["type"] == STATES:
        before = after = ""
    is_value = change["op"] in {"changed", "replaced"}
    if is_value and before and after and before != after:
        return f"{head}: {before} → {after}"
    what = after or before or _subject(change["path"])
    return f"{head}: {what}" if what else head


def named(value: object) -> str:
    """Return how people call a value, or nothing if it takes too long to say."""
    if isinstance(value, Mapping):
        found = next((value[name] for name in NAMES if value.get(name)), None)
        return named(found)
    if isinstance(value, list):
        parts = [named(each) for each in value]
        return _short(", ".join(parts)) if all(parts) else ""
    return _short(" ".join(value.split())) if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else ""


def _subject(path: str) -> str:
    """Return the key of the thing a path leads to, for want of a name."""
    parts = path.split("/")
    keys = [each for before, each in pairwise(parts) if before in _CONTAINERS]
    return keys[-1].replace("-", " ") if keys else ""
