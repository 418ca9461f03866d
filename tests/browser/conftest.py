"""One server with the sample and one browser for all tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, browser
from tests.speed.servers import serving


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a server with the sample, loaded just now."""
    folder = tmp_path_factory.mktemp("browsed")
    ours = {**os.environ, "POLICY_API_DATA_DIR": str(folder)}
    program = Path(sys.executable).with_name("policy-api")
    subprocess.run([program, "init", "--sample"], env=ours, check=True, capture_output=True)
    with serving(folder, data_dir=folder) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Yield a browser that sees this machine and nothing else.

    For one file at a time: what drives it keeps an event loop running, and beside that no other
    test of the same process could run one of its own.
    """
    with browser() as running:
        yield running
