"""Differences in the fields of one thing: a section, a block, a row, a contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from policy_api.domain.changes.significance import weigh
from policy_api.domain.changes.types import Change, Op, Significance
from policy_api.domain.changes.values import (
    DERIVED,
    essence,
    exact,
    gained_and_lost,
    is_label_derived,
    is_leaf,
    is_reordered,
    recorded,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A change, and what it is about when the same thing stands in several places."""

    change: Change
    subject: str = ""
    """``contact/dpo/email``: the same difference of the same subject is told once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the fields of one thing are called when they differ."""

    whole: str
    """Type of a difference in a field without a type of its own."""

    types: Mapping[str, str] = field(default_factory=dict)
    """Dotted field → type; a field inside takes the type of the one around it."""

    markdown: frozenset[str] = frozenset()
    """Dotted fields that hold Markdown."""

    reordered: str | None = None
    """Type of a set whose order differs; None takes that of the field."""

    reformatted: str | None = None
    """Type of a text whose white space or mark-up differs; None takes that of the field."""

    skipped: frozenset[str] = frozenset()
    """Fields that are compared elsewhere, or name the thing."""

    def type_of(self, dotted: str) -> str:
        """Return the type of a difference in a field."""
        while dotted:
            if dotted in self.types:
                return self.types[dotted]
            dotted = dotted.rpartition(".")[0]
        return self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a thing stands, and what it is."""

    path: str
    origin: str = "base"
    subject: str = ""

    def at(self, name: str) -> Place:
        """Return the place of a field."""
        subject = f"{self.subject}/{name}" if self.subject else ""
        path = f"{self.path}/{name}" if self.path else name
        return replace(self, path=path, subject=subject)


def field_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, place: Place, rule: Rule
) -> Iterator[Found]:
    """Yield the differences between two states of one thing, field by field."""
    if before != after:
        yield from _inside(before, after, place, rule, "")


def _inside(
    before: Mapping[str, Any], after: Mapping[str, Any], place: Place, rule: Rule, prefix: str
) -> Iterator[Found]:
    for name in dict.fromkeys((*after, *before)):
        dotted = f"{prefix}{name}"
        old, new = before.get(name), after.get(name)
        if dotted in rule.skipped or _is_derived(name, before, after):
            continue
        if old == new or exact(old, name) == exact(new, name):
            continue
        if (states := _states_of_one(old, new, name)) is not None:
            yield from _inside(*states, place.at(name), rule, f"{dotted}.")
        else:
            yield _leaf(old, new, place.at(name), rule, dotted)


def _is_derived(name: str, *sides: Mapping[str, Any]) -> bool:
    if name == "label":
        return all(is_label_derived(side) or "label" not in side for side in sides)
    return name in DERIVED


def _states_of_one(
    old: object, new: object, name: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Return two objects if they are two states of one thing, so that their fields compare."""
    if is_leaf(old, name) or is_leaf(new, name):
        return None
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return None
    return (old, new) if old.get("key") == new.get("key") else None


def _is_other(old: object, new: object) -> bool:
    """Tell whether two references name different things."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    return "key" in old and old["key"] != new.get("key")


def _leaf(old: object, new: object, place: Place, rule: Rule, dotted: str) -> Found:
    name = dotted.rpartition(".")[2]
    change_type = rule.type_of(dotted)
    op = Op.REPLACED if _is_other(old, new) else Op.CHANGED
    gained, lost = gained_and_lost(old, new, name)
    markdown = dotted in rule.markdown
    if is_reordered(old, new, name):
        op, significance = Op.MOVED, Significance.EDITORIAL
        change_type = rule.reordered or change_type
    elif essence(old, name, markdown=markdown) == essence(new, name, markdown=markdown):
        significance = Significance.EDITORIAL
        if isinstance(old, str) and isinstance(new, str):
            change_type = rule.reformatted or change_type
    else:
        significance = weigh(change_type, field=name, before=old, after=new, gained=gained)
    change = Change(
        path=place.path,
        op=op,
        type=change_type,
        before=recorded(old),
        after=recorded(new),
        members_added=gained,
        members_removed=lost,
        significance=significance,
        origin=place.origin,
    )
    return Found(change, place.subject)
