"""The versions of a policy, as lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow
from policy_api.reading import resolve
from policy_api.reading.entries import Entry, Teller, is_material, was_in_force
from policy_api.reading.parameters import DEFAULT_LIMIT
from policy_api.reading.paths import PolicyPaths
from policy_api.reading.resolve import History, Language
from policy_api.reading.visit import Visit

MAX_ENTRIES: Final = 50
"""Entries a banner gets; one who missed more reads the changelog."""

_BATCH: Final = 100

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A document about versions, and the language it is in."""

    document: Document
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All versions of one policy, seen by one reader."""

    visit: Visit
    history: History
    language: Language
    paths: PolicyPaths

    @property
    def teller(self) -> Teller:
        """Return who tells of the versions."""
        return Teller(
            paths=self.paths,
            locale=self.language.locale,
            source_locale=self.history.source_locale,
            now=self.visit.now,
        )

    def newest(self, query: Mapping[str, Any]) -> tuple[tuple[VersionRow, ...], int | None]:
        """Return one page of versions, and where the next page begins."""
        limit = query["limit"]
        found = queries.versions(
            self.visit.session,
            site=self.history.site,
            policy=self.history.policy,
            before=query.get("before"),
            limit=limit + 1,
        )
        shown = found[:limit]
        return shown, shown[-1].number if len(found) > limit else None

    def page(self, name: str, items: list[Entry], *, limit: int, before: int | None) -> Document:
        """Return a list with the address of the page behind it."""
        following = None
        if before is not None:
            following = self.paths.below(
                name,
                locale=self.visit.wish.locale,
                limit=None if limit == DEFAULT_LIMIT else str(limit),
                before=str(before),
            )
        return {"items": items, "next": following}

    def since(self, number: int) -> Iterator[VersionRow]:
        """Yield the versions above a number, newest first."""
        before: int | None = None
        while True:
            batch = queries.versions(
                self.visit.session,
                site=self.history.site,
                policy=self.history.policy,
                before=before,
                limit=_BATCH,
            )
            yield from takewhile(lambda version: version.number > number, batch)
            if len(batch) < _BATCH or batch[-1].number <= number:
                return
            before = batch[-1].number

    def told(self, document: Document) -> Told:
        """Return a document in the language of the shelf."""
        return Told(document=document, language=self.language)


def shelf(visit: Visit, *, site: str, policy: str) -> Shelf:
    """Return the versions of a policy.

    :raises NotFound: If nothing was ever published there.
    """
    history = resolve.history(visit.session, site=site, policy=policy)
    return Shelf(
        visit=visit,
        history=history,
        language=visit.wish.among(history.locales, default=history.source_locale),
        paths=visit.paths(site).policy(policy),
    )


def versions(visit: Visit, *, site: str, policy: str, query: Mapping[str, Any]) -> Told:
    """Return one page of the list of versions."""
    found = shelf(visit, site=site, policy=policy)
    rows, before = found.newest(query)
    items = [found.teller.version(row, digest=digest_of(found, row)) for row in rows]
    return found.told(found.page("versions", items, limit=query["limit"], before=before))


def changelog(visit: Visit, *, site: str, policy: str, query: Mapping[str, Any]) -> Told:
    """Return one page of the changelog."""
    found = shelf(visit, site=site, policy=policy)
    rows, before = found.newest(query)
    items = [found.teller.change(row) for row in rows]
    return found.told(found.page("changelog", items, limit=query["limit"], before=before))


def status(visit: Visit, *, site: str, policy: str, seen: int | None) -> Told:
    """Return what a reader who has seen a version has missed since.

    :param seen: None for a reader of whom nothing is known, who has missed nothing.
    """
    found = shelf(visit, site=site, policy=policy)
    current = resolve.in_force(visit.session, site=site, policy=policy, at=visit.now)
    upcoming = queries.upcoming(visit.session, site=site, policy=policy, at=visit.now)
    above = found.since(current.number if seen is None else seen)
    missed = [row for row in above if was_in_force(row, visit.now)]
    return found.told(
        {
            "seen": seen,
            "current": current.number,
            "changed": bool(missed),
            "material": is_material(missed),
            "entries": [found.teller.announcement(row) for row in missed[:MAX_ENTRIES]],
            "upcoming": None if upcoming is None else found.teller.announcement(upcoming),
            "href": found.paths.in_force(locale=found.language.locale),
        }
    )


def translations(visit: Visit, *, site: str, policy: str) -> Document:
    """Return, for every locale of the version in force, how complete it is."""
    paths = visit.paths(site).policy(policy)
    current = resolve.in_force(visit.session, site=site, policy=policy, at=visit.now)
    rows = queries.editions(visit.session, version_ids=[current.id])
    return {
        "version": current.number,
        "source_locale": rows[0].content["source_locale"],
        "items": [_translation(row.content, paths) for row in rows],
        "next": None,
    }


def _translation(content: Mapping[str, Any], paths: PolicyPaths) -> Entry:
    counted = content["completeness"]
    return {
        "locale": content["locale"],
        "dir": content["dir"],
        "units": counted["units"],
        "current": counted["current"],
        "outdated": counted["outdated"],
        "missing": counted["fallback"],
        "completeness": round(counted["current"] / max(1, counted["units"]), 4),
        "href": paths.in_force(locale=content["locale"]),
    }


def digest_of(shelf: Shelf, version: VersionRow) -> str:
    """Return the digest of a version's edition in the language told, else in its source's."""
    digests = queries.edition_digests(shelf.visit.session, version_id=version.id)
    for locale in (shelf.language.locale, shelf.history.source_locale, *digests):
        if locale in digests:
            return digests[locale]
    raise NotFound("The version has no edition.")
