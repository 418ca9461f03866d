"""What a publisher asks for, and the plan of a release that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from policy_api.domain.changes.types import Change, Significance
from policy_api.domain.planning.timeline import Timeline
from policy_api.domain.translation.staleness import Lineage, UnitChange

Content = dict[str, Any]
Text = Mapping[str, str]
"""A text for readers by locale."""


class Kind(StrEnum):
    """Why a release was made."""

    CHANGE = "change"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A rule set aside, with who did so and why."""

    rule: str
    reason: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a publisher says about a release."""

    kind: Kind = Kind.CHANGE
    significance: Significance | None = None
    """Declared; None means that the changes decide."""

    title: Text = field(default_factory=dict)
    summary: Text = field(default_factory=dict)
    effective_at: datetime | None = None
    """None: at once, or after the notice period for a material change."""

    waivers: tuple[Waiver, ...] = ()

    def waives(self, rule: str) -> bool:
        """Tell whether a rule is set aside."""
        return any(waiver.rule == rule for waiver in self.waivers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A version that is in force or announced, as far as planning needs it."""

    number: int
    material_number: int
    significance: Significance
    published_at: datetime
    effective_at: datetime
    origin_release: int
    title: Text
    summary: Text
    changes: tuple[Change, ...] = ()


class Past(Protocol):
    """What planning may ask about what was published before."""

    def last_number(self, site: str, policy: str) -> int:
        """Return the highest version number ever given, or 0."""
        ...

    def standing(self, site: str, policy: str) -> tuple[Standing, ...]:
        """Return the version in force and the announced ones, without withdrawn ones."""
        ...

    def contents(self, site: str, policy: str, number: int) -> dict[str, Content]:
        """Return locale → content of all stored editions of a version."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a release is planned on."""

    timeline: Timeline
    lineage: Mapping[str, Lineage]
    """Policy → changes of its source texts so far."""

    past: Past
    last_release: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVersion:
    """A version with all its editions, ready to be stored."""

    site: str
    policy: str
    number: int
    material_number: int
    kind: Kind
    significance: Significance
    title: Text
    summary: Text
    published_at: datetime
    effective_at: datetime
    previous: int | None
    origin_release: int
    changes: tuple[Change, ...]
    editions: Mapping[str, Content]
    """Locale → content, stamped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """Everything a release would do. ``versions`` are composed as they are asked for."""

    number: int
    kind: Kind
    significance: Significance
    announcement: Announcement
    published_at: datetime
    effective_at: datetime
    timeline: Timeline
    """States from publication on."""

    unit_changes: Mapping[str, tuple[tuple[UnitChange, Significance], ...]]
    """Policy → changes of its units' source text."""

    versions: Iterator[PlannedVersion]
