"""An edition as a page for people, with the ways to its languages, versions and forms."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from policy_api.domain.rendering import html
from policy_api.domain.rendering.html import PageView
from policy_api.ledger import queries
from policy_api.ledger.rows import Status, VersionPlace
from policy_api.reading.documents import Address, Document
from policy_api.reading.entries import Entry, Teller
from policy_api.reading.representations import Representation
from policy_api.web.headers import PAGE_POLICY

SHOWN_VERSIONS: Final = 50
PAGE: Final = "text/html"
SUFFIX: Final = ".html"


def as_page(edition: Document, *, view: PageView, is_fragment: bool) -> Representation:
    """Return an edition as an HTML page, or as the article alone."""
    render = html.fragment if is_fragment else html.page
    frames = " ".join(html.frame_origins(edition))
    policy = f"{PAGE_POLICY}; frame-src {frames}" if frames else PAGE_POLICY
    return Representation(
        body=render(edition, view=view).encode(),
        media_type=PAGE,
        headers={"Content-Security-Policy": policy},
    )


def page_view(
    session: Session,
    edition: Document,
    *,
    version: VersionPlace,
    address: Address,
    teller: Teller,
    stylesheet: str,
) -> PageView:
    """Return what the page of an edition shows beside its text."""
    told = newest(session, version, teller)
    return PageView(
        stylesheets=(stylesheet,),
        canonical_href=address.path(SUFFIX, locale=teller.locale),
        alternates={tag: address.path(SUFFIX, locale=tag) for tag in edition["available_locales"]},
        links=_links(edition, version, teller),
        versions=tuple(told),
        changelog=tuple(without_withdrawn(told)),
    )


def newest(session: Session, version: VersionPlace, teller: Teller) -> list[Entry]:
    """Return the newest versions beside one, as pages list them."""
    found = queries.versions(
        session, site=version.site, policy=version.policy, limit=SHOWN_VERSIONS
    )
    return [teller.for_people(each) for each in found]


def without_withdrawn(told: list[Entry]) -> list[Entry]:
    """Return the versions that belong into a text's own changelog."""
    return [each for each in told if each["status"] != Status.WITHDRAWN]


def _links(edition: Document, version: VersionPlace, teller: Teller) -> dict[str, str]:
    """Return the addresses of other pages, and of the other forms of this one."""
    paths, locale = teller.paths, teller.locale
    links = {
        "current": paths.in_force(SUFFIX, locale=locale),
        "json_feed": edition["links"]["json_feed"],
        "json_ld": edition["links"]["json_ld"],
    }
    if edition["upcoming"]:
        links["upcoming"] = paths.version(edition["upcoming"]["version"], SUFFIX, locale=locale)
    if version.previous:
        links["previous"] = paths.version(version.previous, SUFFIX, locale=locale)
    return links
