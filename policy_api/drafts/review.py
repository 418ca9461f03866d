"""Review: what was written by one is read by another before it goes out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from policy_api.access.principal import Principal
from policy_api.access.refusals import NotAllowed
from policy_api.drafts import queries, service
from policy_api.drafts.queries import DraftRow, ReviewRow
from policy_api.drafts.standing import Standing, content_digest, standing
from policy_api.errors import Conflict


def standing_of(session: Session, draft: DraftRow) -> Standing:
    """Return how a draft stands in its review."""
    content = content_digest(draft, queries.edits(session, draft_id=draft.id))
    return standing(queries.reviews(session, draft_id=draft.id), content=content)


def submit(
    session: Session, draft: DraftRow, *, comment: str, by: Principal, now: datetime
) -> None:
    """Hand a draft in for review.

    :raises Conflict: If there is nothing to review, or it is handed in already.
    """
    if not queries.edits(session, draft_id=draft.id):
        raise Conflict("The draft edits nothing.")
    if standing_of(session, draft) in {Standing.SUBMITTED, Standing.APPROVED}:
        raise Conflict("The draft is handed in already.")
    _add(session, draft, Standing.SUBMITTED, comment=comment, by=by, now=now)


def judge(
    session: Session,
    draft: DraftRow,
    verdict: Standing,
    *,
    comment: str,
    by: Principal,
    now: datetime,
) -> None:
    """Approve a draft or send it back.

    :param verdict: ``APPROVED`` or ``REJECTED``.
    :raises NotAllowed: If the reviewer is the only one who worked on it.
    :raises Conflict: If it is not handed in as it stands.
    """
    authors = queries.authors(session, draft_id=draft.id) or (draft.created_by,)
    if is_only_author(by.name, authors):
        raise NotAllowed("Somebody else must review what only you have written.")
    found = standing_of(session, draft)
    if found is not Standing.SUBMITTED:
        raise Conflict("The draft is not handed in for review as it stands.", review=found.value)
    _add(session, draft, verdict, comment=comment, by=by, now=now)


def is_only_author(name: str, authors: Iterable[str]) -> bool:
    """Tell whether nobody but one person worked on something; how a name is spelt hides nobody."""
    return {_plain(author) for author in authors} <= {_plain(name)}


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _add(
    session: Session,
    draft: DraftRow,
    verdict: Standing,
    *,
    comment: str,
    by: Principal,
    now: datetime,
) -> None:
    content = content_digest(draft, queries.edits(session, draft_id=draft.id))
    review = ReviewRow(
        verdict=verdict.value, name=by.name, at=now, comment=comment, content_digest=content
    )
    service.add_review(session, draft_id=draft.id, review=review)
