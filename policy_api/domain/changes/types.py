"""One difference between two versions, and the scale of how much it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Significance(StrEnum):
    """How much a change matters to readers. Compares by weight, not by spelling.

    >>> Significance.EDITORIAL < Significance.MATERIAL
    True
    >>> max(Significance.TECHNICAL, Significance.NON_MATERIAL)
    <Significance.NON_MATERIAL: 'non_material'>
    """

    TECHNICAL = "technical"
    """Nothing a reader would see."""

    EDITORIAL = "editorial"
    """Said differently, not something different."""

    NON_MATERIAL = "non_material"
    """Worth a line in the changelog."""

    MATERIAL = "material"
    """Readers must be told, ahead of time."""

    @property
    def weight(self) -> int:
        """Place on the scale, the lightest first."""
        return _SCALE.index(self.value)

    def __lt__(self, other: str, /) -> bool:
        return self.weight < other.weight if isinstance(other, Significance) else NotImplemented

    def __le__(self, other: str, /) -> bool:
        return self.weight <= other.weight if isinstance(other, Significance) else NotImplemented

    def __gt__(self, other: str, /) -> bool:
        return self.weight > other.weight if isinstance(other, Significance) else NotImplemented

    def __ge__(self, other: str, /) -> bool:
        return self.weight >= other.weight if isinstance(other, Significance) else NotImplemented


_SCALE = ("technical", "editorial", "non_material", "material")


class Op(StrEnum):
    """What happened at a path."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference, typed, at one path."""

    path: str
    """Address inside the policy, list members by their key: ``tables/t/rows/r/purpose``."""

    op: Op
    type: str
    """``{noun}.{what happened}``; the known ones stand in ``significance.CHANGE_TYPES``."""

    significance: Significance

    before: object = None
    """JSON value before, ``from`` on the wire; None for what was added or not stated."""

    after: object = None
    """JSON value after, ``to`` on the wire."""

    members_added: tuple[str, ...] = ()
    """Codes or keys that a set gained."""

    members_removed: tuple[str, ...] = ()

    origin: str = "base"
    """``site`` if an overlay wrote the place, else ``base``."""

    def to_json(self) -> dict[str, Any]:
        """Return the change as the API and the ledger spell it."""
        return {
            "path": self.path,
            "op": self.op.value,
            "type": self.type,
            "from": self.before,
            "to": self.after,
            "members": {"added": list(self.members_added), "removed": list(self.members_removed)},
            "significance": self.significance.value,
            "origin": self.origin,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Change:
        """Read what ``to_json`` wrote."""
        return cls(
            path=value["path"],
            op=Op(value["op"]),
            type=value["type"],
            before=value["from"],
            after=value["to"],
            members_added=tuple(value["members"]["added"]),
            members_removed=tuple(value["members"]["removed"]),
            significance=Significance(value["significance"]),
            origin=value["origin"],
        )
