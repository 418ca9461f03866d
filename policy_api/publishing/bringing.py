"""Bring a history along: publish the releases of a ``history.yaml`` with their own dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from policy_api.domain.content.source import Source
from policy_api.drafts.stamping import stamp
from policy_api.errors import Conflict
from policy_api.ledger import queries
from policy_api.publishing.history_file import read_history
from policy_api.publishing.service import Published, Publisher, publish


def bring_history(
    session: Session, folder: Path, *, publisher: Publisher, now: datetime
) -> Iterator[Published]:
    """Publish a history into an empty ledger, release by release.

    Dates of the past are only believed here: once anything is published, a release carries the
    time at which it was really made.

    :param now: What ``now`` means in the history.
    :raises Conflict: If something is published already.
    :raises BadInput: With every problem of a file.
    """
    if queries.head_number(session):
        raise Conflict("Something is published already; a history can only come first.")
    base: Source | None = None
    for number, step in enumerate(read_history(folder, now=now)):
        source, _ = stamp(step.source, base)
        yield publish(
            session,
            source=source,
            base=number,
            announcement=step.announcement,
            publisher=publisher,
            now=step.published_at,
        )
        base = source
