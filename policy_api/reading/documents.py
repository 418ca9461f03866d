"""An edition as it is served: the stored content, what the clock says of it, and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_api.domain.proof.canonical import instant_text
from policy_api.ledger import queries
from policy_api.ledger.rows import EditionRow, Status, VersionPlace
from policy_api.reading.paths import PolicyPaths

Document = dict[str, Any]

REMEMBERED: Final = 512
"""Editions whose links are remembered; spelling them takes as long as reading one."""

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "material_number": ("status",),
    "effective_at": ("superseded_at",),
    "change": ("upcoming", "digest"),
    "omitted": ("links",),
}
"""Field of the content → fields that are added behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How an edition was asked for, so that its links lead back to the same one."""

    paths: PolicyPaths

    version: int | str | None = None
    """The version in the address; None where it names the edition in force."""

    at: str | None = None
    fallback: str | None = None

    def path(self, suffix: str = "", *, locale: str, **query: str | None) -> str:
        """Return the address of the edition in a representation and a locale."""
        wanted = {"locale": locale, "fallback": self.fallback, **query}
        if self.version is None:
            return self.paths.in_force(suffix, **wanted, at=self.at)
        return self.paths.version(self.version, suffix, **wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What depends on the clock; all None where the document must never change."""

    status: str | None = None
    superseded_at: datetime | None = None
    upcoming: VersionPlace | None = None


TIMELESS: Final = Standing()
"""For an address whose bytes are promised to stay."""


def standing(session: Session, version: VersionPlace, *, now: datetime) -> Standing:
    """Return how a version stands at an instant, and which one comes next."""
    status = version.status(now)
    after = version.effective_at if status is Status.UPCOMING else now
    upcoming = None
    # What nothing replaces is the last there is; only of what was withdrawn that says nothing.
    if version.replaced_at is not None or status is Status.WITHDRAWN:
        upcoming = queries.upcoming(session, site=version.site, policy=version.policy, at=after)
    return Standing(
        status=status.value,
        superseded_at=version.superseded_at(now),
        upcoming=upcoming,
    )


def document(
    row: EditionRow, *, version: VersionPlace, standing: Standing, address: Address
) -> Document:
    """Return an edition as the API serves it, members in the order of the contract."""
    content = row.content
    sections, omitted = _sections(content["sections"], row.locale, address)
    upcoming = standing.upcoming
    added = {
        "status": standing.status,
        "superseded_at": standing.superseded_at and instant_text(standing.superseded_at),
        "upcoming": upcoming and announced(upcoming, row.locale, address.paths),
        "digest": row.digest,
        "links": _links(version.number, version.previous, row.locale, address),
    }
    served: Document = {}
    for name, value in content.items():
        served[name] = {"sections": sections, "omitted": omitted}.get(name, value)
        served.update((place, added[place]) for place in _PLACES.get(name, ()))
    return served


def _sections(
    sections: list[Document], locale: str, address: Address
) -> tuple[list[Document], list[str]]:
    """Return the sections that are shown, and the keys of those that are left out."""
    strict = address.fallback == "none"
    omitted = [each["key"] for each in sections if strict and each["translation"] == "fallback"]
    shown = [
        {**each, "translated_from": _earlier(each["translated_from"], locale, address.paths)}
        for each in sections
        if each["key"] not in omitted
    ]
    return shown, omitted


def _earlier(number: int | None, locale: str, paths: PolicyPaths) -> Document | None:
    if number is None:
        return None
    return {"version": number, "href": paths.version(number, locale=locale)}


def announced(version: VersionPlace, locale: str, paths: PolicyPaths) -> Document:
    """Return when a version takes effect, and where it can be read."""
    return {
        "version": version.number,
        "effective_at": instant_text(version.effective_at),
        "href": paths.version(version.number, locale=locale),
    }


@lru_cache(maxsize=REMEMBERED)
def _links(
    number: int, previous: int | None, locale: str, address: Address
) -> Mapping[str, str | None]:
    """Return where an edition leads; callers share it, so they must not change it."""
    paths = address.paths
    earlier = diff = None
    if previous is not None:
        earlier = paths.version(previous, locale=locale)
        diff = paths.diff(before=previous, after=number, locale=locale)
    return {
        "self": address.path(locale=locale),
        "version": paths.version(number, locale=locale),
        "previous": earlier,
        "versions": paths.below("versions", locale=locale),
        "diff": diff,
        "changelog": paths.below("changelog", locale=locale),
        "feed": paths.below("feed.atom", locale=locale),
        "json_feed": paths.below("feed.json", locale=locale),
        "proof": paths.proof(number),
        "html": address.path(".html", locale=locale),
        "markdown": address.path(".md", locale=locale),
        "json_ld": address.path(".jsonld", locale=locale),
    }
