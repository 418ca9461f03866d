"""Comparing contents, told briefly enough to be read in a test."""

from __future__ import annotations

from policy_api.domain.changes.compare import compare
from policy_api.domain.changes.types import Change, Significance
from tests.domain.contents import Content, content

Brief = tuple[str, str, str, Significance]


def brief(change: Change) -> Brief:
    """Return what a test usually looks at."""
    return change.type, change.op.value, change.path, change.significance


def since(before: Content, after: Content) -> list[Brief]:
    return [brief(change) for change in compare(before, after)]


def now(after: Content) -> list[Brief]:
    """Return what changed from the usual content."""
    return since(content(), after)


def only(after: Content, before: Content | None = None) -> Change:
    """Return the one change from the usual content."""
    (change,) = compare(content() if before is None else before, after)
    return change
