"""The versions of a release, site after site, so that only one site's editions are in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from policy_api.domain.changes.compare import compare, compare_locales
from policy_api.domain.changes.significance import highest
from policy_api.domain.changes.types import Change, Significance
from policy_api.domain.content.source import Source
from policy_api.domain.planning.affected import Pair, affected
from policy_api.domain.planning.composers import Composers, Contents
from policy_api.domain.planning.release import (
    Announcement,
    Before,
    Content,
    Kind,
    PlannedVersion,
    Standing,
)
from policy_api.domain.planning.stamp import Stamp, Stamper
from policy_api.domain.planning.timeline import State, Timeline
from policy_api.domain.planning.units import Lift
from policy_api.domain.translation.staleness import Lineage
from policy_api.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What stands for a site from an instant on, while its versions are planned."""

    number: int
    material_number: int
    effective_at: datetime
    contents: Contents | None
    """Stamped editions of a version of this plan; None for one that is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a version says of itself: the release's words, or those of what it carries on."""

    kind: Kind
    significance: Significance
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPlanner:
    """Everything that the versions of one release are planned from."""

    before: Before
    timeline: Timeline
    announcement: Announcement
    number: int
    now: datetime
    lift: Lift
    lineage: Mapping[str, Lineage]

    def versions(self) -> Iterator[PlannedVersion]:
        """Yield every version that the release makes, by site and policy."""
        old = {
            state.effective_at: Composers(state.source, self.before.lineage)
            for state in self.before.timeline.states
        }
        new = [(state, Composers(state.source, self.lineage)) for state in self.states()]
        stamper = Stamper()
        for pair in sorted(self._pairs()):
            yield from _SitePlanner(self, pair, old, stamper).versions(new)

    def states(self) -> list[State]:
        """Return the states that this release makes or remakes."""
        known = {id(state) for state in self.before.timeline.states}
        return [state for state in self.timeline.states if id(state) not in known]

    def _pairs(self) -> frozenset[Pair]:
        found: set[Pair] = set()
        for state in self.states():
            then = self.before.timeline.at(state.effective_at)
            base = then.source if then else Source.from_entries({})
            found |= affected(base, state.source)
        return frozenset(found)


