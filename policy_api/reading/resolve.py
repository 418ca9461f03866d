"""What a request means: which site, policy, version and language."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from policy_api.domain.languages import accept_language, lookup
from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.rows import Directory, EditionRow, SiteInfo, VersionPlace, VersionRow
from policy_api.web.hosts import canonical_host

CURRENT = "current"
UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The locale of an answer, and what took part in choosing it."""

    locale: str

    negotiated: bool
    """Whether the request's Accept-Language was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The languages a request asks for."""

    locale: str | None
    """Canonical tag of the ``locale`` parameter; it wins over the header."""

    header: str = ""

    def among(self, available: Collection[str], *, default: str) -> Language:
        """Return the best locale that is there, by RFC 4647 lookup."""
        if self.locale is not None:
            return Language(locale=lookup([self.locale], available) or default, negotiated=False)
        ranges = accept_language(self.header)
        return Language(locale=lookup(ranges, available) or default, negotiated=True)


def site(directory: Directory, key: str) -> SiteInfo:
    """Return a published site.

    :raises NotFound: If there is none of that key.
    """
    found = directory.sites.get(key)
    if found is None:
        raise NotFound(f"There is no site {key!r}.")
    return found


def site_of_host(directory: Directory, written: str) -> SiteInfo:
    """Return the site a host belongs to.

    :param written: A host as somebody wrote it; compared in canonical form, and only as a whole.
    :raises NotFound: If it belongs to none.
    """
    host = canonical_host(written)
    found = directory.by_host(host) if host else None
    if found is None:
        raise NotFound("No site has that host.")
    return found


def in_force(session: Session, *, site: str, policy: str, at: datetime) -> VersionRow:
    """Return the version in force at an instant.

    :raises NotFound: Before the first, with its instant; or if there is no such policy.
    """
    found = queries.in_force(session, site=site, policy=policy, at=at)
    if found is not None:
        return found
    first = queries.first_version(session, site=site, policy=policy)
    if first is None:
        raise NotFound(f"Site {site!r} has no policy {policy!r}.")
    begins = instant_text(first.effective_at)
    raise NotFound(f"No version was in force then; the first begins {begins}.", begins_at=begins)


def version(session: Session, *, site: str, policy: str, named: str, now: datetime) -> VersionRow:
    """Return a version by its number, or the one in force, or the next one announced.

    :raises NotFound: If there is none.
    """
    if named == CURRENT:
        return in_force(session, site=site, policy=policy, at=now)
    if named == UPCOMING:
        found = queries.upcoming(session, site=site, policy=policy, at=now)
    else:
        found = queries.version(session, site=site, policy=policy, number=int(named))
    if found is None:
        what = "no announced version" if named == UPCOMING else f"no version {named}"
        raise NotFound(f"Policy {policy!r} of site {site!r} has {what}.")
    return found


def place(session: Session, *, site: str, policy: str, named: str, now: datetime) -> VersionPlace:
    """Return where a version stands, by its number or as the one in force or announced.

    :raises NotFound: If there is none.
    """
    if named.isdecimal():
        number = int(named)
        found = queries.place_of_version(session, site=site, policy=policy, number=number)
        if found is not None:
            return found
    return version(session, site=site, policy=policy, named=named, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All versions of one site's policy, and the languages they speak."""

    site: str
    policy: str
    newest: VersionRow
    locales: tuple[str, ...]
    source_locale: str


def history(session: Session, *, site: str, policy: str) -> History:
    """Return the history of a policy; it stays readable when the site is gone.

    :raises NotFound: If nothing was ever published there.
    """
    newest = next(iter(queries.versions(session, site=site, policy=policy, limit=1)), None)
    if newest is None:
        raise NotFound(f"Site {site!r} has no policy {policy!r}.")
    locales = queries.edition_locales(session, version_id=newest.id)
    content = edition(session, version_id=newest.id, locale=locales[0]).content
    return History(
        site=site,
        policy=policy,
        newest=newest,
        locales=locales,
        source_locale=content["source_locale"],
    )


def edition(session: Session, *, version_id: int, locale: str) -> EditionRow:
    """Return an edition that the caller knows to exist.

    :raises NotFound: If it does not.
    """
    found = queries.edition(session, version_id=version_id, locale=locale)
    if found is None:
        raise NotFound(f"The version has no edition in {locale!r}.")
    return found


def edition_wished(
    session: Session, *, version: VersionPlace, wish: Wish, locales: tuple[str, ...] | None = None
) -> tuple[EditionRow, Language]:
    """Return the edition of a version that fits the languages asked for best.

    :param locales: The languages it is in, if they are known.
    """
    if locales is None:
        locales = queries.edition_locales(session, version_id=version.id)
    # Any edition knows the source locale, but mostly the wish decides without it.
    language = wish.among(locales, default="")
    if not language.locale:
        first = edition(session, version_id=version.id, locale=locales[0])
        language = Language(locale=first.content["source_locale"], negotiated=language.negotiated)
    return edition(session, version_id=version.id, locale=language.locale), language
