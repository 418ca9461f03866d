"""The changelog as a feed, cut into archives that stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_api.domain.changes.types import Significance
from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.rendering.feeds import Feed, FeedEntry
from policy_api.domain.rendering.words import Words
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow
from policy_api.reading import resolve
from policy_api.reading.entries import Entry
from policy_api.reading.histories import Shelf, digest_of
from policy_api.reading.parameters import USUAL
from policy_api.web.state import state

ARCHIVE_LENGTH: Final = 25
"""Entries of an archive. The feed itself holds those that fill no archive, and one more lot."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a feed somebody asks for."""

    name: str
    """Last part of its address: ``feed.atom`` or ``feed.json``."""

    before: int | None = None
    """The archive of entries below this one; None for the feed itself."""

    least: Significance = USUAL
    """Versions that matter less are left out."""

    @property
    def is_usual(self) -> bool:
        """Tell whether it is what feed readers ask for if nobody tells them to ask for more."""
        return self.before is None and self.least is USUAL


@dataclass(frozen=True, slots=True)
class Cut:
    """Which entries one document of a feed holds, counted from the first one ever.

    A version never matters more or less than when it was published, so entries keep their places.
    """

    newest: int
    before: int | None = None
    """The archive of entries below this one; None for the feed itself."""

    @property
    def oldest_in_feed(self) -> int:
        """Return the oldest entry that the feed itself holds."""
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
        """Return how many entries it holds."""
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


def feed(shelf: Shelf, part: Part) -> Feed:
    """Return one document of a policy's feed.

    :raises NotFound: If there is no archive of that number.
    """
    numbers = _numbers(shelf, part.least)
    cut = Cut(len(numbers), part.before)
    if not cut.is_possible:
        raise NotFound("The feed has no such archive; follow its links.")
    locale = shelf.language.locale
    entries = _entries(shelf, cut, numbers)
    content = resolve.edition(
        shelf.visit.session, version_id=shelf.history.newest.id, locale=locale
    ).content

    def href(number: int | None) -> str:
        """Return the address of the archive below an entry, or of the feed itself."""
        return shelf.paths.below(
            part.name,
            locale=locale,
            min_significance=None if part.least is USUAL else part.least.value,
            before=None if number is None else str(number),
        )

    is_archive = part.before is not None
    return Feed(
        site=shelf.history.site,
        policy=shelf.history.policy,
        title=f"{content['title']} · {content['site']['name']}",
        locale=locale,
        author=content["site"]["name"],
        updated_at=max((entry.changed_at for entry in entries), default=_begun_at(shelf)),
        entries=entries,
        self_href=href(part.before),
        html_href=shelf.paths.in_force(".html", locale=locale),
        current_href=href(None) if is_archive else "",
        previous_href="" if cut.older is None else href(cut.older),
        next_href="" if cut.newer is None else href(cut.newer),
        is_archive=is_archive,
        # The hub is told of this form only, and archives stay as they are.
        hub=state().settings.websub_hub if part.is_usual else "",
        base_url=state().settings.origin,
    )


def _numbers(shelf: Shelf, least: Significance) -> tuple[int, ...]:
    return queries.version_numbers(
        shelf.visit.session,
        site=shelf.history.site,
        policy=shelf.history.policy,
        significances=[level.value for level in Significance if level >= least],
    )


def _entries(shelf: Shelf, cut: Cut, numbers: tuple[int, ...]) -> tuple[FeedEntry, ...]:
    session, history = shelf.visit.session, shelf.history
    last = cut.newest if cut.before is None else cut.before - 1
    versions = queries.numbered(
        session,
        site=history.site,
        policy=history.policy,
        numbers=numbers[last - cut.length : last],
    )
    first = min((version.release for version in versions), default=1)
    heads = {link.release: link.chain_head for link in queries.chain(session, since=first)}
    return tuple(_entry(shelf, version, heads[version.release]) for version in versions)


def _begun_at(shelf: Shelf) -> str:
    """Return when the policy was first published: before that, nothing can have changed."""
    history = shelf.history
    (first,) = queries.numbered(
        shelf.visit.session, site=history.site, policy=history.policy, numbers=[1]
    )
    return instant_text(first.published_at)


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
