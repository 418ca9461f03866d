"""How a draft stands in its review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from policy_api.domain.proof.canonical import digest
from policy_api.drafts.queries import DraftRow, ReviewRow


class Standing(StrEnum):
    """How a draft stands in its review."""

    NONE = "none"
    """Nobody asked for one."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"

    CHANGED = "changed"
    """It was edited after it was handed in or judged; no verdict covers that."""


def content_digest(draft: DraftRow, edits: Mapping[str, Any]) -> str:
    """Return the digest of what a draft would do."""
    return digest({"base_release": draft.base_release, "edits": dict(edits)})


def standing(reviews: Sequence[ReviewRow], *, content: str) -> Standing:
    """Return how a draft stands: by its newest verdict, if that is about what it says now."""
    if not reviews:
        return Standing.NONE
    newest = reviews[-1]
    return Standing(newest.verdict) if newest.content_digest == content else Standing.CHANGED
