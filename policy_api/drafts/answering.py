"""How the doors of drafts answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import orjson
from flask import Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

from policy_api import clock
from policy_api.access.answering import acted, etag, outcome
from policy_api.access.doors import principal
from policy_api.access.idempotency import Outcome
from policy_api.access.scopes import Action
from policy_api.db.base import db
from policy_api.domain.content.limits import BUNDLE_BYTES
from policy_api.drafts import queries
from policy_api.drafts.authoring import Author
from policy_api.drafts.preconditions import Precondition
from policy_api.drafts.queries import DraftRow
from policy_api.drafts.service import ImportedDraft
from policy_api.drafts.standing import Standing
from policy_api.drafts.wire import draft_json
from policy_api.web.api import BadBody

DRAFT: Final = "/v1/drafts/<number:draft_id>"
ZIP: Final = "application/zip"


def reading() -> Author:
    """Return the token at work, to look at drafts."""
    return Author(session=db.session(), by=principal(), now=clock.now())


def authored(work: Callable[[Author], Outcome]) -> Response:
    """Let the token at work do something to drafts."""

    def act(session: Session, now: datetime) -> Outcome:
        return work(Author(session=session, by=principal(), now=now))

    return acted(act)


def opened(author: Author, draft_id: int, *actions: Action) -> DraftRow:
    """Return an open draft, if it is what the request says it starts from."""
    draft = author.open_draft(draft_id, *actions)
    Precondition.of_request().check_stated(etag(draft_json(author.session, draft)))
    return draft


def judged(draft_id: int, verdict: Standing, *, comment: str) -> Response:
    """Judge a draft and answer with it."""

    def work(author: Author) -> Outcome:
        draft = opened(author, draft_id, Action.REVIEW)
        author.judge(draft, verdict, comment=comment)
        return draft_outcome(author.session, draft_id)

    return authored(work)


def draft_outcome(session: Session, draft_id: int, *, status: int = 200) -> Outcome:
    """Answer with a draft as it is now."""
    draft = queries.draft(session, draft_id)
    shown = {} if draft is None else draft_json(session, draft)
    headers = {"ETag": etag(shown)}
    if status == HTTPStatus.CREATED:
        headers["Location"] = url_for("drafts.get_draft", draft_id=draft_id)
    return outcome(shown, status=status, headers=headers)


def imported_outcome(imported: ImportedDraft) -> Outcome:
    """Answer with the draft that an import or a revert made."""
    href = url_for("drafts.get_draft", draft_id=imported.draft)
    shown = {
        "draft": imported.draft,
        "base_release": imported.base_release,
        "edits": list(imported.edits),
        "stamped": imported.stamped,
        "href": href,
    }
    return outcome(shown, status=201, headers={"Location": href})


def json_object() -> dict[str, Any]:
    """Return the body, which must be a JSON object.

    :raises BadBody: If it is something else.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        found = orjson.loads(request.get_data(cache=True))
    except orjson.JSONDecodeError as error:
        raise BadBody(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from error
    if not isinstance(found, dict):
        raise BadBody("An entry is an object with fields.")
    return found


def zip_body() -> bytes:
    """Return the body, which must be a zip."""
    request.max_content_length = BUNDLE_BYTES
    if request.mimetype != ZIP:
        raise UnsupportedMediaType
    return request.get_data(cache=True)
