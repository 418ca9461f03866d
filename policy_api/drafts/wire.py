"""Drafts as the API shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from policy_api.domain.content.source import Source
from policy_api.domain.proof.canonical import instant_text
from policy_api.drafts import queries
from policy_api.drafts.queries import DraftRow, ReviewRow
from policy_api.drafts.standing import content_digest, standing
from policy_api.drafts.territory import Territory

Json = dict[str, Any]


def draft_line(draft: DraftRow) -> Json:
    """Return a draft as a list shows it."""
    return {
        "id": draft.id,
        "title": draft.title,
        "site": draft.site,
        "state": draft.state,
        "base_release": draft.base_release,
        "release": draft.release,
        "created_at": instant_text(draft.created_at),
        "created_by": draft.created_by,
        "href": url_for("drafts.get_draft", draft_id=draft.id),
    }


def draft_json(session: Session, draft: DraftRow) -> Json:
    """Return a draft with what it edits and how its review stands."""
    edits = queries.edits(session, draft_id=draft.id)
    reviews = queries.reviews(session, draft_id=draft.id)
    content = content_digest(draft, edits)
    return {
        **draft_line(draft),
        "digest": content,
        "authors": list(queries.authors(session, draft_id=draft.id)),
        "edits": [
            {"path": path, "op": "remove" if entry is None else "put"}
            for path, entry in edits.items()
        ],
        "review": standing(reviews, content=content).value,
        "reviews": [_review(found, content) for found in reviews],
    }


def entries_json(
    draft: DraftRow, source: Source, territory: Territory, *, edited: set[str], after: str | None
) -> Iterator[Json]:
    """Yield the entries of a draft's source by path, as far as they are the draft's to see.

    :param after: Only those behind this path.
    """
    for path in sorted(source):
        if territory.has(path) and (after is None or path > after):
            yield {
                "path": path,
                "digest": source.digests[path],
                "edited": path in edited,
                "href": url_for("drafts.get_entry", draft_id=draft.id, path=path),
            }


def _review(found: ReviewRow, content: str) -> Json:
    return {
        "verdict": found.verdict,
        "by": found.name,
        "at": instant_text(found.at),
        "comment": found.comment,
        "is_current": found.content_digest == content,
    }
