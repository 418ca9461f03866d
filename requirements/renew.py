#!/usr/bin/env python3
"""Resolve the locks of this folder anew, each within the one before; needs uv."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
OLDEST = "3.11"
EVERYTHING = ("--all-extras", "pyproject.toml")
LOCKS = {
    "run.txt": EVERYTHING,
    "build.txt": ("--group", "build", "-c", "requirements/run.txt"),
    "dev.txt": (*EVERYTHING, "--group", "dev", "-c", "requirements/run.txt"),
    "browser.txt": ("--group", "browser", "-c", "requirements/dev.txt"),
    "bench.txt": ("--group", "bench", "-c", "requirements/dev.txt"),
}


def main() -> None:
    """Write every lock."""
    if not shutil.which("uv"):
        raise SystemExit("Locking needs uv: https://docs.astral.sh/uv/")
    for name, sources in LOCKS.items():
        resolve(FOLDER / name, *sources)


def resolve(lock: Path, *sources: str) -> None:
    """Write one lock: wheels only, for every supported Python, without any address."""
    form = ["--universal", "--generate-hashes", "--only-binary", ":all:"]
    quiet = ["--quiet", "--no-header", "--no-annotate", "--no-emit-index-url"]
    quiet += ["--no-emit-find-links", "--python-version", OLDEST]
    command = ["uv", "pip", "compile", *form, *quiet, *sources, "-o", str(lock)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=FOLDER.parent)
    if re.search(r"://|^-", lock.read_text(), re.MULTILINE):
        raise SystemExit(f"{lock.name} holds an address; it must not.")


if __name__ == "__main__":
    main()
