"""The page that explains how to write a plugin shows one that works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.conftest import TIMELINE, Installation

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/write-a-plugin.md"
FILE = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = dict(FILE.findall(PAGE.read_text()))

TEST = "test_timeline.py"


def files() -> set[str]:
    found = (file for file in TIMELINE.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return {file.relative_to(TIMELINE).as_posix() for file in found}


def test_the_page_shows_every_file() -> None:
    assert set(SHOWN) == files() | {TEST}


@pytest.mark.parametrize("name", sorted(files()))
def test_the_page_shows_what_was_tried(name: str) -> None:
    assert SHOWN[name] == (TIMELINE / name).read_text()


def test_the_test_on_the_page_passes(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / TEST).write_text(SHOWN[TEST])

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path / TEST],
        env=installation.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert re.search(r"1[0-9] passed", done.stdout)
