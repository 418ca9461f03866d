"""An edition as a complete, accessible HTML page, or as its bare article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from policy_api.domain.languages import autonym, direction
from policy_api.domain.rendering import facts
from policy_api.domain.rendering.cells import cells
from policy_api.domain.rendering.embeds import door, frame_origins
from policy_api.domain.rendering.environment import ENVIRONMENT
from policy_api.domain.rendering.markdown import sanitize
from policy_api.domain.rendering.urls import https_origin, safe_link, safe_path
from policy_api.domain.rendering.words import Words

__all__ = ["PageView", "fragment", "frame_origins", "page"]

FRAME_IDS = ("policy_contents", "policy_text")
"""Ids of the frame. Keys have no underscores, so no section can be in their way."""

_HEADING_ID = re.compile(r'(?<=<h[3-6] id=")([^"]+)(?=")')


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """What a page shows beside the edition: where things are, and what else there is."""

    stylesheets: tuple[str, ...] = ()
    """Addresses of style sheets; a site's own comes after ``page.css`` and overrides it."""

    canonical_href: str = ""

    alternates: Mapping[str, str] = field(default_factory=dict)
    """Locale → address of this page in it, its own locale included."""

    links: Mapping[str, str] = field(default_factory=dict)
    """Addresses for people: ``current``, ``upcoming``, ``previous``, ``changelog``; and for
    machines: ``feed``, ``json_feed``, ``json``, ``markdown``, ``json_ld``. What is missing is
    taken from the edition's own links."""

    versions: tuple[Mapping[str, Any], ...] = ()
    """All versions, newest first: ``version``, ``effective_at``, ``status``, ``href``."""

    changelog: tuple[Mapping[str, Any], ...] = ()
    """Newest entries of the changelog: ``version``, ``effective_at``, ``title``, ``summary``,
    ``locale``, ``href``."""


def page(edition: Mapping[str, Any], *, view: PageView) -> str:
    """Return a complete HTML document."""
    return ENVIRONMENT.get_template("page.html").render(_context(edition, view))


def fragment(edition: Mapping[str, Any], *, view: PageView) -> str:
    """Return the bare ``<article>``, to be put into a page of the site's own."""
    return ENVIRONMENT.get_template("article.html").render(_context(edition, view))


def _context(edition: Mapping[str, Any], view: PageView) -> dict[str, Any]:
    words = Words(edition["locale"])
    taken = set(FRAME_IDS)
    anchors = [_unused(section["anchor"], taken) for section in edition["sections"]]
    taken.update(f"{anchor}_heading" for anchor in anchors)
    links = {**_own_links(edition), **view.links}
    license_ = edition.get("license") or {}
    return {
        "edition": edition,
        "view": view,
        "w": words,
        "anchors": anchors,
        "address_lines": facts.address_lines,
        "autonym": autonym,
        "cells": cells,
        "closing_license": facts.closing_license(edition),
        "cookie_cells": facts.cookie_cells,
        "cookie_columns": facts.COOKIE_COLUMNS,
        "direction": direction,
        "door": partial(door, edition=edition, view=view),
        "facts": facts.processing_facts,
        "footer_links": tuple(_footer_links(links, words)),
        "frame": Markup(),
        "frame_of": partial(_frame_of, edition=edition),
        "language_of": partial(_language_of, edition=edition),
        "license_href": safe_link(license_.get("url")),
        "license_lines": partial(_license_lines, words=words),
        "link": safe_link,
        "machine_links": tuple(_machine_links(links)),
        "origin_of": https_origin,
        "path": safe_path,
        "period": facts.retention_period,
        "prose": partial(_prose, taken=taken),
        "shown_address": _shown_address,
        "telephone": _telephone,
    }


def _own_links(edition: Mapping[str, Any]) -> dict[str, str]:
    links = edition.get("links") or {}
    names = {"json": "self", "markdown": "markdown", "feed": "feed", "changelog": "changelog"}
    return {name: links[own] for name, own in names.items() if links.get(own)}


def _machine_links(links: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    kinds = {
        "json": "application/json",
        "json_ld": "application/ld+json",
        "markdown": "text/markdown",
        "feed": "application/atom+xml",
        "json_feed": "application/feed+json",
    }
    for name, kind in kinds.items():
        href = safe_path(links.get(name))
        if href is not None:
            yield kind, href


def _footer_links(links: Mapping[str, str], words: Words) -> Iterator[tuple[str, str, str]]:
    wanted = (
        (words("previous"), "previous", ""),
        (words("all_changes"), "changelog", ""),
        (words("feed"), "feed", "application/atom+xml"),
        ("JSON", "json", "application/json"),
        ("Markdown", "markdown", "text/markdown"),
    )
    for label, name, kind in wanted:
        href = safe_path(links.get(name))
        if href is not None:
            yield label, href, kind


def _attributes(locale: str, dir: str) -> Markup:
    return Markup(' lang="{}" dir="{}"').format(locale, dir)


def _language_of(part: Mapping[str, Any], *, edition: Mapping[str, Any]) -> Markup:
    """Return ``lang`` and ``dir`` of a part, if it is not in the page's language."""
    locale = part.get("locale") or edition["locale"]
    if locale == edition["locale"]:
        return Markup()
    return _attributes(locale, part.get("dir") or direction(locale))


def _frame_of(section: Mapping[str, Any], *, edition: Mapping[str, Any]) -> Markup:
    """Return ``lang`` and ``dir`` for the reader's language inside a section in another one."""
    if section["locale"] == edition["locale"]:
        return Markup()
    return _attributes(edition["locale"], edition["dir"])


def _prose(html: object, *, taken: set[str]) -> Markup:
    """Return stored HTML as safe, with ids that nothing else on the page has.

    It is sanitized again, so that texts stored long ago meet the rules of today.
    """
    clean = sanitize(html) if isinstance(html, str) else ""
    # The only markup here is what the sanitizer let through.
    return Markup(_HEADING_ID.sub(lambda found: _unused(found[1], taken), clean))  # noqa: S704


def _unused(name: str, taken: set[str]) -> str:
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}-{count}"
    taken.add(found)
    return found


def _license_lines(license_: Mapping[str, Any], *, words: Words) -> Markup:
    """Return what is said about reuse, a line each: the license, the attribution, the model."""
    name = license_.get("spdx") or license_.get("url") or ""
    href = safe_link(license_.get("url"))
    shown = Markup('<a href="{}" rel="license">{}</a>').format(href, name) if href else name
    parts = [_filled(words("license_of", license="\x00"), shown)]
    if license_.get("attribution"):
        parts.append(escape(words("attribution", credit=license_["attribution"])))
    source = license_.get("adapted_from")
    if source:
        link = safe_link(source)
        shown = Markup('<a href="{0}" rel="noopener">{0}</a>').format(link) if link else source
        parts.append(_filled(words("based_on", source="\x00"), shown))
    return Markup("<br>").join(parts)


def _filled(sentence: str, part: str) -> Markup:
    before, _, after = sentence.partition("\x00")
    return escape(before) + escape(part) + escape(after)


def _shown_address(url: str) -> str:
    return re.sub(r"^https://|/$", "", url)


def _telephone(number: object) -> str | None:
    if not isinstance(number, str):
        return None
    return safe_link("tel:" + re.sub(r"[\s\u00a0()/.-]", "", number))
