"""The doors for what people have today: a policy page, a list of recipients."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from flask import Response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from policy_api.access.answering import outcome
from policy_api.access.doors import needs
from policy_api.access.idempotency import Outcome
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Action
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.importing.columns import chosen_columns
from policy_api.domain.importing.draft_bundle import Wanted
from policy_api.domain.importing.page import PAGE_BYTES, Dropping, Grid, Note
from policy_api.domain.importing.reading import Kind, Reading, read_page
from policy_api.domain.importing.recipients import import_recipients
from policy_api.domain.importing.spreadsheet import read_spreadsheet
from policy_api.drafts import service
from policy_api.drafts.answering import authored, opened
from policy_api.drafts.authoring import Author, unchanged
from policy_api.drafts.importing_draft import drafted_and_counted
from policy_api.drafts.importing_schemas import (
    ImportedPageOut,
    ImportedRecipientsOut,
    PageQuery,
    RecipientsQuery,
)
from policy_api.drafts.queries import DraftRow
from policy_api.errors import BadQuery
from policy_api.ledger import queries as ledger
from policy_api.web.api import Blueprint

_PAGES: Final = {
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "text/plain": Kind.TEXT,
}
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LISTS: Final = ("text/csv", XLSX, "application/octet-stream")
_FILE: Final = {"type": "string", "format": "binary"}

blp = Blueprint("importing", __name__, description="What people have today, into a draft.")


def _body(kinds: Iterable[str]) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": _FILE} for kind in kinds}}


@blp.post("/v1/import/page")
@needs(Action.WRITE)
@blp.doc(requestBody=_body(_PAGES))
@blp.arguments(PageQuery, location="query")
@blp.response(200, ImportedPageOut)
@blp.alt_response(201, schema=ImportedPageOut, description="A draft was opened for it.")
@blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def import_page(query: dict[str, Any]) -> Response:
    """Turn a page (HTML or plain text) into a policy in a draft; nothing of it gets lost."""
    raw = _raw(_PAGES)
    # What cannot be read is refused before anybody has to wait for this transaction.
    page = read_page(
        raw,
        kind=_PAGES[request.mimetype],
        dropping=Dropping(patterns=tuple(query.pop("drop", ()))),
        headings=tuple(query.pop("headings", ())),
        locale=query["locale"],
        encoding=_charset(),
    )

    draft = query.pop("draft")
    wanted = Wanted(hosts=tuple(query.pop("hosts", ())), **query)

    def work(author: Author) -> Outcome:
        return _page_taken(author, page, draft, wanted)

    return authored(work)


@blp.post("/v1/import/recipients")
@needs(Action.WRITE)
@blp.doc(requestBody=_body(_LISTS))
@blp.arguments(RecipientsQuery, location="query")
@blp.response(200, ImportedRecipientsOut)
@blp.alt_response(201, schema=ImportedRecipientsOut, description="A draft was opened for them.")
@blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def import_recipient_list(query: dict[str, Any]) -> Response:
    """Turn a list of recipients (CSV or XLSX) into entries of a draft."""
    grid = read_spreadsheet(_raw(_LISTS), encoding=_charset())
    chosen = chosen_columns(query.pop("map", ()), [cell.text for cell in grid.head])

    def work(author: Author) -> Outcome:
        return _list_taken(author, grid, chosen, query)

    return authored(work)


def _page_taken(author: Author, page: Reading, draft: int | None, wanted: Wanted) -> Outcome:
    row, source = _begun(author, draft)
    drafted, count = drafted_and_counted(page, wanted, source)
    title = f"Page for {wanted.policy}"
    told = {"count": count.to_json(), **_notes(drafted.notes)}
    return _written(author, row, source, drafted.edits, title=title, told=told)


def _list_taken(
    author: Author, grid: Grid, chosen: Mapping[str, str], query: Mapping[str, Any]
) -> Outcome:
    row, source = _begun(author, query["draft"])
    table, policy = query["table"], query["policy"]
    if table and f"policies/{policy}" not in source:
        detail = f"There is no policy “{policy}”."
        raise BadQuery(detail, errors=[{"parameter": "policy", "detail": detail}])
    done = import_recipients(
        source, grid, chosen=chosen, locale=query["locale"], policy=policy, table=table
    )
    told = {"columns": dict(done.columns), "rows": done.rows, **_notes(done.notes)}
    return _written(author, row, source, done.edits, title="Recipients", told=told)


def _begun(author: Author, draft: int | None) -> tuple[DraftRow | None, Source]:
    """Return the draft that is named, and what there is in it or in the newest release.

    :raises NotAllowed: If a new draft would have to be one of all sites.
    """
    if draft is not None:
        row = opened(author, draft, Action.WRITE)
        return row, author.source(row)
    if not author.by.may(Action.WRITE, None):
        raise NotAllowed("What is imported is for all sites, and the token is good for some.")
    return None, service.base_of(author.session, ledger.head_number(author.session) or None)


def _written(
    author: Author,
    row: DraftRow | None,
    source: Source,
    edits: Mapping[str, Entry],
    *,
    title: str,
    told: Mapping[str, Any],
) -> Outcome:
    """Write entries to a draft, opened only if there is something to write."""
    if row is None and not edits:
        return outcome({"draft": None, "href": None, "entries": [], **told})
    draft = author.open(title=title, site=None) if row is None else row
    for path, entry in edits.items():
        author.put(draft, path, entry, unchanged(source.get(path)))
    href = url_for("drafts.get_draft", draft_id=draft.id)
    shown = {"draft": draft.id, "href": href, "entries": list(edits), **told}
    if row is not None:
        return outcome(shown)
    return outcome(shown, status=201, headers={"Location": href})


def _notes(notes: Iterable[Note]) -> dict[str, Any]:
    return {"notes": [note.to_json() for note in notes]}


def _raw(kinds: Collection[str]) -> bytes:
    """Return the body, which must be a page or a list."""
    # A body that does not tell its length is cut off at the limit, without a word.
    request.max_content_length = PAGE_BYTES + 1
    if request.mimetype not in kinds:
        raise UnsupportedMediaType
    raw = request.get_data(cache=True)
    if len(raw) > PAGE_BYTES:
        raise RequestEntityTooLarge
    return raw


def _charset() -> str:
    return str(request.mimetype_params.get("charset", ""))
