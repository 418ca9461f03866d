"""Each worker has a core of its own, where there is one for each and nobody objects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
from policy_api.domain.proof.signing import Signer
from tests.speed.servers import serving

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Only Linux can pin."),
]
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


@pytest.fixture
def chosen(tmp_path: Path) -> Mapping[str, object]:
    """Return settings over an empty database."""
    url = f"sqlite:///{tmp_path / 'pinning.sqlite3'}"
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    key = tmp_path / "signing-key.pem"
    Signer.create(key)
    return {"data_dir": tmp_path, "database_url": url, "signing_key_file": key}


def cores_of_workers(folder: Path, **chosen: object) -> list[list[int]]:
    with serving(folder, **chosen) as server:
        return sorted(sorted(os.sched_getaffinity(each)) for each in server.workers())


def test_a_worker_for_each_core_stays_there(tmp_path: Path, chosen: Mapping[str, object]) -> None:
    found = cores_of_workers(tmp_path, web_concurrency=len(CORES), **chosen)

    assert found == [[core] for core in CORES]


def test_a_setting_lets_them_wander(tmp_path: Path, chosen: Mapping[str, object]) -> None:
    found = cores_of_workers(tmp_path, web_concurrency=len(CORES), pin_workers="false", **chosen)

    assert found == [CORES] * len(CORES)
