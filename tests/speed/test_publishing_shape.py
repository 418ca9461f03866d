"""The short form of the measurement of publishing: the shape of its figures, no time."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.sqlite_only
def test_publishing_keeps_its_shape() -> None:
    command = [sys.executable, "-m", "benchmarks.publishing.bench", "--short"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "of JSON" in done.stdout
