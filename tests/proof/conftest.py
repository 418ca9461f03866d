"""A history of four releases, sealed with a key of its own."""

from __future__ import annotations

import pytest

from policy_api.domain.proof.signing import Signer
from tests.proof.story import MemoryHistory, story


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer.create(tmp_path_factory.mktemp("keys") / "key.pem")


@pytest.fixture
def history(signer: Signer) -> MemoryHistory:
    return MemoryHistory(story(), signer)
