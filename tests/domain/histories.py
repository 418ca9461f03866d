"""A past that planning can ask, kept in memory: what the ledger is in the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policy_api.domain.content.source import Source
from policy_api.domain.planning.plan import plan_release
from policy_api.domain.planning.release import (
    Announcement,
    Before,
    Content,
    PlannedVersion,
    ReleasePlan,
    Standing,
)
from policy_api.domain.planning.timeline import Timeline
from policy_api.domain.translation.staleness import Lineage


@dataclass
class History:
    """Releases one after another, without a database."""

    now: datetime
    versions: list[PlannedVersion] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)
    lineage: Mapping[str, Lineage] = field(default_factory=dict)
    releases: int = 0

    def last_number(self, site: str, policy: str) -> int:
        return max((found.number for found in self.of(site, policy)), default=0)

    def standing(self, site: str, policy: str) -> tuple[Standing, ...]:
        known = self.of(site, policy)
        reached = [found for found in known if found.effective_at <= self.now]
        current = max(reached, key=lambda found: (found.effective_at, found.number), default=None)
        return tuple(
            _standing(found) for found in known if found is current or found.effective_at > self.now
        )

    def contents(self, site: str, policy: str, number: int) -> dict[str, Content]:
        found = next(item for item in self.of(site, policy) if item.number == number)
        return dict(found.editions)

    def of(self, site: str, policy: str = "privacy") -> list[PlannedVersion]:
        return [item for item in self.versions if (item.site, item.policy) == (site, policy)]

    def publish(
        self,
        source: Source,
        *,
        at: datetime | None = None,
        announcement: Announcement | None = None,
    ) -> tuple[ReleasePlan, list[PlannedVersion]]:
        """Plan a release and remember it as published."""
        self.now = at or self.now
        plan = plan_release(
            Before(
                timeline=self.timeline,
                lineage=self.lineage,
                past=self,
                last_release=self.releases,
            ),
            source,
            announcement=announcement or Announcement(),
            now=self.now,
        )
        versions = list(plan.versions)
        self.versions += versions
        self.timeline = plan.timeline
        self.releases = plan.number
        self.lineage = {
            policy: self.lineage.get(policy, Lineage()).extended(change for change, _ in noted)
            for policy, noted in plan.unit_changes.items()
        } | {name: kept for name, kept in self.lineage.items() if name not in plan.unit_changes}
        return plan, versions


def _standing(version: PlannedVersion) -> Standing:
    return Standing(
        number=version.number,
        material_number=version.material_number,
        significance=version.significance,
        published_at=version.published_at,
        effective_at=version.effective_at,
        origin_release=version.origin_release,
        title=version.title,
        summary=version.summary,
        changes=version.changes,
    )
