"""Versions as lists, changelogs, banners and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy_api.domain.changes.types import Change, Significance
from policy_api.domain.planning.stamp import text_in
from policy_api.domain.proof.canonical import instant_text
from policy_api.ledger.rows import Status, VersionRow
from policy_api.reading.paths import PolicyPaths

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells of versions in one language at one instant."""

    paths: PolicyPaths
    locale: str
    source_locale: str
    now: datetime

    def version(self, version: VersionRow, *, digest: str | None) -> Entry:
        """Return a version as an item of the list of versions."""
        superseded_at = version.superseded_at(self.now)
        return {
            "version": version.number,
            "material_number": version.material_number,
            "kind": version.kind,
            "significance": version.significance,
            "status": version.status(self.now).value,
            "published_at": instant_text(version.published_at),
            "effective_at": instant_text(version.effective_at),
            "superseded_at": superseded_at and instant_text(superseded_at),
            "digest": digest,
            **self.words(version),
            "href": self.paths.version(version.number, locale=self.locale),
        }

    def change(self, version: VersionRow) -> Entry:
        """Return a version as an entry of the changelog."""
        told = self.version(version, digest=None)
        del told["digest"], told["href"]
        return {**told, "changes": changes_of(version), "links": self._links(version)}

    def announcement(self, version: VersionRow) -> Entry:
        """Return a version as a banner tells of it."""
        return {
            "version": version.number,
            "significance": version.significance,
            "published_at": instant_text(version.published_at),
            "effective_at": instant_text(version.effective_at),
            **self.words(version),
            "href": self.paths.version(version.number, locale=self.locale),
        }

    def words(self, version: VersionRow) -> Entry:
        """Return title and summary in the language, else in the source language."""
        title, _ = text_in(version.title, self.locale, self.source_locale)
        summary, locale = text_in(version.summary, self.locale, self.source_locale)
        return {"title": title, "summary": summary, "locale": locale}

    def for_people(self, version: VersionRow) -> Entry:
        """Return a version as a page lists it, leading to a page again."""
        told = self.version(version, digest=None)
        return {**told, "href": self.paths.version(version.number, ".html", locale=self.locale)}

    def _links(self, version: VersionRow) -> Entry:
        diff = None
        if version.previous is not None:
            diff = self.paths.diff(
                before=version.previous, after=version.number, locale=self.locale
            )
        return {
            "version": self.paths.version(version.number, locale=self.locale),
            "html": self.paths.version(version.number, ".html", locale=self.locale),
            "diff": diff,
            "proof": self.paths.proof(version.number),
        }


def changes_of(version: VersionRow) -> list[Entry]:
    """Return the changes of a version, members in the order of the contract."""
    return [Change.from_json(change).to_json() for change in version.changes]


def was_in_force(version: VersionRow, now: datetime) -> bool:
    """Tell whether readers ever lived under a version.

    One that was withdrawn, or replaced between its announcement and its effect, never counted.
    """
    if version.effective_at > now or version.status(now) is Status.WITHDRAWN:
        return False
    return version.replaced_at is None or version.replaced_at > version.effective_at


def is_material(versions: Iterable[VersionRow]) -> bool:
    """Tell whether readers must be told of any of the versions."""
    return any(version.significance == Significance.MATERIAL for version in versions)
