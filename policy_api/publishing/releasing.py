"""Make releases on behalf of a token: what it may publish, the gate, and the record of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from policy_api.access.audit import Act, record
from policy_api.access.principal import Actor, Principal
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Action
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.drafts import service as drafts
from policy_api.drafts.authoring import Author
from policy_api.drafts.queries import DraftRow
from policy_api.drafts.review import standing_of
from policy_api.drafts.service import ImportedDraft
from policy_api.drafts.standing import Standing
from policy_api.errors import NotFound, PublishConflict
from policy_api.ledger import queries
from policy_api.ledger.rows import ReleaseRow, VersionRow
from policy_api.publishing.examining import Case, examine
from policy_api.publishing.gate import check_waivers, pass_gate
from policy_api.publishing.past import read_before
from policy_api.publishing.service import Progress, Published, Publisher, publish
from policy_api.publishing.withdrawing import withdraw

REVIEW_LACKS = {
    Standing.SUBMITTED: "The draft is handed in for review and not approved yet.",
    Standing.REJECTED: "The draft was sent back in review.",
    Standing.CHANGED: "The draft was edited after its review.",
}
"""How a draft stands in its review → what is missing."""

UNREVIEWED = "Nobody has reviewed it; hand it in as a draft."


def review_lacks(session: Session, draft: DraftRow | None, *, is_required: bool) -> str | None:
    """Return what the review of a draft still lacks, in words; None where nothing is missing.

    :param draft: None for files that are published without one.
    :param is_required: Whether something that nobody handed in lacks its review too.
    """
    found = Standing.NONE if draft is None else standing_of(session, draft)
    if found is Standing.NONE:
        return UNREVIEWED if is_required else None
    return REVIEW_LACKS.get(found)


def no_release(number: int) -> str:
    """Return what is said of a release that is not there, or not there for whoever asks."""
    return f"There is no release {number}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A source on its way out, whoever sends it."""

    source: Source
    base: int
    """Number of the release it was edited on; 0 for none."""

    announcement: Announcement
    review: str | None = None
    locale: str = "en"
    """Language of whoever sends it, for what lint has to say."""


