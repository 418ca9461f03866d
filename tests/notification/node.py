"""The package that JavaScript receivers use, installed from its lock beside the tests."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parent / "javascript"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "javascript"
INSTALL_WITHIN = 120

Case = tuple[str, Mapping[str, str], str]
"""Secret, headers and body."""


@functools.cache
def packages() -> Path | None:
    """Return the folder with what the lock names, or None where it cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    names = sorted(file for file in FILES.iterdir() if file.is_file())
    version = hashlib.sha256(b"".join(file.read_bytes() for file in names)).hexdigest()[:16]
    folder = CACHE / version
    CACHE.mkdir(parents=True, exist_ok=True)
    # The processes of one test run install it once.
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder if (folder / "ready").exists() or _installed(folder) else None


def _installed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(FILES, folder)
    command = ["npm", "ci", "--no-progress", "--loglevel=error"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=INSTALL_WITHIN, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode == 0:
        (folder / "ready").touch()
    return done.returncode == 0


needs_node = pytest.mark.skipif(
    packages() is None, reason="node and npm are not here, or npm reaches no registry"
)


def verdicts(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return what the package makes of requests: ``accepted`` with the body, or ``refused``."""
    folder = packages()
    assert folder is not None
    done = subprocess.run(
        ["node", "verify.js"],  # noqa: S607 -- found by the caller's PATH
        cwd=folder,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
