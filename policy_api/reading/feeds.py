"""The changelog as a feed, cut into archives that stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.rendering.feeds import Feed, FeedEntry
from policy_api.domain.rendering.words import Words
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow
from policy_api.reading import resolve
from policy_api.reading.entries import Entry
from policy_api.reading.histories import Shelf, digest_of
from policy_api.web.state import state

ARCHIVE_LENGTH: Final = 25
"""Entries of an archive. The feed itself holds those that fill no archive, and one more lot."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Which versions one document of a feed holds, given the newest one."""

    newest: int
    before: int | None = None
    """The archive of versions below this number; None for the feed itself."""

    @property
    def oldest_in_feed(self) -> int:
        """Return the oldest version that the feed itself holds."""
        full = (self.newest - 1) // ARCHIVE_LENGTH
        return max(0, full - 1) * ARCHIVE_LENGTH + 1

    @property
    def is_possible(self) -> bool:
        """Tell whether there is, or ever will be again, exactly such a document."""
        if self.before is None:
            return True
        return 1 < self.before <= self.oldest_in_feed and self.before % ARCHIVE_LENGTH == 1

    @property
    def length(self) -> int:
        """Return how many versions it holds."""
        return self.newest - self.oldest_in_feed + 1 if self.before is None else ARCHIVE_LENGTH

    @property
    def older(self) -> int | None:
        """Return the archive just before this document."""
        first = self.oldest_in_feed if self.before is None else self.before - ARCHIVE_LENGTH
        return first if first > 1 else None

    @property
    def newer(self) -> int | None:
        """Return the archive just after this one; the feed itself is no archive."""
        if self.before is None or self.before == self.oldest_in_feed:
            return None
        return self.before + ARCHIVE_LENGTH


def feed(shelf: Shelf, *, name: str, before: int | None) -> Feed:
    """Return one document of a policy's feed.

    :param name: Last part of its address: ``feed.atom`` or ``feed.json``.
    :raises NotFound: If there is no archive of that number.
    """
    cut = Cut(shelf.history.newest.number, before)
    if not cut.is_possible:
        raise NotFound("The feed has no such archive; follow its links.")
    locale = shelf.language.locale
    entries = _entries(shelf, cut)
    content = resolve.edition(
        shelf.visit.session, version_id=shelf.history.newest.id, locale=locale
    ).content

    def href(number: int | None) -> str:
        """Return the address of the archive below a version, or of the feed itself."""
        below = None if number is None else str(number)
        return shelf.paths.below(name, locale=locale, before=below)

    return Feed(
        site=shelf.history.site,
        policy=shelf.history.policy,
        title=f"{content['title']} · {content['site']['name']}",
        locale=locale,
        author=content["site"]["name"],
        updated_at=max(entry.updated_at or entry.published_at for entry in entries),
        entries=entries,
        self_href=href(before),
        html_href=shelf.paths.in_force(".html", locale=locale),
        current_href="" if before is None else href(None),
        previous_href="" if cut.older is None else href(cut.older),
        next_href="" if cut.newer is None else href(cut.newer),
        is_archive=before is not None,
        base_url=state().settings.origin,
    )


def _entries(shelf: Shelf, cut: Cut) -> tuple[FeedEntry, ...]:
    session, history = shelf.visit.session, shelf.history
    versions = queries.versions(
        session, site=history.site, policy=history.policy, before=cut.before, limit=cut.length
    )
    first = min(version.release for version in versions)
    heads = {link.release: link.chain_head for link in queries.chain(session, since=first)}
    return tuple(_entry(shelf, version, heads[version.release]) for version in versions)


def _entry(shelf: Shelf, version: VersionRow, chain_head: str) -> FeedEntry:
    told = {**shelf.teller.change(version), **_withdrawal(shelf, version)}
    return FeedEntry(
        version=version.number,
        title=told["title"],
        summary=told["summary"],
        locale=told["locale"],
        significance=version.significance,
        published_at=told["published_at"],
        effective_at=told["effective_at"],
        changes=tuple(told["changes"]),
        digest=digest_of(shelf, version),
        chain_head=chain_head,
        href=told["links"]["html"],
        updated_at=told.get("updated_at", ""),
    )


def _withdrawal(shelf: Shelf, version: VersionRow) -> Entry:
    """Return what an entry says instead once its version has been taken back."""
    if version.withdrawn_by is None:
        return {}
    release = queries.release(shelf.visit.session, version.withdrawn_by)
    if release is None:
        raise NotFound("The withdrawal has no release.")
    locale = shelf.language.locale
    return {
        "title": None,
        "summary": Words(locale)("withdrawn"),
        "locale": locale,
        "changes": [],
        "updated_at": instant_text(release.published_at),
    }
