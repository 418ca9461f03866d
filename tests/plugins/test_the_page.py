"""The page that explains how to write a plugin shows one that works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.conftest import CHAT, TIMELINE, Installation

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/write-a-plugin.md"
FILE = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = dict(FILE.findall(PAGE.read_text()))

TESTS = {"test_timeline.py": r"1[0-9] passed", "chat/test_chat.py": r"[34][0-9] passed"}


def files() -> dict[str, Path]:
    """Return every file of both plugins by the name that the page gives it."""
    found = {}
    for folder, prefix in ((TIMELINE, ""), (CHAT, "chat/")):
        for file in folder.rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                found[f"{prefix}{file.relative_to(folder).as_posix()}"] = file
    return found


def test_the_page_shows_every_file() -> None:
    assert set(SHOWN) == set(files()) | set(TESTS)


@pytest.mark.parametrize("name", sorted(files()))
def test_the_page_shows_what_was_tried(name: str) -> None:
    assert SHOWN[name] == files()[name].read_text()


@pytest.mark.parametrize("name", TESTS)
def test_the_test_on_the_page_passes(installation: Installation, tmp_path: Path, name: str) -> None:
    test = tmp_path / Path(name).name
    test.write_text(SHOWN[name])

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        env=installation.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert re.search(TESTS[name], done.stdout)
