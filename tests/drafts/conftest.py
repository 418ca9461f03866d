"""Drafts on a ledger that holds one release."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from tests.access.people import editor, releases, someone
from tests.domain.sources import source

Publish = Callable[[Source], int]


@pytest.fixture
def publishes(session: Session, now: datetime, tmp_path: Path) -> Publish:
    """Return a function that publishes a source and returns its release."""
    publisher = Publisher(actor="editor", signer=Signer.create(tmp_path / "key.pem"))

    def published(wanted: Source) -> int:
        with writing(session):
            done = publish(
                session,
                source=wanted,
                base=queries.head_number(session),
                announcement=Announcement(),
                publisher=publisher,
                now=now,
            )
        return done.release

    return published


@pytest.fixture
def release(publishes: Publish) -> int:
    """Publish the small source."""
    return publishes(source())


__all__ = ["editor", "releases", "someone"]
