"""The plan of a release: which sites get which version, when, and how much it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from policy_api.domain.changes.compare import compare, compare_locales
from policy_api.domain.changes.significance import highest
from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.notice import earliest, notice_days
from policy_api.domain.planning.affected import affected
from policy_api.domain.planning.composers import Composers
from policy_api.domain.planning.release import Announcement, Before, ReleasePlan
from policy_api.domain.planning.units import Lift, Noted, unit_changes
from policy_api.domain.planning.versions import VersionPlanner
from policy_api.domain.translation.staleness import Lineage
from policy_api.errors import NothingToPublish, NoticeTooShort, SignificanceLowered

LOWERED_RULE = "significance-lowered"
NOTICE_RULE = "notice-period"


def plan_release(
    before: Before, source: Source, *, announcement: Announcement, now: datetime
) -> ReleasePlan:
    """Work out what publishing a source would do.

    :param source: The whole source as edited, based on the head of the timeline.
    :raises BadInput: If a variant cannot be composed.
    :raises NothingToPublish: If the source is the one that is published. One that changes no
        site's content, only such things as a notice period, makes a release without versions.
    :raises NoticeTooShort: If a material change would take effect too soon.
    :raises SignificanceLowered: If it is declared below its types without a waiver.
    :raises CorrectionConflict: If it does not fit what is announced.
    """
    number = before.last_release + 1
    head = before.timeline.head
    survey = _survey(head.source if head else None, source, before.lineage, announcement)
    lift = _lift(survey.significance, announcement) if head else _unchanged
    effective_at = _effective_at(announcement, survey.notice_days(lift), now)
    timeline = before.timeline.since(now).with_release(
        source, effective_at=effective_at, number=number
    )
    changed = unit_changes(head.source, source, lift=lift) if head else {}
    planner = VersionPlanner(
        before=before,
        timeline=timeline,
        announcement=announcement,
        number=number,
        now=now,
        lift=lift,
        lineage=_extended(before.lineage, changed),
    )
    return ReleasePlan(
        number=number,
        kind=announcement.kind,
        significance=announcement.significance or survey.significance,
        announcement=announcement,
        published_at=now,
        effective_at=effective_at,
        timeline=timeline,
        unit_changes=changed,
        versions=planner.versions(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    """A first look at what a release changes, in the source locale only."""

    significance: Significance
    promises: tuple[tuple[Significance, int], ...] = ()
    """For each site that changes: the highest significance, and its days of notice."""

    def notice_days(self, lift: Lift) -> int:
        """Return the longest promise of a site that has a material change; 0 if none has."""
        days = (days for level, days in self.promises if lift(level) is Significance.MATERIAL)
        return max(days, default=0)


def _survey(
    head: Source | None,
    source: Source,
    lineage: Mapping[str, Lineage],
    announcement: Announcement,
) -> _Survey:
    if head is None:
        return _Survey(significance=Significance.MATERIAL)
    if head.digest == source.digest:
        raise NothingToPublish("The source is the one that is published.")
    promises = []
    then, now = Composers(head, lineage), Composers(source, lineage)
    for site, policy in sorted(affected(head, source)):
        if not then.has(site, policy):
            continue
        changes = compare(then.source_content(site, policy), now.source_content(site, policy))
        if not changes and announcement.significance is Significance.MATERIAL:
            # Translations alone are editorial, but whoever calls them material owes notice too.
            changes = compare_locales(then.contents(site, policy), now.contents(site, policy))
        if changes:
            promises.append((highest(changes), notice_days(source, site)))
    found = max((level for level, _ in promises), default=Significance.EDITORIAL)
    return _Survey(significance=found, promises=tuple(promises))


def _unchanged(level: Significance) -> Significance:
    return level


def _lift(default: Significance, announcement: Announcement) -> Lift:
    """Return how a declared significance changes that of each change.

    Raised: what stands at the highest default level is raised. Lowered: what stands above the
    declared level is lowered to it, which needs a waiver.
    """
    declared = announcement.significance
    if declared is None or declared is default:
        return lambda level: level
    if declared > default:
        return lambda level: declared if level is default else level
    if not announcement.waives(LOWERED_RULE):
        raise SignificanceLowered(
            f"The changes are {default.value}; declaring them {declared.value} needs a reason.",
            default=default.value,
            declared=declared.value,
            waiver=LOWERED_RULE,
        )
    return lambda level: min(level, declared)


def _effective_at(announcement: Announcement, days: int, now: datetime) -> datetime:
    """Return when a release takes effect: as asked for, if readers get their notice."""
    first = earliest(now, days)
    wanted = announcement.effective_at or first
    if wanted < now:
        raise NoticeTooShort("A release cannot take effect before it is published.", earliest=now)
    if wanted < first and not announcement.waives(NOTICE_RULE):
        raise NoticeTooShort(
            f"Readers were promised {days} days.", earliest=first, waiver=NOTICE_RULE
        )
    return wanted


def _extended(
    lineage: Mapping[str, Lineage], changed: Mapping[str, tuple[Noted, ...]]
) -> dict[str, Lineage]:
    return {
        policy: lineage.get(policy, Lineage()).extended(change for change, _ in noted)
        for policy, noted in (dict.fromkeys(lineage, ()) | dict(changed)).items()
    }
