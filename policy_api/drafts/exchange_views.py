"""The doors of exchange: hand texts to translators, take translations back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from policy_api.access.answering import outcome, private, told
from policy_api.access.doors import needs, principal
from policy_api.access.idempotency import Outcome
from policy_api.access.scopes import Action
from policy_api.domain.content.source import Source
from policy_api.domain.translation.exchange import (
    EXCHANGE_BYTES,
    SUFFIXES,
    Format,
    Received,
    export_units,
    read_file,
    receive,
)
from policy_api.domain.translation.progress import progress
from policy_api.domain.translation.units import State
from policy_api.domain.translation.units_carry import carry
from policy_api.drafts import service
from policy_api.drafts.answering import DRAFT, authored, opened, reading
from policy_api.drafts.authoring import Author, unchanged
from policy_api.drafts.exchange_schemas import (
    CarriedOut,
    CarryIn,
    ExportQuery,
    ProgressListOut,
    ProgressQuery,
    TakenBackOut,
    TakingBackQuery,
    XliffQuery,
)
from policy_api.drafts.queries import DraftRow
from policy_api.drafts.territory import Territory, site_of
from policy_api.errors import BadInput, BadQuery
from policy_api.ledger import queries as ledger
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery

XLIFF: Final = "application/xliff+xml"
PO: Final = "text/x-gettext-translation"
ACCEPTED: Final = (
    XLIFF,
    PO,
    "application/octet-stream",
    "application/x-xliff+xml",
    "application/xml",
    "text/x-po",
    "text/xml",
)
"""What tools call such files; which format it really is, the file itself shows."""

_FILE: Final = {"type": "string", "format": "binary"}
_BODY: Final = {"required": True, "content": {kind: {"schema": _FILE} for kind in ACCEPTED}}
_XLIFFS: Final = {"2.1": Format.XLIFF, "1.2": Format.XLIFF_12}

blp = Blueprint("exchange", __name__, description="Texts to translators, and back.")


@blp.get("/v1/export/xliff")
@needs(Action.READ_DRAFT)
@blp.arguments(XliffQuery, location="query")
@blp.response(200, _FILE, content_type=XLIFF)
def export_xliff(query: dict[str, Any]) -> Response:
    """Return a policy's texts in one language for translators, as XLIFF."""
    return _exported(query, format_=_XLIFFS[query["version"]], media_type=XLIFF)


@blp.get("/v1/export/po")
@needs(Action.READ_DRAFT)
@blp.arguments(ExportQuery, location="query")
@blp.response(200, _FILE, content_type=PO)
def export_po(query: dict[str, Any]) -> Response:
    """Return a policy's texts in one language for translators, as a PO file of gettext."""
    return _exported(query, format_=Format.PO, media_type=f"{PO}; charset=utf-8")


@blp.post("/v1/import/translations")
@needs(Action.TRANSLATE)
@blp.doc(requestBody=_BODY)
@blp.arguments(TakingBackQuery, location="query")
@blp.response(200, TakenBackOut)
@blp.alt_response(201, schema=TakenBackOut, description="A draft was opened for them.")
@blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def import_translations(query: dict[str, Any]) -> Response:
    """Take translations back into a draft; what does not fit is listed with its reason."""
    raw = _file_body()
    # What cannot be read is refused before anybody has to wait for this transaction.
    read_file(raw)

    def work(author: Author) -> Outcome:
        return _taken(author, raw, **query)

    return authored(work)


@blp.get(f"{DRAFT}/translations")
@needs(Action.READ_DRAFT)
@blp.arguments(ProgressQuery, location="query")
@blp.response(200, ProgressListOut)
def get_progress(query: dict[str, Any], *, draft_id: int) -> Response:
    """Tell how far each language of a policy is in the draft."""
    source = _readable(reading(), draft_id)
    policies = _policies(source, query["policy"])
    return told({"items": [each.to_json() for key in policies for each in progress(source, key)]})


@blp.post(f"{DRAFT}/carry-translations")
@needs(Action.WRITE)
@blp.arguments(NoQuery, location="query")
@blp.arguments(CarryIn)
@blp.response(200, CarriedOut)
def carry_translations(_query: dict[str, Any], body: dict[str, Any], *, draft_id: int) -> Response:
    """Keep translations where the draft changed the source's wording and not its sense."""

    def work(author: Author) -> Outcome:
        row = opened(author, draft_id, Action.WRITE)
        source = author.source(row)
        base = service.base_of(author.session, row.base_release)
        territory = author.territory(row, source)
        written: list[str] = []
        found: dict[str, list[dict[str, str]]] = {"carried": [], "left": []}
        for key in _policies(source, body["policy"]):
            done = carry(base, _within(source, territory), policy=key, **_chosen(body))
            for path, entry in done.edits.items():
                author.put(row, path, entry, unchanged(source.get(path)))
            written += done.edits
            found = {name: [*held, *done.to_json()[name]] for name, held in found.items()}
        return outcome({"draft": draft_id, "entries": written, **found})

    return authored(work)


