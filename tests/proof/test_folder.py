"""An exported history can be checked by anyone, and whatever is changed in it is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from policy_api.domain.proof.folder import FolderHistory, write_history
from policy_api.domain.proof.history import Damaged
from policy_api.domain.proof.verify import verify
from tests.proof.story import MemoryHistory, place


@pytest.fixture
def folder(history: MemoryHistory, tmp_path: Path) -> Path:
    write_history(history, tmp_path / "history")
    return tmp_path / "history"


def test_an_exported_history_holds(folder: Path) -> None:
    assert verify(FolderHistory(folder)) is None


def test_an_exported_history_tells_the_same_as_its_origin(
    folder: Path, history: MemoryHistory
) -> None:
    assert list(FolderHistory(folder).releases()) == history.stored


def test_an_export_never_mixes_with_another(history: MemoryHistory, folder: Path) -> None:
    with pytest.raises(FileExistsError):
        write_history(history, folder)


def test_an_export_stops_at_a_missing_source_object(history: MemoryHistory, tmp_path: Path) -> None:
    del history.objects[history.stored[2].record.source]

    with pytest.raises(Damaged, match="missing"):
        write_history(history, tmp_path / "again")


Edit = Callable[[dict[str, Any]], object]
FILE_EDITS: list[tuple[str, Edit, str]] = [
    (
        "releases/0003.json",
        lambda file: file["release"].update(actor="kim"),
        "releases/3/actor_digest",
    ),
    (
        "releases/0003.json",
        lambda file: file["seal"]["manifest"].update(kind="change"),
        "releases/3/manifest",
    ),
    (
        "releases/0003.json",
        lambda file: file["release"].update(published_at="2026-01-19T09:00:00"),
        "releases/3",
    ),
    ("releases/0003.json", lambda file: file.pop("seal"), "releases/0003.json"),
    ("releases/0003.json", lambda file: file["release"].pop("kind"), "releases/0003.json"),
    (
        "editions/forum/privacy/3/de.json",
        lambda file: file.update(policy="cookies"),
        "releases/3/versions/forum/privacy/3/editions/de/body",
    ),
    ("keys.json", lambda file: file["keys"].clear(), "releases/1/key_id"),
    ("keys.json", lambda file: file["keys"][0].update(crv="X25519"), "keys.json"),
    ("keys.json", lambda file: file["keys"][0].update(x="AAAA"), "keys.json"),
    ("keys.json", lambda file: file.clear(), "keys.json"),
]


@pytest.mark.parametrize(("name", "edit", "expected"), FILE_EDITS)
def test_a_changed_file_is_found(folder: Path, name: str, edit: Edit, expected: str) -> None:
    file = folder / name
    value = orjson.loads(file.read_bytes())
    edit(value)
    file.write_bytes(orjson.dumps(value))

    assert place(verify(FolderHistory(folder))) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("releases/0002.json", "releases/3"),
        ("editions/forum/privacy/3/de.json", "editions/forum/privacy/3/de.json"),
        ("keys.json", "keys.json"),
    ],
)
def test_a_missing_file_is_found(folder: Path, name: str, expected: str) -> None:
    (folder / name).unlink()

    assert place(verify(FolderHistory(folder))) == expected


def test_a_file_that_is_no_json_is_found(folder: Path) -> None:
    (folder / "releases" / "0001.json").write_text("{")

    assert place(verify(FolderHistory(folder))) == "releases/0001.json"


def test_an_edition_nobody_published_is_found(folder: Path) -> None:
    (folder / "editions" / "forum" / "privacy" / "1" / "fr.json").write_text("{}")

    assert place(verify(FolderHistory(folder))) == "editions/forum/privacy/1/fr.json"


def test_every_source_object_is_named_by_its_digest(folder: Path) -> None:
    for file in folder.glob("source/*.json"):
        file.write_bytes(file.read_bytes() + b" ")

    found = place(verify(FolderHistory(folder)))

    assert found is not None
    assert found.startswith("releases/1/source/sha256:")