class _SitePlanner:
    """The versions of one site's policy in one release."""

    def __init__(
        self,
        planner: VersionPlanner,
        pair: Pair,
        old: Mapping[datetime, Composers],
        stamper: Stamper,
    ) -> None:
        self.planner = planner
        self.stamper = stamper
        self.site, self.policy = pair
        self.old = old
        past = planner.before.past
        self.last_number = past.last_number(*pair)
        self.standing = past.standing(*pair)
        self._stored: dict[int, dict[str, Content]] = {}
        self._bare: dict[int, dict[str, Content]] = {}
        self.points = [
            Point(
                number=found.number,
                material_number=found.material_number,
                effective_at=found.effective_at,
                contents=None,
            )
            for found in self.standing
        ]

    def versions(self, new: Iterable[tuple[State, Composers]]) -> Iterator[PlannedVersion]:
        for state, composers in new:
            if not composers.has(self.site, self.policy):
                continue
            contents = composers.contents(self.site, self.policy)
            if self._changes_nothing(state, contents):
                continue
            version = self._version(state, contents)
            self.last_number = version.number
            self.points.append(
                Point(
                    number=version.number,
                    material_number=version.material_number,
                    effective_at=version.effective_at,
                    contents=version.editions,
                )
            )
            yield version

    def _changes_nothing(self, state: State, contents: Contents) -> bool:
        """Tell whether readers would see at that instant what they would have seen anyway.

        Editions that differ from the stored ones are compared with what the same source gives
        today: a program that renders or labels differently makes no version.
        """
        running = _newest(self.points, until=state.effective_at)
        if running is None:
            return False
        if self._unstamped(running, contents) == dict(contents):
            return True
        then = self.planner.before.timeline.at(max(running.effective_at, self.planner.now))
        if running.contents is not None or then is None:
            return False
        composers = self.old[then.effective_at]
        if not composers.has(self.site, self.policy):
            return False
        try:
            return composers.give(self.site, self.policy, contents)
        except BadInput:
            # What an earlier program accepted may be refused today; then it did change.
            return False

    def _editions(self, point: Point | None, contents: Contents) -> dict[str, Content]:
        """Return the editions of a version that stands, those of locales that are gone too."""
        if point is None:
            return {}
        if point.contents is not None:
            return dict(point.contents)
        if point.number not in self._stored:
            self._stored[point.number] = self._read(point.number, contents)
        return self._stored[point.number]

    def _unstamped(self, point: Point | None, contents: Contents) -> dict[str, Content]:
        """Return the same editions without stamps, so that equal ones are seen to be equal."""
        editions = self._editions(point, contents)
        if point is None:
            return {}
        if point.number not in self._bare:
            self._bare[point.number] = {
                locale: self.stamper.unstamped(content) for locale, content in editions.items()
            }
        return self._bare[point.number]

    def _read(self, number: int, contents: Contents) -> dict[str, Content]:
        found = self.planner.before.past.contents(self.site, self.policy, number)
        # In the order of the new ones, then those of locales that are gone.
        order = [*contents, *(locale for locale in found if locale not in contents)]
        return {locale: self.stamper.known(found[locale]) for locale in order if locale in found}

    def _version(self, state: State, contents: Contents) -> PlannedVersion:
        replaced = self._replaced(state)
        kept = [
            found for found in self.points if replaced is None or found.number != replaced.number
        ]
        previous = _newest(kept, until=state.effective_at)
        editions = self._editions(previous, contents)
        told = self._told(previous, contents, replaced)
        announced = replaced or self.planner.announcement
        is_counted = previous is None or told.significance is Significance.MATERIAL
        stamp = Stamp(
            number=self.last_number + 1,
            material_number=(previous.material_number if previous else 0) + is_counted,
            kind=told.kind.value,
            significance=told.significance.value,
            title=announced.title,
            summary=announced.summary,
            published_at=self.planner.now,
            effective_at=state.effective_at,
        )
        return PlannedVersion(
            site=self.site,
            policy=self.policy,
            number=stamp.number,
            material_number=stamp.material_number,
            kind=told.kind,
            significance=told.significance,
            title=stamp.title,
            summary=stamp.summary,
            published_at=stamp.published_at,
            effective_at=stamp.effective_at,
            previous=previous.number if previous else None,
            origin_release=state.origin,
            changes=told.changes,
            editions={
                locale: self.stamper.stamped(content, stamp, before=editions.get(locale))
                for locale, content in contents.items()
            },
        )

    def _replaced(self, state: State) -> Standing | None:
        """Return the announced version that a carried state takes the place of."""
        same = [
            found
            for found in self.standing
            if found.effective_at == state.effective_at and found.origin_release == state.origin
        ]
        return max(same, key=lambda found: found.number, default=None)

    def _told(self, previous: Point | None, contents: Contents, replaced: Standing | None) -> Told:
        announcement = self.planner.announcement
        changes = self._changes(contents, previous, replaced) if previous else ()
        significance = highest(changes)
        if previous is None:
            significance = announcement.significance or Significance.MATERIAL
        if replaced is not None:
            significance = max(significance, replaced.significance)
        kind = announcement.kind if replaced is None else Kind.CHANGE
        return Told(kind=kind, significance=significance, changes=changes)

    def _changes(
        self, contents: Contents, previous: Point, replaced: Standing | None
    ) -> tuple[Change, ...]:
        """Return typed changes; those that were announced before keep their significance."""
        source_locale = next(iter(contents))
        bare = self._unstamped(previous, contents)
        old = bare.get(source_locale)
        found = (
            *(compare(old, contents[source_locale]) if old is not None else ()),
            *compare_locales(bare, contents),
        )
        known = {
            (change.path, change.type): change.significance
            for change in (replaced.changes if replaced is not None else ())
        }
        lift = self.planner.lift
        return tuple(
            replace(
                change,
                significance=known.get((change.path, change.type), lift(change.significance)),
            )
            for change in found
        )


def _newest(points: Iterable[Point], *, until: datetime) -> Point | None:
    """Return what is in force at an instant: the newest by (effect, number)."""
    reached = [point for point in points if point.effective_at <= until]
    return max(reached, key=lambda point: (point.effective_at, point.number), default=None)
