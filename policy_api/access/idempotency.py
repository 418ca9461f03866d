"""Remembered answers: a request that is sent again gets the answer of the first time.

The answer is stored in the transaction of the act. After a crash either both are there or
neither is, so whoever lost the answer may always send the request again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Insert, Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from policy_api.access.models import RememberedAnswer
from policy_api.access.refusals import KeyReused
from policy_api.errors import BadInput, Problem

KEPT_FOR: Final = timedelta(days=7)
_KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a request is answered with."""

    status: int

    body: str = ""
    """JSON as it is sent, or nothing."""

    headers: Mapping[str, str] = field(default_factory=dict)

    kept: str | None = None
    """What to remember instead of the body, where that holds a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatable:
    """A request that may come more than once."""

    token_id: str
    key: str
    request_digest: str


def checked_key(written: str) -> str:
    """Return an idempotency key in the one form in which it is compared.

    :raises BadInput: If it is empty, too long or not printable.
    """
    key = written.strip().strip('"')
    if _KEY.fullmatch(key) is None:
        problem = Problem("Idempotency-Key must have 1 to 200 printable ASCII characters.")
        raise BadInput(problems=[problem])
    return key


def recall(session: Session, request: Repeatable, *, now: datetime) -> Outcome | None:
    """Return the answer of the first time, or None if this is the first time.

    The key is taken at once: a twin that arrives meanwhile waits for this transaction.

    :raises KeyReused: If the first request under this key was another one.
    """
    session.execute(
        delete(RememberedAnswer).where(RememberedAnswer.created_at < now - KEPT_FOR),
        execution_options={"synchronize_session": False},
    )
    taken = session.execute(_taking(session, request, now)).first()
    if taken is not None:
        return None
    found = session.scalars(_of(request)).one()
    if found.request_digest != request.request_digest:
        raise KeyReused("Send another request under another key.")
    answer: Mapping[str, Any] = found.answer or {}
    return Outcome(status=answer["status"], headers=answer["headers"], body=answer["body"])


def remember(session: Session, request: Repeatable, outcome: Outcome) -> None:
    """Store the answer to a request, in the transaction of what it did."""
    session.scalars(_of(request)).one().answer = {
        "status": outcome.status,
        "headers": dict(outcome.headers),
        "body": outcome.body if outcome.kept is None else outcome.kept,
    }
    session.flush()


def _of(request: Repeatable) -> Select[RememberedAnswer]:
    return select(RememberedAnswer).where(
        RememberedAnswer.token_id == request.token_id, RememberedAnswer.key == request.key
    )


def _taking(session: Session, request: Repeatable, now: datetime) -> Insert:
    """Return the statement that takes a key, unless it is taken."""
    is_sqlite = session.connection().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    return (
        insert(RememberedAnswer)
        .values(
            token_id=request.token_id,
            key=request.key,
            request_digest=request.request_digest,
            created_at=now,
            answer=None,
        )
        .on_conflict_do_nothing()
        .returning(RememberedAnswer.key)
    )
