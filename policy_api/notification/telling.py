"""From events to what a reader is told: in the reader's language, from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.domain.changes.types import Significance
from policy_api.domain.languages import direction, lookup
from policy_api.domain.planning.stamp import text_in
from policy_api.domain.rendering.change_words import change_line
from policy_api.events.rows import EventRow
from policy_api.ledger import queries as ledger
from policy_api.ledger.rows import EditionRow, SiteInfo, VersionRow
from policy_api.notification.mail_queries import SubscriptionRow
from policy_api.notification.mail_words import MailWords

WITHDRAWN = "policy.withdrawn"
MOST_LINES = 12
"""A mail is no changelog; the page behind the link is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened to one policy of a site."""

    policy: str
    """Title of the policy."""

    version: str
    """What the version is called, for the small print."""

    headline: str
    when: str
    """When it takes effect, as a sentence."""

    summary: str
    dir: str
    """Writing direction of headline and summary, which may be in another language."""

    locale: str
    lines: tuple[str, ...]
    """What changed, one change each."""

    more: int
    """Changes that found no room."""

    href: str
    """Path of the page to read."""

    action: str
    """What that link is called."""

    digest: str
    chain_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How people call what a subscription is about."""

    site: str
    policy: str | None


def site_of(session: Session, key: str, *, now: datetime) -> SiteInfo | None:
    """Return a published site."""
    return ledger.directory(session, at=now).sites.get(key)


def names(session: Session, found: SubscriptionRow, *, now: datetime) -> Names:
    """Return the names of the site and the policy of a subscription."""
    site = site_of(session, found.site, now=now)
    called = found.site
    if site is not None:
        called = text_in(site.name, found.locale, site.source_locale)[0] or found.site
    title = None
    if found.policy is not None:
        newest = ledger.versions(session, site=found.site, policy=found.policy, limit=1)
        edition = _edition(session, newest[0], found.locale) if newest else None
        title = found.policy if edition is None else str(edition.content["title"])
    return Names(site=called, policy=title)


def news_of(
    session: Session, found: SubscriptionRow, events: Iterable[EventRow], *, now: datetime
) -> tuple[News, ...]:
    """Return what some events mean for a subscription, in their order."""
    return tuple(
        _news(session, found, event, version, now=now)
        for event in events
        for version in _versions(session, found, event)
        if _is_told(version, found, event)
    )


def _is_told(version: VersionRow, found: SubscriptionRow, event: EventRow) -> bool:
    """Tell whether a version is news, and important enough.

    A correction carries announced versions along; those were told when they were announced. An
    event matters as much as the most important of its versions, the version of one site may not.
    """
    is_carried = version.origin_release != version.release
    if is_carried and event.type != WITHDRAWN:
        return False
    threshold = Significance(found.min_significance or Significance.TECHNICAL)
    return Significance(version.significance) >= threshold


def _versions(session: Session, found: SubscriptionRow, event: EventRow) -> Iterator[VersionRow]:
    """Return the versions of a site that an event is about.

    The body may have had no room for all sites; the ledger has.
    """
    named = [each for each in event.content["data"]["sites"] if each["site"] == found.site]
    policy = event.policy or ""
    for each in named:
        version = ledger.version(session, site=found.site, policy=policy, number=each["version"])
        if version is not None:
            yield version
    if not named and event.release is not None:
        release = event.content["data"].get("withdraws") or event.release
        for version in ledger.release_versions(session, release=release):
            if (version.site, version.policy) == (found.site, policy):
                yield version


def _news(
    session: Session,
    found: SubscriptionRow,
    event: EventRow,
    version: VersionRow,
    *,
    now: datetime,
) -> News:
    words = MailWords(found.locale)
    edition = _edition(session, version, found.locale)
    content: Mapping[str, Any] = {} if edition is None else edition.content
    is_withdrawn = event.type == WITHDRAWN or version.withdrawn_by is not None
    source_locale = content.get("source_locale", found.locale)
    data = event.content["data"]
    told = data if is_withdrawn and event.type == WITHDRAWN else {}
    title, _ = text_in(told.get("title") or version.title, found.locale, source_locale)
    summary, locale = text_in(told.get("summary") or version.summary, found.locale, source_locale)
    lines = [] if is_withdrawn else _lines(version, found.locale)
    path = f"/v1/sites/{version.site}/policies/{version.policy}"
    number = "" if is_withdrawn else f"/versions/{version.number}"
    return News(
        policy=str(content.get("title", version.policy)),
        version=words("version_number", number=version.number),
        headline=title or words("withdrawn" if is_withdrawn else "policy_changed"),
        when=_when(words, version, is_withdrawn=is_withdrawn, now=now),
        summary=summary or "",
        locale=locale if summary else found.locale,
        dir=direction(locale if summary else found.locale),
        lines=tuple(lines[:MOST_LINES]),
        more=max(0, len(lines) - MOST_LINES),
        href=f"{path}{number}.html?locale={content.get('locale', found.locale)}",
        action=words("read_current") if is_withdrawn else words("read", number=version.number),
        digest="" if edition is None else edition.digest,
        chain_head=str(data.get("chain_head", "")),
    )


def _when(words: MailWords, version: VersionRow, *, is_withdrawn: bool, now: datetime) -> str:
    if is_withdrawn:
        return words("withdrawn_text")
    word = "takes_effect" if version.effective_at > now else "effective"
    return f"{words(word)} {words.date(version.effective_at)}"


def _lines(version: VersionRow, locale: str) -> list[str]:
    """Return the changes that matter as much as the version itself says, each once."""
    threshold = min(Significance(version.significance), Significance.NON_MATERIAL)
    told = [
        change for change in version.changes if Significance(change["significance"]) >= threshold
    ]
    return list(dict.fromkeys(change_line(change, locale) for change in told))


def _edition(session: Session, version: VersionRow, locale: str) -> EditionRow | None:
    """Return a version in the language of a reader, or in the nearest there is."""
    locales: Sequence[str] = ledger.edition_locales(session, version_id=version.id)
    chosen = lookup([locale], locales)
    if chosen is None and locales:
        first = ledger.edition(session, version_id=version.id, locale=locales[0])
        chosen = locales[0] if first is None else str(first.content["source_locale"])
    if chosen is None:
        return None
    return ledger.edition(session, version_id=version.id, locale=chosen)
