"""Three-way merge of sources: two people's edits of the same state, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

Entries = Mapping[str, Mapping[str, Any]]
"""Path → entry."""

WHOLE_LISTS = frozenset({"locations", "ops"})
"""Lists whose members fit only each other: the steps of a program, the places of one row."""

WHOLE_OBJECTS = frozenset({"address", "license"})
"""Objects whose parts fit only each other."""

OBJECTS_OF_WHOLES = frozenset({"units"})
"""Objects whose members are wholes: a translation and the state it was approved in."""

IDENTITIES = ("kind", "recipient", "right")
"""Fields that say what a thing is; where they differ, the other fields are not about the same."""


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT
_Nothing = Literal[_Absent.ABSENT]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeConflict:
    """A place that both sides changed, each in its own way."""

    path: str
    """Path of the entry."""

    pointer: str
    """Pointer into the entry, members of lists by their key; empty means the whole entry."""

    base: object
    mine: object
    theirs: object
    """The three values; None for what is not there."""

    def to_json(self) -> dict[str, object]:
        """Return the conflict as the API spells it."""
        return {
            "path": self.path,
            "pointer": self.pointer,
            "base": self.base,
            "mine": self.mine,
            "theirs": self.theirs,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Both sides' edits in one; in the place of a conflict stands what mine says."""

    entries: dict[str, dict[str, Any]]
    conflicts: tuple[MergeConflict, ...]


def merge(base: Entries, mine: Entries, theirs: Entries) -> Merged:
    """Merge two states that were made from one base.

    Entries, fields and members of lists that only one side touched are taken from it. The sides
    may be exchanged: the result is the same where there is no conflict.
    """
    merger = _Merger()
    merged = {}
    for path in dict.fromkeys((*mine, *theirs)):
        merger.path = path
        sides = base.get(path, ABSENT), mine.get(path, ABSENT), theirs.get(path, ABSENT)
        value = merger.value("", *sides)
        if isinstance(value, Mapping):
            merged[path] = dict(value)
    return Merged(entries=merged, conflicts=tuple(merger.conflicts))


@dataclass(slots=True)
class _Merger:
    path: str = ""
    conflicts: list[MergeConflict] = field(default_factory=list)

    def value(self, pointer: str, base: object, mine: object, theirs: object) -> object:
        """Merge one value; absence is a value too."""
        if theirs in (mine, base):
            return mine
        if base == mine:
            return theirs
        if isinstance(base, Mapping):
            if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
                return self._object(pointer, base, mine, theirs)
        elif isinstance(base, list) and isinstance(mine, list) and isinstance(theirs, list):
            return self._list(pointer, base, mine, theirs)
        return self._conflict(pointer, base, mine, theirs)

    def _conflict(self, pointer: str, base: object, mine: object, theirs: object) -> object:
        values = [None if value is ABSENT else value for value in (base, mine, theirs)]
        self.conflicts.append(
            MergeConflict(
                path=self.path, pointer=pointer, base=values[0], mine=values[1], theirs=values[2]
            )
        )
        return mine

    def _object(
        self,
        pointer: str,
        base: Mapping[str, Any],
        mine: Mapping[str, Any],
        theirs: Mapping[str, Any],
    ) -> object:
        sides = base, mine, theirs
        parent, _, name = pointer.rpartition("/")
        is_whole = name in WHOLE_OBJECTS or parent.rpartition("/")[2] in OBJECTS_OF_WHOLES
        if is_whole or _identity(base) != _identity(mine) or _identity(base) != _identity(theirs):
            return self._conflict(pointer, *sides)
        merged = {}
        for key in dict.fromkeys((*mine, *theirs)):
            inner = (side.get(key, ABSENT) for side in sides)
            value = self.value(f"{pointer}/{_escaped(key)}", *inner)
            if value is not ABSENT:
                merged[key] = value
        return merged

    def _list(self, pointer: str, base: list[Any], mine: list[Any], theirs: list[Any]) -> object:
        known = [_by_identity(side) for side in (base, mine, theirs)]
        if pointer.rpartition("/")[2] in WHOLE_LISTS or None in known:
            return self._conflict(pointer, base, mine, theirs)
        sides = [side for side in known if side is not None]
        merged = {}
        for name in dict.fromkeys((*sides[1], *sides[2])):
            values = (side.get(name, ABSENT) for side in sides)
            value = self.value(f"{pointer}/{_escaped(name)}", *values)
            if value is not ABSENT:
                merged[name] = value
        order = self._order(pointer, [list(side) for side in sides])
        return [merged[name] for name in order if name in merged]

    def _order(self, pointer: str, sides: list[list[str]]) -> list[str]:
        """Merge the order of members: one side may rearrange, both may put in."""
        base, mine, theirs = sides
        shared = set(base) & set(mine) & set(theirs)
        old, left, right = ([name for name in side if name in shared] for side in sides)
        if old not in (left, right) and left != right:
            self._conflict(pointer, base, mine, theirs)
        skeleton = right if left == old else left
        runs = _runs(mine, shared), _runs(theirs, shared)
        order: list[str] = []
        for anchor in (None, *skeleton):
            order += [] if anchor is None else [anchor]
            # Sorted, so that it does not matter whose edit came first.
            for run in sorted(side.get(anchor, []) for side in runs):
                order += [name for name in run if name not in order]
        return order


def _runs(names: list[str], shared: set[str]) -> dict[str | None, list[str]]:
    """Return the members that not everybody has, by the shared member in front of them."""
    runs: dict[str | None, list[str]] = {}
    anchor = None
    for name in names:
        if name in shared:
            anchor = name
        else:
            runs.setdefault(anchor, []).append(name)
    return runs


def _by_identity(members: list[Any]) -> dict[str, Any] | None:
    """Return members by key, or by their value where they have none; None if two are the same."""
    keyed = all(isinstance(member, Mapping) and "key" in member for member in members)
    named = {
        str(member["key"]) if keyed else json.dumps(member, sort_keys=True, default=dict): member
        for member in members
    }
    return named if len(named) == len(members) else None


def _identity(value: Mapping[str, Any]) -> list[object]:
    return [value.get(name) for name in IDENTITIES]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