def release_through_gate(
    session: Session,
    wanted: Release,
    *,
    publisher: Publisher,
    now: datetime,
    progress: Progress | None = None,
) -> Published:
    """Publish a source if nothing keeps it back.

    :raises PublishConflict: If another release came first.
    :raises GateClosed: With everything that keeps it back.
    """
    check_waivers(wanted.announcement.waivers)
    newest = queries.head_number(session)
    if newest != wanted.base:
        raise PublishConflict(
            "Another release was published since this work began. Bring it onto the newest one.",
            base=wanted.base,
            newest=newest,
        )
    before = read_before(session, now=now)
    case = Case(
        before=before,
        source=wanted.source,
        announcement=wanted.announcement,
        now=now,
        review=wanted.review,
        locale=wanted.locale,
    )
    needed = pass_gate(examine(case), wanted.announcement.waivers)
    return publish(
        session,
        source=wanted.source,
        base=wanted.base,
        announcement=replace(wanted.announcement, waivers=needed),
        publisher=publisher,
        now=now,
        before=before,
        progress=progress,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Releaser:
    """A token at work on releases, in one transaction."""

    session: Session
    by: Principal
    signer: Callable[[], Signer]
    """Loads the key; only who publishes needs it."""

    now: datetime

    needs_review: bool = False
    """Whether nothing goes out that somebody else has not approved."""

    locale: str = "en"
    """Language of whoever asks."""

    @property
    def author(self) -> Author:
        """The same token, at work on drafts."""
        return Author(session=self.session, by=self.by, now=self.now)

    @property
    def publisher(self) -> Publisher:
        """Who signs for a release."""
        return Publisher(actor=self.by.name, signer=self.signer())

    def publish(self, draft: DraftRow, announcement: Announcement) -> Published:
        """Publish a draft.

        :raises NotAllowed: If it would change a site beyond the token's own.
        """
        wanted = Release(
            source=drafts.source_of(self.session, draft),
            base=draft.base_release or 0,
            announcement=announcement,
            review=review_lacks(self.session, draft, is_required=self.needs_review),
            locale=self.locale,
        )
        territory = self.author.territory(draft, wanted.source)
        done = release_through_gate(self.session, wanted, publisher=self.publisher, now=self.now)
        _check_reach(territory.owns, (version.site for version in done.versions))
        drafts.mark_published(self.session, str(draft.id), release=done.release)
        note_release(self.session, done, site=draft.site, by=self.by.actor, now=self.now)
        return done

    def withdraw(self, number: int, *, told: Announcement) -> Published:
        """Take an announced release back.

        :raises NotFound: If there is none, or it changed only other sites.
        :raises NotAllowed: If it changes a site beyond the token's own.
        """
        self.release(number)
        taken = (
            *queries.release_versions(self.session, release=number),
            *queries.versions_announced_by(self.session, release=number, after=self.now),
        )
        publishes = partial(self.by.may, Action.PUBLISH)
        _check_reach(publishes, (version.site for version in taken))
        done = withdraw(
            self.session,
            release=number,
            title=told.title,
            summary=told.summary,
            publisher=self.publisher,
            now=self.now,
        )
        note_release(self.session, done, withdrawn=number, by=self.by.actor, now=self.now)
        return done

    def revert(self, number: int) -> ImportedDraft:
        """Open a draft that restores the source of a release.

        :raises NotFound: If there is none, or it changed only other sites.
        :raises NotAllowed: If the token may not write on all sites.
        """
        found, _ = self.release(number)
        if not self.by.may(Action.WRITE, None):
            raise NotAllowed("A revert concerns all sites; this needs *:write.")
        source = queries.load_source(self.session, found.source_digest)
        title = f"Back to release {number}"
        return self.author.restore(source, title=title, action="draft.revert")

    def release(self, number: int) -> tuple[ReleaseRow, tuple[VersionRow, ...]]:
        """Return a release with the versions it made on the token's own sites, at least one.

        :raises NotFound: If there is none, or it changed only other sites.
        """
        found = queries.release(self.session, number)
        shown = None if found is None else self.shown(found)
        if found is None or shown is None:
            raise NotFound(no_release(number))
        return found, shown

    def made(self, number: int) -> tuple[ReleaseRow, tuple[VersionRow, ...]]:
        """Return a release that this very token made; all of it is its own."""
        found = queries.release(self.session, number)
        if found is None:
            raise NotFound(no_release(number))
        return found, _versions(self.session, found)

    def shown(self, found: ReleaseRow) -> tuple[VersionRow, ...] | None:
        """Return the versions of a release on the token's own sites; None if it has none there."""
        made = _versions(self.session, found)
        own = tuple(version for version in made if self.by.sees(version.site))
        return own if own or self.by.sees(None) else None


def _check_reach(owns: Callable[[str], bool], sites: Iterable[str]) -> None:
    """Refuse a release that concerns sites beyond those of whoever makes it."""
    beyond = sorted({site for site in sites if not owns(site)})
    if beyond:
        raise NotAllowed("The release concerns other sites too.", sites=beyond)


def note_release(
    session: Session,
    done: Published,
    *,
    by: Actor,
    now: datetime,
    site: str | None = None,
    withdrawn: int | None = None,
) -> None:
    """Write a release into the audit log, with the chain's heads before and after it.

    :param site: The site it was limited to; None for all.
    :param withdrawn: The release it takes back.
    """
    earlier = queries.release(session, done.release - 1)
    act = Act(
        action="release.publish" if withdrawn is None else "release.withdraw",
        object=f"releases/{done.release if withdrawn is None else withdrawn}",
        site=site,
        before=None if earlier is None else earlier.chain_head,
        after=done.chain_head,
    )
    record(session, act, by=by, now=now)


def _versions(session: Session, found: ReleaseRow) -> tuple[VersionRow, ...]:
    """Return the versions that a release made, or took back."""
    return queries.release_versions(session, release=found.withdraws or found.number)


def waiver_counts(found: ReleaseRow) -> dict[str, Any]:
    """Return how often each rule was set aside, as the signed manifest tells everybody."""
    counts: dict[str, Any] = {}
    for waiver in found.waivers:
        counts[waiver["rule"]] = counts.get(waiver["rule"], 0) + 1
    return counts
