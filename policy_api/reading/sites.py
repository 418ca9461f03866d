"""Sites and their policies, as lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.domain.planning.stamp import text_in
from policy_api.domain.proof.canonical import instant_text
from policy_api.ledger import queries
from policy_api.ledger.rows import SiteInfo, VersionRow
from policy_api.reading import resolve
from policy_api.reading.documents import announced
from policy_api.reading.parameters import DEFAULT_LIMIT
from policy_api.reading.paths import with_query
from policy_api.reading.resolve import Language
from policy_api.reading.visit import Visit

NO_SITE_LOCALE = "en"
"""Language of an empty list."""

Document = dict[str, Any]


def sites(visit: Visit, *, query: Mapping[str, Any]) -> tuple[Document, Language]:
    """Return one page of the sites, by key, and the language of their names."""
    directory = visit.moment.directory.sites
    after, limit = query.get("after", ""), query["limit"]
    keys = [key for key in sorted(directory) if key > after]
    shown = keys[:limit]
    locales = {locale for site in directory.values() for locale in site.locales}
    default = next((site.source_locale for site in directory.values()), NO_SITE_LOCALE)
    language = visit.wish.among(locales, default=default)
    following = None
    if len(shown) < len(keys):
        following = with_query(
            f"{visit.mount_path}/v1/sites",
            locale=visit.wish.locale,
            limit=None if limit == DEFAULT_LIMIT else str(limit),
            after=shown[-1],
        )
    items = [_site(visit, directory[key], language.locale) for key in shown]
    return {"items": items, "next": following}, language


def site(visit: Visit, key: str) -> tuple[Document, Language]:
    """Return a site, and the language of its name.

    :raises NotFound: If there is none of that key.
    """
    found = visit.site(key)
    language = visit.wish.among(found.locales, default=found.source_locale)
    return _site(visit, found, language.locale), language


def resolved(visit: Visit, host: str) -> Document:
    """Return which site a host belongs to.

    :raises NotFound: If it belongs to none.
    """
    found = resolve.site_of_host(visit.moment.directory, host)
    return {"site": found.key, "url": visit.paths(found.key).home}


def policies(visit: Visit, key: str) -> tuple[Document, Language]:
    """Return the policies of a site, and the language of their titles.

    :raises NotFound: If there is no such site.
    """
    found = visit.site(key)
    language = visit.wish.among(found.locales, default=found.source_locale)
    items = [_policy(visit, found, policy) for policy in found.policies]
    return {"items": [item for item in items if item is not None], "next": None}, language


def _site(visit: Visit, site: SiteInfo, locale: str) -> Document:
    name, _ = text_in(site.name, locale, site.source_locale)
    home = visit.paths(site.key).home
    return {
        "key": site.key,
        "name": name,
        "hosts": list(site.hosts),
        "base": site.base,
        "locales": list(site.locales),
        "source_locale": site.source_locale,
        "policies": list(site.policies),
        "links": {"self": home, "policies": f"{home}/policies"},
    }


def _policy(visit: Visit, site: SiteInfo, policy: str) -> Document | None:
    """Return a policy as a list shows it, or None while nothing of it is published."""
    session, now, paths = visit.session, visit.now, visit.paths(site.key).policy(policy)
    current = queries.in_force(session, site=site.key, policy=policy, at=now)
    upcoming = queries.upcoming(session, site=site.key, policy=policy, at=now)
    shown = current or upcoming
    if shown is None:
        return None
    row, language = resolve.edition_wished(session, version=shown, wish=visit.wish)
    return {
        "key": policy,
        "kind": row.content["kind"],
        "title": row.content["title"],
        "locale": language.locale,
        "locales": row.content["available_locales"],
        **_dates(current),
        "upcoming": None if upcoming is None else announced(upcoming, language.locale, paths),
        "links": {
            "self": paths.in_force(locale=language.locale),
            "html": paths.in_force(".html", locale=language.locale),
            "versions": paths.below("versions", locale=language.locale),
            "changelog": paths.below("changelog", locale=language.locale),
            "feed": paths.below("feed.atom", locale=language.locale),
        },
    }


def _dates(current: VersionRow | None) -> Document:
    if current is None:
        names = ("version", "material_number", "published_at", "effective_at")
        return dict.fromkeys(names)
    return {
        "version": current.number,
        "material_number": current.material_number,
        "published_at": instant_text(current.published_at),
        "effective_at": instant_text(current.effective_at),
    }
