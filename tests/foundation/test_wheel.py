"""A wheel holds everything the program needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from policy_api.resources import data_dir

ROOT = data_dir("policy_api").parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = place.glob("*.whl")
    return zipfile.ZipFile(made).namelist()


def files_of(directory: str, pattern: str) -> set[str]:
    return {file.relative_to(ROOT).as_posix() for file in (ROOT / directory).glob(pattern)}


def test_it_holds_every_module(wheel: list[str]) -> None:
    assert files_of("policy_api", "**/*.py") <= set(wheel)
    assert "policy_api/py.typed" in wheel


def test_it_holds_what_lies_beside_the_package(wheel: list[str]) -> None:
    beside = {
        "gunicorn.conf.py",
        *files_of("migrations", "**/*.py"),
        *files_of("sample", "**/*.yaml"),
    }

    assert {f"policy_api/_bundled/{name}" for name in beside} <= set(wheel)


def test_its_catalogues_are_compiled(wheel: list[str]) -> None:
    sources = files_of("translations", "*/LC_MESSAGES/*.po")
    compiled = {str(Path("policy_api/_bundled", name).with_suffix(".mo")) for name in sources}

    assert compiled <= set(wheel)
    assert not [name for name in wheel if name.endswith((".po", ".pyc"))]


def test_it_holds_no_tests_and_no_tools(wheel: list[str]) -> None:
    tops = {Path(name).parts[0] for name in wheel if ".dist-info/" not in name}

    assert tops == {"policy_api"}
