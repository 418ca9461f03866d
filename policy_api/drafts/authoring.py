"""Work on drafts on behalf of a token: what it may see, what it may touch, and the record of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import ETags

from policy_api.access.audit import Act, record
from policy_api.access.principal import Principal
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Action
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.proof.canonical import digest
from policy_api.drafts import queries, review, service
from policy_api.drafts.preconditions import Precondition
from policy_api.drafts.queries import DraftRow
from policy_api.drafts.rebase import Side, rebase
from policy_api.drafts.service import ImportedDraft, no_draft
from policy_api.drafts.standing import Standing, content_digest
from policy_api.drafts.territory import Territory, is_translation, no_entry
from policy_api.errors import BadInput, Conflict, NotFound, Problem
from policy_api.ledger import queries as ledger

EDITING = (Action.WRITE, Action.TRANSLATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A token at work on drafts, in one transaction."""

    session: Session
    by: Principal
    now: datetime

    # What there is

    def draft(self, draft_id: int, *actions: Action) -> DraftRow:
        """Return a draft in any state.

        :param actions: What the token must be good for; one of them is enough.
        :raises NotFound: If there is none, or it belongs to other sites.
        :raises NotAllowed: If it is the token's to see, but not for this.
        """
        found = queries.draft(self.session, draft_id)
        if found is None:
            raise NotFound(no_draft(draft_id))
        wanted = actions or (Action.READ_DRAFT,)
        self.by.check(*wanted, site=found.site, missing=no_draft(draft_id))
        return found

    def open_draft(self, draft_id: int, *actions: Action) -> DraftRow:
        """Return a draft that can be edited or published, and keep others from it.

        :raises Conflict: If it is published or discarded. Else as ``draft``.
        """
        self.draft(draft_id, *actions)
        return service.open_draft_by_id(self.session, str(draft_id))

    def source(self, draft: DraftRow) -> Source:
        """Return the whole source as a draft would publish it."""
        return service.source_of(self.session, draft)

    def territory(self, draft: DraftRow, source: Source) -> Territory:
        """Return what a draft may touch."""
        base = service.base_of(self.session, draft.base_release)
        return Territory(draft.site, base=base, source=source)

    def entry(self, draft: DraftRow, path: str) -> Entry:
        """Return an entry as a draft would publish it.

        :raises NotFound: If there is none, or it belongs to other sites.
        """
        source = self.source(draft)
        found = source.get(path)
        if found is None or not self.territory(draft, source).has(path):
            raise NotFound(no_entry(path))
        return found

    # What can be done

    def open(self, *, title: str, site: str | None) -> DraftRow:
        """Open a draft on the newest release.

        :param site: Edit only what belongs to this site and those derived from it.
        """
        newest = ledger.head_number(self.session) or None
        self.by.check(*EDITING, site=site, missing=f"There is no site {site!r}.")
        if site is not None and f"sites/{site}" not in service.base_of(self.session, newest):
            raise NotFound(f"There is no site {site!r}.")
        draft = service.open_draft(
            self.session,
            title=title,
            by=self.by.name,
            now=self.now,
            base_release=newest,
            site=site,
        )
        self._record("draft.open", draft, after=self._content(draft))
        return draft

    def wanted_site(self, wanted: Mapping[str, Any]) -> str | None:
        """Return the site that a new draft is for: as asked for, else the token's only one.

        :raises BadInput: If the token is good for several and none is named.
        """
        if "site" in wanted:
            site: str | None = wanted["site"]
            return site
        roots = {root for action in EDITING for root in self.by.roots(action)}
        if len(roots) > 1 and None not in roots:
            detail = "Name the site; the token is good for several."
            raise BadInput(problems=[Problem(detail, pointer="/site")])
        return None if None in roots else next(iter(roots))

    def put(
        self, draft: DraftRow, path: str, entry: Mapping[str, Any], precondition: Precondition
    ) -> tuple[Entry, bool]:
        """Write an entry; return its stored form, and whether it is new.

        :raises PreconditionFailed: If somebody changed it since it was read.
        """
        before = self._checked(draft, path, entry, precondition)
        stored = service.put_entry(self.session, draft_id=str(draft.id), path=path, entry=entry)
        self._note_edit("draft.entry.put", draft, path, before=before, after=stored)
        return stored, before is None

    def remove(self, draft: DraftRow, path: str, precondition: Precondition) -> None:
        """Take an entry out.

        :raises NotFound: If there is none.
        :raises PreconditionFailed: If somebody changed it since it was read.
        """
        self.entry(draft, path)
        before = self._checked(draft, path, None, precondition)
        service.remove_entry(self.session, draft_id=str(draft.id), path=path)
        self._note_edit("draft.entry.delete", draft, path, before=before, after=None)

    def discard(self, draft: DraftRow) -> None:
        """Close a draft without publishing it."""
        before = self._content(draft)
        service.discard(self.session, draft_id=str(draft.id))
        self._record("draft.discard", draft, before=before)

    def submit(self, draft: DraftRow, *, comment: str) -> None:
        """Hand a draft in for review."""
        review.submit(self.session, draft, comment=comment, by=self.by, now=self.now)
        self._record("draft.submit", draft, after=self._content(draft))

    def judge(self, draft: DraftRow, verdict: Standing, *, comment: str) -> None:
        """Approve a draft or send it back."""
        review.judge(self.session, draft, verdict, comment=comment, by=self.by, now=self.now)
        action = "draft.approve" if verdict is Standing.APPROVED else "draft.reject"
        self._record(action, draft, after=self._content(draft))

    def rebase(self, draft: DraftRow, *, resolve: Mapping[str, Side]) -> DraftRow:
        """Bring a draft onto the newest release."""
        before = self._content(draft)
        rebase(self.session, draft, resolve=resolve)
        if resolve:
            service.note_author(self.session, draft_id=draft.id, name=self.by.name)
        moved = service.open_draft_by_id(self.session, str(draft.id))
        self._record("draft.rebase", moved, before=before, after=self._content(moved))
        return moved

    def restore(
        self, source: Source, *, title: str, action: str, base: int | None = None
    ) -> ImportedDraft:
        """Open a draft that turns a release into a given source, on all sites.

        :param base: Number of that release; None for the newest.
        :raises NotFound: If there is no such release.
        """
        self.by.check(Action.WRITE, site=None, missing="There is no such source.")
        imported = service.import_source(
            self.session, source=source, title=title, by=self.by.name, now=self.now, base=base
        )
        draft = service.open_draft_by_id(self.session, str(imported.draft))
        self._record(action, draft, after=self._content(draft))
        return imported

    def replace(self, draft_id: int, source: Source) -> ImportedDraft:
        """Make an open draft of everything say what a given source says."""
        draft = self.open_draft(draft_id, Action.WRITE)
        if draft.site is not None:
            raise Conflict(f"Draft {draft.id} is about one site; a bundle is about all of them.")
        before = self._content(draft)
        imported = service.replace_source(self.session, draft, source=source, by=self.by.name)
        self._record("draft.import", draft, before=before, after=self._content(draft))
        return imported

    # The record

    def _checked(
        self,
        draft: DraftRow,
        path: str,
        entry: Mapping[str, Any] | None,
        precondition: Precondition,
    ) -> Entry | None:
        """Return what stands at a path, if it may be replaced by an entry."""
        may_write = self.by.may(Action.WRITE, draft.site)
        if not may_write and not is_translation(path):
            raise NotAllowed("This needs the action write; translate is for translations.")
        source = self.source(draft)
        self.territory(draft, source).check(path, entry)
        before = source.get(path)
        precondition.check(None if before is None else entry_etag(before))
        return before

    def _note_edit(
        self, action: str, draft: DraftRow, path: str, *, before: Entry | None, after: Entry | None
    ) -> None:
        service.note_author(self.session, draft_id=draft.id, name=self.by.name)
        act = Act(
            action=action,
            object=f"drafts/{draft.id}/entries/{path}",
            site=draft.site,
            before=None if before is None else digest(before),
            after=None if after is None else digest(after),
        )
        record(self.session, act, by=self.by.actor, now=self.now)

    def _record(
        self, action: str, draft: DraftRow, *, before: str | None = None, after: str | None = None
    ) -> None:
        act = Act(
            action=action,
            object=f"drafts/{draft.id}",
            site=draft.site,
            before=before,
            after=after,
        )
        record(self.session, act, by=self.by.actor, now=self.now)

    def _content(self, draft: DraftRow) -> str:
        return content_digest(draft, queries.edits(self.session, draft_id=draft.id))


def entry_etag(entry: Entry) -> str:
    """Return the entity tag of an entry, quoted."""
    return f'"{digest(entry).removeprefix("sha256:")[:32]}"'


def unchanged(entry: Entry | None) -> Precondition:
    """Return the condition that there still is what was read."""
    if entry is None:
        return Precondition(match=ETags(), none_match=ETags(star_tag=True))
    return Precondition(match=ETags([entry_etag(entry).strip('"')]), none_match=ETags())
