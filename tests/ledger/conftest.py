"""A ledger with a small history in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from policy_api.domain.proof.signing import Signer
from tests.ledger.published import publish
from tests.proof.story import story


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.create(tmp_path / "key.pem")


@pytest.fixture
def published(session: Session, signer: Signer) -> Session:
    """Return a session on a ledger that holds the whole story."""
    for chapter in story():
        publish(session, chapter, signer=signer)
    return session
