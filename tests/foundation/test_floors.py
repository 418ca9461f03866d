"""No release of a library with a known weakness can be installed, by the locks or beside them."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from policy_api.db.engine import SAFE_WAL, sqlite_driver
from policy_api.resources import data_dir

ROOT = data_dir("policy_api").parent

FLOORS = {
    "babel": "2.9.1",
    "flask": "3.1.3",
    "gunicorn": "26.1",
    "jinja2": "3.1.6",
    "marshmallow": "4.1.2",
    "nh3": "0.3",
    "werkzeug": "3.1.9",
}
"""Libraries we ask for by name → the first release without the weaknesses that are known."""

FLOORS_OF_OTHERS = {"requests": "2.33.0", "urllib3": "2.7.0", "authlib": "1.6.11"}
"""The same for what only others may ask for."""

UNWANTED = {"flask-caching", "flask-cors", "mistune"}
"""Libraries with a history of holes in what we would use them for; we do without."""

PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, Version]:
    text = (ROOT / "requirements" / lock).read_text()
    return {name: Version(version) for name, version in PIN.findall(text)}


def lowest(name: str) -> Version:
    """Return the lowest release that the project accepts of a library."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {found.name: found for found in map(Requirement, project["dependencies"])}
    return min(Version(each.version) for each in asked[name].specifier if each.operator == ">=")


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_nothing_below_a_floor_is_accepted(name: str, floor: str) -> None:
    assert lowest(name) >= Version(floor)


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_nothing_below_a_floor_is_locked(lock: str) -> None:
    locked = pins(lock)
    floors = {**FLOORS, **FLOORS_OF_OTHERS}

    below = {name for name in floors.keys() & locked.keys() if locked[name] < Version(floors[name])}

    assert locked.keys() >= FLOORS.keys()
    assert below == set()


def test_nothing_unwanted_is_installed_with_the_program() -> None:
    assert not UNWANTED & pins("run.txt").keys()


def test_every_wheel_of_a_lock_is_known_by_its_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=\S)", lock.read_text().strip())

        assert not [block.split()[0] for block in blocks if "--hash=sha256:" not in block]


@pytest.mark.skipif("pysqlite3" not in sqlite_driver().__name__, reason="no wheel for this machine")
def test_the_sqlite_that_is_installed_is_safe_with_several_processes() -> None:
    assert sqlite_driver().sqlite_version_info >= SAFE_WAL
