"""Whether a translation still fits: computed from hashes and from how much each change mattered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Fit(StrEnum):
    """How a translation stands to the source text."""

    CURRENT = "current"
    OUTDATED = "outdated"
    """Made from an earlier text; nothing since was material."""

    FALLBACK = "fallback"
    """Missing, or left behind by a material change: the source is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """One change of a unit's source text, made by a release."""

    unit: str
    from_hash: str
    to_hash: str
    material: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """The changes of every unit's source text."""

    by_unit: Mapping[str, Sequence[UnitChange]] = field(default_factory=dict)

    @classmethod
    def of(cls, changes: Iterable[UnitChange]) -> Lineage:
        """Arrange changes by unit."""
        by_unit: dict[str, list[UnitChange]] = {}
        for change in changes:
            by_unit.setdefault(change.unit, []).append(change)
        return cls(by_unit)

    def extended(self, changes: Iterable[UnitChange]) -> Lineage:
        """Return a lineage that knows newer changes too."""
        known = (change for row in self.by_unit.values() for change in row)
        return Lineage.of([*known, *changes])

    def fit(self, unit: str, *, made_from: str | None, present: str) -> Fit:
        """Tell how a translation made from one text stands to the present text.

        It is outdated if a chain of changes leads from the one to the other and none of them was
        material. Texts may come back and announced ones may be withdrawn, so any chain counts.
        What nobody published proves nothing: such a translation is left behind.
        """
        if made_from == present:
            return Fit.CURRENT
        reached = {made_from}
        changes = [change for change in self.by_unit.get(unit, ()) if not change.material]
        while True:
            further = {step.to_hash for step in changes if step.from_hash in reached} - reached
            if not further:
                return Fit.FALLBACK
            if present in further:
                return Fit.OUTDATED
            reached |= further
