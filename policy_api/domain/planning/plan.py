"""The plan of a release: which sites get which version, when, and how much it matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from policy_api.domain.changes.compare import compare, compare_locales
from policy_api.domain.changes.significance import highest
from policy_api.domain.changes.types import Change, Significance
from policy_api.domain.content.source import Source
from policy_api.domain.notice import earliest, notice_days
from policy_api.domain.planning.affected import Pair, affected
from policy_api.domain.planning.release import (
    Announcement,
    Content,
    Kind,
    Past,
    PlannedVersion,
    ReleasePlan,
    Standing,
)
from policy_api.domain.planning.stamp import Stamp, stamped, unstamped
from policy_api.domain.planning.timeline import State, Timeline
from policy_api.domain.planning.units import Lift, Noted, unit_changes
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.translation.staleness import Lineage
from policy_api.errors import BadInput, NothingToPublish, NoticeTooShort, SignificanceLowered

LOWERED_RULE = "significance-lowered"
NOTICE_RULE = "notice-period"

Contents = Mapping[str, Content]
"""Locale → composed content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a release is planned on."""

    timeline: Timeline
    lineage: Mapping[str, Lineage]
    """Policy → changes of its source texts so far."""

    past: Past
    last_release: int


def plan_release(
    before: Before, source: Source, *, announcement: Announcement, now: datetime
) -> ReleasePlan:
    """Work out what publishing a source would do.

    :param source: The whole source as edited, based on the head of the timeline.
    :raises BadInput: If a variant cannot be composed.
    :raises NothingToPublish: If no site's content would change.
    :raises NoticeTooShort: If a material change would take effect too soon.
    :raises SignificanceLowered: If it is declared below its types without a waiver.
    :raises CorrectionConflict: If it does not fit what is announced.
    """
    number = before.last_release + 1
    head = before.timeline.head
    survey = _survey(head.source if head else None, source, before.lineage)
    lift = _lift(survey.significance, announcement) if head else _unchanged
    effective_at = _effective_at(announcement, survey.notice_days(lift), now)
    timeline = before.timeline.since(now).with_release(
        source, effective_at=effective_at, number=number
    )
    changed = unit_changes(head.source, source, lift=lift) if head else {}
    draft = _Draft(
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
        versions=draft.versions(),
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


def _survey(head: Source | None, source: Source, lineage: Mapping[str, Lineage]) -> _Survey:
    if head is None:
        return _Survey(significance=Significance.MATERIAL)
    if head.digest == source.digest:
        raise NothingToPublish("The source is the one that is published.")
    promises = []
    then, now = _Composers(head, lineage), _Composers(source, lineage)
    for site, policy in sorted(affected(head, source)):
        if not then.has(site, policy):
            continue
        changes = compare(then.source_content(site, policy), now.source_content(site, policy))
        if changes:
            promises.append((highest(changes), notice_days(source, site)))
    found = max((level for level, _ in promises), default=Significance.EDITORIAL)
    return _Survey(significance=found, promises=tuple(promises))


def _unchanged(level: Significance) -> Significance:
    return level


class _Composers:
    """One composer per policy: each policy has a lineage of its own."""

    def __init__(self, source: Source, lineage: Mapping[str, Lineage]) -> None:
        self.source = source
        self._lineage = lineage
        self._known: dict[str, Composer] = {}

    def of(self, policy: str) -> Composer:
        """Return the composer of a policy."""
        if policy not in self._known:
            self._known[policy] = Composer(self.source, self._lineage.get(policy, Lineage()))
        return self._known[policy]

    def has(self, site: str, policy: str) -> bool:
        """Tell whether a site has a policy in this state."""
        entries = self.source.entries
        if f"sites/{site}" not in entries or f"policies/{policy}" not in entries:
            return False
        named = entries[f"sites/{site}"].get("policies")
        return named is None or policy in named

    def source_content(self, site: str, policy: str) -> Content:
        """Compose a site's edition in the source locale."""
        composer = self.of(policy)
        return composer.content(site, policy, composer.source_locale(policy))

    def contents(self, site: str, policy: str) -> Contents:
        """Compose all editions of a site's policy."""
        composer = self.of(policy)
        return {
            locale: composer.content(site, policy, locale)
            for locale in composer.locales(site, policy)
        }


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
        for policy, noted in ({name: () for name in lineage} | dict(changed)).items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """What is in force for a site from an instant on, while versions are planned."""

    effective_at: datetime
    number: int
    material_number: int
    contents: Contents | None
    """Stamped editions of a version of this plan; None for one that is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Everything that the versions of a release are planned from."""

    before: Before
    timeline: Timeline
    announcement: Announcement
    number: int
    now: datetime
    lift: Lift
    lineage: Mapping[str, Lineage]

    def versions(self) -> Iterator[PlannedVersion]:
        """Plan site after site, so that only one site's editions are in memory."""
        old = {
            state.effective_at: _Composers(state.source, self.before.lineage)
            for state in self.before.timeline.states
        }
        new = [(state, _Composers(state.source, self.lineage)) for state in self._states()]
        for site, policy in sorted(self._pairs()):
            yield from self._of(site, policy, old, new)

    def _states(self) -> list[State]:
        """Return the states that this release makes or remakes."""
        start = next(s.effective_at for s in self.timeline.states if s.origin == self.number)
        return [s for s in self.timeline.states if s.effective_at >= start and not self._kept(s)]

    def _kept(self, state: State) -> bool:
        return any(state is known for known in self.before.timeline.states)

    def _pairs(self) -> frozenset[Pair]:
        found: set[Pair] = set()
        for state in self._states():
            then = self.before.timeline.at(state.effective_at)
            base = then.source if then else Source.from_entries({})
            found |= affected(base, state.source)
        return frozenset(found)

    def _of(
        self,
        site: str,
        policy: str,
        old: Mapping[datetime, _Composers],
        new: list[tuple[State, _Composers]],
    ) -> Iterator[PlannedVersion]:
        past = self.before.past
        standing = {found.number: found for found in past.standing(site, policy)}
        points = [
            _Point(
                effective_at=found.effective_at,
                number=found.number,
                material_number=found.material_number,
                contents=None,
            )
            for found in standing.values()
        ]
        number = past.last_number(site, policy)
        for state, composers in new:
            if not composers.has(site, policy):
                continue
            running = _running(points, state.effective_at)
            contents = composers.contents(site, policy)
            editions = self._editions(running, site, policy, contents)
            if running is not None and self._same(
                running, contents, editions, (site, policy), old
            ):
                continue
            number += 1
            replaced = _announced(standing.values(), state)
            version = self._version(
                (site, policy), number, state, running, contents, editions, replaced
            )
            points.append(
                _Point(
                    effective_at=state.effective_at,
                    number=number,
                    material_number=version.material_number,
                    contents=version.editions,
                )
            )
            yield version

    def _editions(
        self, running: _Point | None, site: str, policy: str, contents: Contents
    ) -> dict[str, Content]:
        """Return the editions that are in force so far, by locale."""
        if running is None:
            return {}
        if running.contents is not None:
            return dict(running.contents)
        found = {
            locale: self.before.past.content(site, policy, running.number, locale)
            for locale in contents
        }
        return {locale: content for locale, content in found.items() if content is not None}

    def _same(
        self,
        running: _Point,
        contents: Contents,
        editions: Mapping[str, Content],
        pair: Pair,
        old: Mapping[datetime, _Composers],
    ) -> bool:
        """Tell whether nothing changed for readers.

        Editions that differ from the stored ones are compared with what the same source gives
        today: a program that renders or labels differently makes no version.
        """
        if _bare(editions) == dict(contents):
            return True
        then = self.before.timeline.at(max(running.effective_at, self.now))
        if running.contents is not None or then is None:
            return False
        composers = old[then.effective_at]
        if not composers.has(*pair):
            return False
        try:
            return composers.contents(*pair) == contents
        except BadInput:
            # What an earlier program accepted may be refused today; then it did change.
            return False

    def _version(
        self,
        pair: Pair,
        number: int,
        state: State,
        running: _Point | None,
        contents: Contents,
        editions: Mapping[str, Content],
        replaced: Standing | None,
    ) -> PlannedVersion:
        changes = self._changes(contents, editions, replaced)
        significance = highest(changes) if running is not None else Significance.MATERIAL
        significance = self._initial(significance) if running is None else significance
        told = self.announcement
        title, summary = told.title, told.summary
        if replaced is not None:
            significance = max(significance, replaced.significance)
            title, summary = replaced.title, replaced.summary
        material_number = running.material_number if running is not None else 0
        if significance is Significance.MATERIAL or running is None:
            material_number += 1
        kind = Kind.CHANGE if replaced is not None else told.kind
        stamp = Stamp(
            number=number,
            material_number=material_number,
            kind=kind.value,
            significance=significance.value,
            title=title,
            summary=summary,
            published_at=self.now,
            effective_at=state.effective_at,
        )
        return PlannedVersion(
            site=pair[0],
            policy=pair[1],
            number=number,
            material_number=material_number,
            kind=kind,
            significance=significance,
            title=title,
            summary=summary,
            published_at=self.now,
            effective_at=state.effective_at,
            previous=running.number if running is not None else None,
            origin_release=state.origin,
            changes=changes,
            editions={
                locale: stamped(content, stamp, before=editions.get(locale))
                for locale, content in contents.items()
            },
        )

    def _initial(self, significance: Significance) -> Significance:
        return self.announcement.significance or significance

    def _changes(
        self, contents: Contents, editions: Mapping[str, Content], replaced: Standing | None
    ) -> tuple[Change, ...]:
        source_locale = next(iter(contents))
        old = editions.get(source_locale)
        if old is None:
            return ()
        found = (*compare(old, contents[source_locale]), *compare_locales(editions, contents))
        known = {
            (change.path, change.type): change.significance
            for change in (replaced.changes if replaced is not None else ())
        }
        return tuple(
            replace(
                change,
                significance=known.get(
                    (change.path, change.type), self.lift(change.significance)
                ),
            )
            for change in found
        )


def _bare(editions: Mapping[str, Content]) -> dict[str, Content]:
    return {locale: unstamped(content) for locale, content in editions.items()}


def _running(points: list[_Point], instant: datetime) -> _Point | None:
    """Return what is in force at an instant: the newest by (effect, number)."""
    reached = [point for point in points if point.effective_at <= instant]
    return max(reached, key=lambda point: (point.effective_at, point.number), default=None)


def _announced(standing: Iterable[Standing], state: State) -> Standing | None:
    """Return the announced version that a carried state takes the place of."""
    versions = [found for found in standing if found.effective_at == state.effective_at]
    same = [found for found in versions if found.origin_release == state.origin]
    return max(same, key=lambda found: found.number, default=None)