def _policies(source: Source, asked: str | None) -> tuple[str, ...]:
    return source.policies() if asked is None else (asked,)


def _chosen(body: Mapping[str, Any]) -> dict[str, set[str] | None]:
    return {name: set(body[name]) if body.get(name) else None for name in ("units", "locales")}


def _exported(query: dict[str, Any], *, format_: Format, media_type: str) -> Response:
    policy, locale = query["policy"], query["locale"]
    states = {State(each) for each in query.get("states", ())} or None
    source = _readable(reading(), query["draft"])
    try:
        raw = export_units(source, policy, locale=locale, format=format_, only=states)
    except BadInput as error:
        named = [{"parameter": "locale", "detail": error.detail}]
        raise BadQuery(error.detail, errors=named) from error
    name = f'attachment; filename="{policy}-{locale}{SUFFIXES[format_]}"'
    return private(raw, media_type=media_type, headers={"Content-Disposition": name})


def _readable(author: Author, draft_id: int | None) -> Source:
    """Return the source of a draft or of the newest release, as far as the token may read it."""
    if draft_id is not None:
        draft = author.draft(draft_id)
        source = author.source(draft)
        return _within(source, author.territory(draft, source))
    source = service.base_of(author.session, ledger.head_number(author.session) or None)
    sites = {path: site_of(path) for path in source}
    hidden = [
        path
        for path, site in sites.items()
        if site is not None and not author.by.may(Action.READ_DRAFT, site)
    ]
    return source.replace(dict.fromkeys(hidden))


def _within(source: Source, territory: Territory) -> Source:
    """Return a source without what belongs to other sites."""
    return source.replace({path: None for path in source if not territory.has(path)})


def _file_body() -> bytes:
    """Return the body, which must be a file of translations."""
    # A body that does not tell its length is cut off at the limit, without a word.
    request.max_content_length = EXCHANGE_BYTES + 1
    if request.mimetype not in ACCEPTED:
        raise UnsupportedMediaType
    raw = request.get_data(cache=True)
    if len(raw) > EXCHANGE_BYTES:
        raise RequestEntityTooLarge
    return raw


def _taken(
    author: Author, raw: bytes, *, draft: int | None, policy: str = "", locale: str = ""
) -> Outcome:
    """Write what a file says into a draft, opened only if there is something to write."""
    if draft is not None:
        row = opened(author, draft, Action.TRANSLATE)
        source = author.source(row)
        received = _received(source, author.territory(row, source), raw, policy, locale)
        _put(author, row, source, received)
        return _told(received, draft)
    site = _only_site()
    source = service.base_of(author.session, ledger.head_number(author.session) or None)
    territory = Territory(site, base=source, source=source)
    received = _received(source, territory, raw, policy, locale)
    if not received.edits:
        return _told(received, None)
    title = f"Translations of {received.policy} in {received.locale}"
    row = author.open(title=title, site=site)
    _put(author, row, source, received)
    return _told(received, row.id, is_new=True)


def _only_site() -> str | None:
    """Return the site whose texts the token translates; None for all of them.

    :raises BadQuery: If it is good for several, so that nobody knows which draft to open.
    """
    roots = principal().roots(Action.TRANSLATE)
    if len(roots) > 1:
        detail = "Name a draft; the token is good for several sites."
        raise BadQuery(detail, errors=[{"parameter": "draft", "detail": detail}])
    return roots[0]


def _received(
    source: Source, territory: Territory, raw: bytes, policy: str, locale: str
) -> Received:
    """Compare a file with the texts that whoever sends it may know."""
    return receive(_within(source, territory), raw, policy=policy, locale=locale)


def _put(author: Author, draft: DraftRow, source: Source, received: Received) -> None:
    """Write the entries of a file, unless somebody changed one since it was compared."""
    for path, entry in received.edits.items():
        author.put(draft, path, entry, unchanged(source.get(path)))


def _told(received: Received, draft: int | None, *, is_new: bool = False) -> Outcome:
    href = None if draft is None else url_for("drafts.get_draft", draft_id=draft)
    shown = {"draft": draft, "href": href, **received.to_json()}
    if href is None or not is_new:
        return outcome(shown)
    return outcome(shown, status=201, headers={"Location": href})
