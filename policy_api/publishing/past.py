"""What was published before, as planning asks for it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy.orm import Session

from policy_api.domain.changes.types import Change, Significance
from policy_api.domain.planning.release import Before, Content, Standing
from policy_api.domain.planning.timeline import State, Timeline
from policy_api.domain.translation.staleness import Lineage, UnitChange
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow


class LedgerPast:
    """The ledger, seen through what planning needs of it."""

    def __init__(self, session: Session, *, now: datetime) -> None:
        self.session = session
        self._numbers = queries.last_numbers(session)
        self._standing: dict[tuple[str, str], list[VersionRow]] = defaultdict(list)
        for row in queries.standing(session, since=now):
            self._standing[row.site, row.policy].append(row)

    def last_number(self, site: str, policy: str) -> int:
        """Return the highest version number ever given, or 0."""
        known = self._numbers.get((site, policy))
        return 0 if known is None else known.number

    def standing(self, site: str, policy: str) -> tuple[Standing, ...]:
        """Return the version in force and the announced ones."""
        return tuple(_standing(row) for row in self._standing[site, policy])

    def contents(self, site: str, policy: str, number: int) -> dict[str, Content]:
        """Return locale → content of all stored editions of a version."""
        row = next(row for row in self._standing[site, policy] if row.number == number)
        found = queries.editions(self.session, version_ids=[row.id])
        return {edition.locale: edition.content for edition in found}


def read_before(session: Session, *, now: datetime) -> Before:
    """Return everything that a release is planned on."""
    timeline = read_timeline(session)
    policies = timeline.head.source.policies() if timeline.head else ()
    return Before(
        timeline=timeline,
        lineage={policy: read_lineage(session, policy) for policy in policies},
        past=LedgerPast(session, now=now),
        last_release=queries.head_number(session),
    )


def read_timeline(session: Session) -> Timeline:
    """Return the states that the newest release left: in force then, and announced."""
    return Timeline(
        tuple(
            State(
                effective_at=row.effective_at,
                source=queries.load_source(session, row.source),
                origin=row.origin,
            )
            for row in queries.states(session)
        )
    )


def read_lineage(session: Session, policy: str) -> Lineage:
    """Return how the source texts of a policy changed from release to release."""
    return Lineage.of(
        UnitChange(
            unit=row.change.unit,
            from_hash=row.change.from_hash,
            to_hash=row.change.to_hash,
            material=row.change.significance == Significance.MATERIAL.value,
        )
        for row in queries.unit_changes(session, policy=policy)
    )


def _standing(row: VersionRow) -> Standing:
    return Standing(
        number=row.number,
        material_number=row.material_number,
        significance=Significance(row.significance),
        published_at=row.published_at,
        effective_at=row.effective_at,
        origin_release=row.origin_release,
        title=row.title,
        summary=row.summary,
        changes=tuple(Change.from_json(change) for change in row.changes),
    )
