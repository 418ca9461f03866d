"""Finding the edition a request is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import NotFound
from policy_api.ledger.rows import Status, VersionPlace
from policy_api.reading import resolve
from policy_api.reading.documents import (
    TIMELESS,
    Address,
    Document,
    Standing,
    document,
    standing,
)
from policy_api.reading.entries import Teller
from policy_api.reading.resolve import Language
from policy_api.reading.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEdition:
    """An edition as it will be served, and how it was found."""

    document: Document
    version: VersionPlace
    language: Language
    address: Address

    def teller(self, now: datetime) -> Teller:
        """Return who tells of other versions in the language of this one."""
        return Teller(
            paths=self.address.paths,
            locale=self.document["locale"],
            source_locale=self.document["source_locale"],
            now=now,
        )

    def section(self, key: str) -> Document:
        """Return a section with what must be known to read it alone.

        :raises NotFound: If the edition does not show one of that key.
        """
        for section in self.document["sections"]:
            if section["key"] == key:
                return {**self._frame(f"/sections/{key}"), "section": section}
        raise NotFound(f"The edition has no section {key!r}.")

    def table(self, key: str) -> Document:
        """Return the first block that shows a recipient table, with the frame of the edition.

        :raises NotFound: If none does.
        """
        for section in self.document["sections"]:
            for block in section["blocks"]:
                if block["kind"] == "recipients_table" and block["table"] == key:
                    shown = {name: section[name] for name in ("key", "locale", "translation")}
                    return {**self._frame(f"/tables/{key}"), "section": shown, "table": block}
        raise NotFound(f"The edition has no table {key!r}.")

    def _frame(self, part: str) -> Document:
        """Return the edition without its text, and where a part of it stands alone."""
        left_out = {"sections", "omitted", "completeness"}
        frame = {name: value for name, value in self.document.items() if name not in left_out}
        links = frame["links"]
        own = self.address.path(part, locale=self.document["locale"])
        return {**frame, "links": {**links, "self": own, "edition": links["self"]}}


def in_force(visit: Visit, *, site: str, policy: str, query: Mapping[str, Any]) -> FoundEdition:
    """Return the edition in force, now or at the instant the query names.

    :raises NotFound: If there is no such site or policy, or nothing was in force then.
    """
    if policy not in visit.site(site).policies:
        raise NotFound(f"Site {site!r} has no policy {policy!r}.")
    at: datetime | None = query.get("at")
    address = Address(
        paths=visit.paths(site).policy(policy),
        at=None if at is None else instant_text(at),
        fallback=_said(query),
    )
    if at is None:
        now = visit.known.current(visit.session, site=site, policy=policy, now=visit.now)
        if now is not None:
            stands = Standing(status=Status.CURRENT.value, upcoming=now.upcoming)
            return _found(visit, now.version, address, stands, locales=now.locales)
    version = resolve.in_force(visit.session, site=site, policy=policy, at=at or visit.now)
    return _found(visit, version, address, standing(visit.session, version, now=visit.now))


def of_version(
    visit: Visit,
    *,
    site: str,
    policy: str,
    named: str,
    query: Mapping[str, Any],
    is_timeless: bool,
) -> FoundEdition:
    """Return the edition of a version.

    :param named: A number, ``current`` or ``upcoming``.
    :param is_timeless: Whether to leave out what the clock changes.
    :raises NotFound: If there is no such version.
    """
    version = resolve.place(visit.session, site=site, policy=policy, named=named, now=visit.now)
    address = Address(paths=visit.paths(site).policy(policy), version=named, fallback=_said(query))
    stands = TIMELESS if is_timeless else standing(visit.session, version, now=visit.now)
    return _found(visit, version, address, stands)


def _found(
    visit: Visit,
    version: VersionPlace,
    address: Address,
    stands: Standing,
    *,
    locales: tuple[str, ...] | None = None,
) -> FoundEdition:
    row, language = resolve.edition_wished(
        visit.session, version=version, wish=visit.wish, locales=locales
    )
    return FoundEdition(
        document=document(row, version=version, standing=stands, address=address),
        version=version,
        language=language,
        address=address,
    )


def _said(query: Mapping[str, Any]) -> str | None:
    """Return the ``fallback`` parameter, unless it says what is done anyway."""
    return "none" if query.get("fallback") == "none" else None
