"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import policy_api
from docs import generate
from policy_api.errors import error_kinds
from policy_api.resources import data_dir
from policy_api.settings import Settings

PACKAGE = data_dir("policy_api")
ROOT = PACKAGE.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
EMPTY_WORDS = "utils? helpers? common manager handler processor data info misc"
EMPTY_NAME = re.compile(rf"(?:{'|'.join(EMPTY_WORDS.split())})|(?:do|process)_.*")
NAMED_BY_SQLALCHEMY = {"process_bind_param", "process_result_value"}
EMPTY_CLASS = re.compile(r".*(?:Utils?|Helpers?|Manager|Handler|Processor)")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError|pytest\.skip|mark\.skip)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    found = [ROOT / "dev", *ROOT.glob("*.py")]
    for directory in ("policy_api", "tests", "docs", "migrations"):
        found += (ROOT / directory).rglob("*.py")
    return sorted(path for path in found if path.exists())


def rooms() -> list[str]:
    """Return every room and every file on the floors, as ARCHITECTURE.md names them."""
    places = [*PACKAGE.iterdir(), *(PACKAGE / "domain").iterdir()]
    names = [f"{place.name}/" for place in places if (place / "__init__.py").exists()]
    modules = [place.name for place in places if place.suffix == ".py"]
    return sorted({*names, *modules} - {"__init__.py"})


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_empty(name: str) -> bool:
    return bool(EMPTY_NAME.fullmatch(name)) and name not in NAMED_BY_SQLALCHEMY


def test_no_file_is_too_long_to_read_in_one_go() -> None:
    lengths = {shown(path): len(path.read_text().splitlines()) for path in sources()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long_to_see_at_once() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in sources()
        for node in nodes(path)
        if isinstance(node, Function)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]

    assert long == []


def test_no_name_is_empty_of_meaning() -> None:
    files = [shown(path) for path in sources() if EMPTY_NAME.fullmatch(path.stem)]
    names = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in sources()
        for node in nodes(path)
        if (isinstance(node, Function) and is_empty(node.name))
        or (isinstance(node, ast.ClassDef) and EMPTY_CLASS.fullmatch(node.name))
    ]

    assert files + names == []


def test_nothing_is_left_for_later() -> None:
    later = [
        f"{shown(path)}:{number}"
        for path in sources()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]

    assert later == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        shown(path)
        for path in PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_every_package_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}

    assert [shown(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_tables_are_read_only_by_the_room_that_owns_them() -> None:
    intruders = [
        f"{shown(path)} imports {imported}"
        for path in PACKAGE.rglob("*.py")
        if path != PACKAGE / "app.py"
        for imported in imported_modules(path)
        if (found := re.match(r"policy_api\.(\w+)\.models\b", imported))
        and found[1] != path.relative_to(PACKAGE).parts[0]
    ]

    assert intruders == []


def imported_modules(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_two_problems_share_a_slug() -> None:
    for module in pkgutil.walk_packages(policy_api.__path__, "policy_api."):
        importlib.import_module(module.name)

    counted = Counter(kind.slug for kind in error_kinds())

    assert [slug for slug, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("room", rooms())
def test_architecture_shows_the_way_to_every_room(room: str) -> None:
    assert f"`{room}`" in (ROOT / "ARCHITECTURE.md").read_text()


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_says_what_the_program_says(name: str) -> None:
    written = (generate.REFERENCE / name).read_text()

    assert written == generate.PAGES[name](), "Run ./dev docs."


@pytest.mark.parametrize("name", Settings.__dataclass_fields__)
def test_every_setting_is_explained(name: str) -> None:
    assert f"`POLICY_API_{name.upper()}`" in generate.settings_page()
