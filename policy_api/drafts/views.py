"""The doors of drafts: open, edit, review, rebase; bundles in and out."""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import Response, url_for

from policy_api.access.answering import etag, outcome, page, private, told
from policy_api.access.doors import needs, principal
from policy_api.access.idempotency import Outcome
from policy_api.access.scopes import Action
from policy_api.db.base import db
from policy_api.domain.entries.bundle import bundle_bytes, read_bundle
from policy_api.drafts import queries, service
from policy_api.drafts.answering import (
    DRAFT,
    ZIP,
    authored,
    draft_outcome,
    imported_outcome,
    json_object,
    judged,
    opened,
    reading,
    zip_body,
)
from policy_api.drafts.authoring import EDITING, Author, entry_etag
from policy_api.drafts.preconditions import Precondition
from policy_api.drafts.schemas import (
    BundleQuery,
    CommentIn,
    DraftIn,
    DraftOut,
    DraftsOut,
    DraftsQuery,
    EntriesOut,
    EntriesQuery,
    ImportedOut,
    RebaseIn,
)
from policy_api.drafts.standing import Standing
from policy_api.drafts.wire import draft_json, draft_line, entries_json
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery

ANY_EDITOR = (*EDITING, Action.PUBLISH)

blp = Blueprint("drafts", __name__, description="Edits on the way to a release.")


@blp.get("/v1/drafts")
@needs(Action.READ_DRAFT)
@blp.arguments(DraftsQuery, location="query")
@blp.response(200, DraftsOut)
def list_drafts(query: dict[str, Any]) -> Response:
    """List drafts, newest first."""
    limit, before, state = query["limit"], query["before"], query["state"]
    sites = principal().reach(Action.READ_DRAFT)
    found = queries.drafts(db.session(), state=state, before=before, limit=limit + 1, sites=sites)

    def following(last: dict[str, Any]) -> str:
        return url_for("drafts.list_drafts", state=state, limit=limit, before=last["id"])

    return told(page([draft_line(row) for row in found], limit=limit, following=following))


@blp.post("/v1/drafts")
@needs(*EDITING)
@blp.arguments(DraftIn)
@blp.response(201, DraftOut)
def open_draft(body: dict[str, Any]) -> Response:
    """Open a draft on the newest release."""

    def work(author: Author) -> Outcome:
        draft = author.open(title=body["title"], site=author.wanted_site(body))
        return draft_outcome(author.session, draft.id, status=201)

    return authored(work)


@blp.get(DRAFT)
@needs(Action.READ_DRAFT)
@blp.arguments(NoQuery, location="query")
@blp.response(200, DraftOut)
def get_draft(_query: dict[str, Any], *, draft_id: int) -> Response:
    """Return a draft, what it edits and how its review stands."""
    author = reading()
    shown = draft_json(author.session, author.draft(draft_id))
    return told(shown, headers={"ETag": etag(shown)})


@blp.delete(DRAFT)
@needs(Action.WRITE)
@blp.arguments(NoQuery, location="query")
@blp.response(204)
def discard_draft(_query: dict[str, Any], *, draft_id: int) -> Response:
    """Close a draft without publishing it. Its edits are kept for the record."""

    def work(author: Author) -> Outcome:
        author.discard(opened(author, draft_id, Action.WRITE))
        return outcome(status=204)

    return authored(work)


@blp.get(f"{DRAFT}/entries")
@needs(Action.READ_DRAFT)
@blp.arguments(EntriesQuery, location="query")
@blp.response(200, EntriesOut)
def list_entries(query: dict[str, Any], *, draft_id: int) -> Response:
    """List the entries as the draft would publish them, by path."""
    author = reading()
    draft = author.draft(draft_id)
    source = author.source(draft)
    edited = set(queries.edits(author.session, draft_id=draft.id))
    territory, limit = author.territory(draft, source), query["limit"]
    found = entries_json(draft, source, territory, edited=edited, after=query["after"])

    def following(last: dict[str, Any]) -> str:
        return url_for("drafts.list_entries", draft_id=draft_id, limit=limit, after=last["path"])

    return told(page(list(islice(found, limit + 1)), limit=limit, following=following))


