"""Every public address: those the ledger knows of, and those that answers lead to."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from typing import Final

import orjson
from sqlalchemy.orm import Session

from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow
from policy_api.reading.paths import PolicyPaths, SitePaths, with_query

SHARED: Final = (
    "/v1/sites",
    "/v1/changes",
    "/v1/assets/page.css",
    "/v1/openapi.json",
    "/.well-known/policy-api-keys.json",
)
"""What belongs to no site."""

FORMS: Final = ("", ".json", ".html", ".md", ".jsonld")
PARTS: Final = ("versions", "changelog", "translations", "feed.atom", "feed.json", "status")
WITHOUT_WORDS: Final = frozenset({"translations"})
"""Parts that say the same in every language."""

_BATCH: Final = 100
_HREF = re.compile(rb'\bhref="([^"]*)"')


def addresses(session: Session, *, sites: Collection[str] | None = None) -> Iterator[str]:
    """Yield the addresses of all that was ever published, the newest things first.

    Some may have nothing to show now, such as a text that is not in force yet.

    :param sites: Only those; by default all.
    """
    yield from SHARED
    for site, policy in sorted(queries.last_numbers(session)):
        if sites is None or site in sites:
            paths = SitePaths(mount="", site=site)
            yield paths.home
            yield f"{paths.home}/policies"
            yield from _of_policy(session, paths.policy(policy), site=site, policy=policy)


def linked(
    body: bytes, media_type: str, *, origin: str = "", sites: Collection[str] | None = None
) -> Iterator[str]:
    """Yield the addresses a document leads to, as far as they may be exported.

    :param origin: What absolute addresses begin with, as feeds write them.
    """
    for address in _written_in(body, media_type):
        path, _, _ = address.removeprefix(origin).partition("#")
        if not path.startswith(("/v1/", "/.well-known/")):
            continue
        if sites is None or not path.startswith("/v1/sites/") or path.split("/")[3] in sites:
            yield path


def _of_policy(session: Session, paths: PolicyPaths, *, site: str, policy: str) -> Iterator[str]:
    locales: set[str] = set()
    for version in _versions(session, site=site, policy=policy):
        found = queries.edition_locales(session, version_id=version.id)
        locales.update(found)
        for form in FORMS:
            yield from _in(paths.version(version.number, form), found)
        yield paths.proof(version.number)
        if version.previous is not None:
            diff = paths.diff(before=version.previous, after=version.number)
            yield from _in(diff, found)
    for form in FORMS:
        yield from _in(paths.in_force(form), locales)
        for named in ("current", "upcoming"):
            yield from _in(paths.version(named, form), locales)
    yield f"{paths.in_force('.html')}?fragment=1"
    for part in PARTS:
        yield from _in(paths.below(part), () if part in WITHOUT_WORDS else locales)
    for name in _part_names(session, site=site, policy=policy):
        yield from _in(f"{paths.home}/{name}", locales)


def _part_names(session: Session, *, site: str, policy: str) -> list[str]:
    """Return the sections and tables of every version; what is gone now shows nothing."""
    names: set[str] = set()
    for version in _versions(session, site=site, policy=policy):
        for edition in queries.editions(session, version_ids=[version.id]):
            for section in edition.content["sections"]:
                names.add(f"sections/{section['key']}")
                for block in section["blocks"]:
                    if block["kind"] == "recipients_table":
                        names |= {f"tables/{block['table']}", f"tables/{block['table']}.csv"}
    return sorted(names)


def _versions(session: Session, *, site: str, policy: str) -> Iterator[VersionRow]:
    before: int | None = None
    while True:
        batch = queries.versions(session, site=site, policy=policy, before=before, limit=_BATCH)
        yield from batch
        if len(batch) < _BATCH:
            return
        before = batch[-1].number


def _in(address: str, locales: Collection[str]) -> Iterator[str]:
    """Yield an address as it is and in each language."""
    yield address
    joint = "&" if "?" in address else "?"
    for locale in sorted(locales):
        yield with_query(address, locale=locale) if joint == "?" else f"{address}&locale={locale}"


def _written_in(body: bytes, media_type: str) -> Iterator[str]:
    if media_type.endswith("json"):
        yield from _texts(orjson.loads(body))
    elif "html" in media_type or "xml" in media_type:
        for found in _HREF.findall(body):
            yield html.unescape(found.decode())


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a JSON value; few of them are addresses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
