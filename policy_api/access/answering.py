"""How management answers: for one client only, and once per idempotency key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from flask import Response, request
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access.doors import principal
from policy_api.access.idempotency import Outcome, Repeatable, checked_key, recall, remember
from policy_api.db.tx import retrying, writing
from policy_api.domain.proof.canonical import DIGEST_PREFIX

PRIVATE: Final = "private, no-store"
JSON: Final = "application/json; charset=utf-8"
KEY_HEADER: Final = "Idempotency-Key"

Work = Callable[[Session, datetime], Outcome]


def acted(work: Work) -> Response:
    """Do something in one write transaction and answer.

    A POST with an idempotency key is done once, however often it is sent.
    """
    outcome = retrying(lambda: _attempt(work))
    return private(outcome.body.encode(), status=outcome.status, headers=outcome.headers)


def outcome(
    value: object = None, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Outcome:
    """Return what to answer: a value as JSON, or nothing."""
    body = "" if value is None else orjson.dumps(value).decode()
    return Outcome(status=status, body=body, headers=dict(headers or {}))


def told(value: object, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a value as JSON."""
    return private(orjson.dumps(value), headers=headers)


def private(
    body: bytes,
    *,
    status: int = 200,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer in a way that nobody between the client and us keeps."""
    response = Response(body, status, content_type=media_type if body else None)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = PRIVATE
    return response


def etag(value: object) -> str:
    """Return the entity tag of a state, as a header spells it."""
    return f'"{hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]}"'


def page(
    items: list[dict[str, Any]], *, limit: int, following: Callable[[dict[str, Any]], str]
) -> dict[str, Any]:
    """Return a part of a list, and where it goes on.

    :param items: One more than the limit, if there are more.
    :param following: Gives the address that goes on behind an item.
    """
    shown = items[:limit]
    return {"items": shown, "next": following(shown[-1]) if len(items) > limit else None}


def _attempt(work: Work) -> Outcome:
    now = clock.now()
    repeatable = _repeatable()
    with writing() as session:
        if repeatable is None:
            return work(session, now)
        known = recall(session, repeatable, now=now)
        if known is not None:
            return known
        done = work(session, now)
        remember(session, repeatable, done)
        return done


def _repeatable() -> Repeatable | None:
    written = request.headers.get(KEY_HEADER)
    if written is None or request.method != "POST":
        return None
    told_ = hashlib.sha256(request.full_path.encode() + b"\n" + request.get_data(cache=True))
    return Repeatable(
        token_id=principal().actor.token_id or "",
        key=checked_key(written),
        request_digest=DIGEST_PREFIX + told_.hexdigest(),
    )