@blp.get(f"{DRAFT}/entries/<path:path>")
@needs(Action.READ_DRAFT)
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "object"})
def get_entry(_query: dict[str, Any], *, draft_id: int, path: str) -> Response:
    """Return an entry as the draft would publish it; write it back with its ETag."""
    author = reading()
    entry = author.entry(author.draft(draft_id), path)
    return told(entry, headers={"ETag": entry_etag(entry)})


@blp.put(f"{DRAFT}/entries/<path:path>")
@needs(*EDITING)
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "object"})
@blp.alt_response(201, "CREATED")
def put_entry(_query: dict[str, Any], *, draft_id: int, path: str) -> Response:
    """Write an entry. Send its ETag in If-Match, or If-None-Match: * for a new one."""
    body = json_object()

    def work(author: Author) -> Outcome:
        draft = author.open_draft(draft_id, *EDITING)
        entry, is_new = author.put(draft, path, body, Precondition.of_request())
        headers = {"ETag": entry_etag(entry)}
        return outcome(entry, status=201 if is_new else 200, headers=headers)

    return authored(work)


@blp.delete(f"{DRAFT}/entries/<path:path>")
@needs(*EDITING)
@blp.arguments(NoQuery, location="query")
@blp.response(204)
def delete_entry(_query: dict[str, Any], *, draft_id: int, path: str) -> Response:
    """Take an entry out of what the draft will publish. Send its ETag in If-Match."""

    def work(author: Author) -> Outcome:
        draft = author.open_draft(draft_id, *EDITING)
        author.remove(draft, path, Precondition.of_request())
        return outcome(status=204)

    return authored(work)


@blp.post(f"{DRAFT}/submit")
@needs(*EDITING)
@blp.arguments(CommentIn)
@blp.response(200, DraftOut)
def submit_draft(body: dict[str, Any], *, draft_id: int) -> Response:
    """Hand a draft in for review."""

    def work(author: Author) -> Outcome:
        author.submit(opened(author, draft_id, *EDITING), comment=body["comment"])
        return draft_outcome(author.session, draft_id)

    return authored(work)


@blp.post(f"{DRAFT}/approve")
@needs(Action.REVIEW)
@blp.arguments(CommentIn)
@blp.response(200, DraftOut)
def approve_draft(body: dict[str, Any], *, draft_id: int) -> Response:
    """Approve a draft as it stands. Nobody approves what only they have written."""
    return judged(draft_id, Standing.APPROVED, comment=body["comment"])


@blp.post(f"{DRAFT}/reject")
@needs(Action.REVIEW)
@blp.arguments(CommentIn)
@blp.response(200, DraftOut)
def reject_draft(body: dict[str, Any], *, draft_id: int) -> Response:
    """Send a draft back to its authors."""
    return judged(draft_id, Standing.REJECTED, comment=body["comment"])


@blp.post(f"{DRAFT}/rebase")
@needs(*ANY_EDITOR)
@blp.arguments(RebaseIn)
@blp.response(200, DraftOut)
@blp.alt_response(409, "CONFLICT")
def rebase_draft(body: dict[str, Any], *, draft_id: int) -> Response:
    """Bring a draft onto the newest release; 409 lists the places where they disagree."""

    def work(author: Author) -> Outcome:
        draft = opened(author, draft_id, *ANY_EDITOR)
        author.rebase(draft, resolve=body["resolve"])
        return draft_outcome(author.session, draft_id)

    return authored(work)


@blp.post("/v1/bundles")
@needs(Action.WRITE)
@blp.arguments(BundleQuery, location="query")
@blp.response(201, ImportedOut)
def import_bundle(query: dict[str, Any]) -> Response:
    """Import a bundle (a zip of YAML files) as a draft on the newest release."""
    source = read_bundle(zip_body()).source

    def work(author: Author) -> Outcome:
        imported = author.restore(source, title=query["title"], action="draft.import")
        return imported_outcome(imported)

    return authored(work)


@blp.get("/v1/bundles/<number:release>")
@needs(Action.READ_DRAFT)
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=ZIP)
def export_bundle(_query: dict[str, Any], *, release: int) -> Response:
    """Return the source of a release as a bundle: a zip of YAML files."""
    missing = f"There is no release {release}."
    principal().check(Action.READ_DRAFT, site=None, missing=missing)
    raw = bundle_bytes(service.base_of(db.session(), release))
    name = f'attachment; filename="release-{release}.zip"'
    return private(raw, media_type=ZIP, headers={"Content-Disposition": name})
