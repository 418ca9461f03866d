"""What a draft would give: the changes on every site, and each edition before it is one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_api.domain.changes.compare import compare
from policy_api.domain.changes.significance import highest
from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.entries.checks import check_source
from policy_api.domain.languages import lookup
from policy_api.domain.linting.forms import Reader, report_json
from policy_api.domain.linting.runner import lint
from policy_api.domain.planning.release import Announcement, Kind, PlannedVersion
from policy_api.domain.planning.stamp import Stamp, stamped, unstamped
from policy_api.domain.planning.units import unit_changes
from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.rendering import html
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.rendering.html import PageView
from policy_api.domain.variants.effective import policies_of
from policy_api.errors import BadInput, NotFound, NothingToPublish
from policy_api.ledger import queries
from policy_api.publishing import service
from policy_api.publishing.past import read_lineage

DRAFT: Final = "draft"
"""Status of an edition that is not published."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A source that is not published, looked at as if it were."""

    session: Session
    source: Source
    now: datetime

    def check(self) -> None:
        """Refuse a source that does not fit together.

        :raises BadInput: With every problem.
        """
        problems = check_source(self.source)
        if problems:
            raise BadInput(problems=problems)

    def diff(self, shows: Callable[[str], bool]) -> Json:
        """Return what publishing would change, by site and policy.

        :param shows: Tells which sites whoever asks may know about.
        """
        self.check()
        try:
            plan = service.plan(
                self.session, source=self.source, announcement=Announcement(), now=self.now
            )
        except NothingToPublish:
            return {"significance": None, "effective_at": None, "items": []}
        items = [_planned(version) for version in plan.versions if shows(version.site)]
        return {
            "significance": plan.significance.value,
            "effective_at": instant_text(plan.effective_at),
            "items": items,
        }

    def findings(
        self, shows: Callable[[str], bool], *, locale: str, packs: Collection[str] = ()
    ) -> Json:
        """Return what lint says.

        :param locale: Language of the messages.
        :param packs: Regimes whose rules run too.
        """
        self.check()
        sites = [site for site in self.source.sites() if shows(site)]
        report = lint(self.source, now=self.now, sites=sites, packs=packs)
        return report_json(report, Reader(locale=locale))

    def edition(self, site: str, policy: str, *, locale: str | None) -> Json:
        """Return the edition that a site would get.

        :param locale: The nearest one available is taken; None for the source's.
        :raises NotFound: If the site would have no such policy.
        :raises BadInput: If the source cannot be composed.
        """
        self.check()
        if f"sites/{site}" not in self.source or policy not in policies_of(self.source, site):
            raise NotFound(f"Site {site!r} has no policy {policy!r} in the draft.")
        composer = self._composer(policy)
        source_locale, *others = composer.locales(site, policy)
        wanted = lookup([locale], [source_locale, *others]) if locale else None
        content = composer.content(site, policy, wanted or source_locale)
        written = composer.content(site, policy, source_locale)
        return self._as_served(site, policy, content=content, written=written)

    def _composer(self, policy: str) -> Composer:
        """Return a composer that knows what the draft leaves behind in translations."""
        lineage = read_lineage(self.session, policy)
        head = queries.head(self.session)
        if head is not None:
            base = queries.load_source(self.session, head.source_digest)
            changed = unit_changes(base, self.source, lift=lambda level: level).get(policy, ())
            lineage = lineage.extended(change for change, _ in changed)
        return Composer(self.source, lineage)

    def _as_served(self, site: str, policy: str, *, content: Json, written: Json) -> Json:
        """Return a composed content with what the next version would say of it."""
        newest = next(iter(queries.versions(self.session, site=site, policy=policy, limit=1)), None)
        before = old = None
        if newest is not None:
            before = self._stored(newest.id, content["locale"])
            old = self._stored(newest.id, written["locale"])
        found = Significance.MATERIAL
        if old is not None:
            found = highest(compare(unstamped(old), written))
        material = newest.material_number if newest else 0
        stamp = Stamp(
            number=newest.number + 1 if newest else 1,
            material_number=material + (found is Significance.MATERIAL),
            kind=Kind.CHANGE.value,
            significance=found.value,
            title={},
            summary={},
            published_at=self.now,
            effective_at=self.now,
        )
        edition = stamped(content, stamp, before=before)
        dateless = {"status": DRAFT, "published_at": None, "effective_at": None}
        bare: Json = {"superseded_at": None, "upcoming": None, "digest": None, "links": {}}
        return {**edition, **dateless, **bare, "sections": _without_links(edition["sections"])}

    def _stored(self, version_id: int, locale: str) -> Json | None:
        found = queries.edition(self.session, version_id=version_id, locale=locale)
        return None if found is None else found.content


def as_page(edition: Json, *, stylesheet: str, alternates: dict[str, str]) -> tuple[str, str]:
    """Return a previewed edition as a page, and the origins that it may show in frames."""
    view = PageView(stylesheets=(stylesheet,), alternates=alternates)
    return html.page(edition, view=view), " ".join(html.frame_origins(edition))


def _planned(version: PlannedVersion) -> Json:
    return {
        "site": version.site,
        "policy": version.policy,
        "version": version.number,
        "previous": version.previous,
        "significance": version.significance.value,
        "effective_at": instant_text(version.effective_at),
        "locales": list(version.editions),
        "changes": [change.to_json() for change in version.changes],
    }


def _without_links(sections: list[Json]) -> list[Json]:
    """Return sections without numbers in the place of links to older translations."""
    return [{**section, "translated_from": None} for section in sections]
