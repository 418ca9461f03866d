"""A publisher and short ways to publish the small source of the domain's tests."""

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
from policy_api.publishing.service import Published, Publisher, publish
from tests.access.people import editor, ledger, releases, someone

Publish = Callable[..., Published]


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(actor="A. Publisher", signer=Signer.load_or_create(tmp_path / "key.pem"))


@pytest.fixture
def release(session: Session, publisher: Publisher, now: datetime) -> Publish:
    """Return a function that publishes a source on the newest release."""

    def make(source: Source, *, at: datetime = now, **told: object) -> Published:
        with writing(session):
            return publish(
                session,
                source=source,
                base=queries.head_number(session),
                announcement=Announcement(**told),  # type: ignore[arg-type]
                publisher=publisher,
                now=at,
            )

    return make


__all__ = ["editor", "ledger", "releases", "someone"]
