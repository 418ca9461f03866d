"""A history as a folder of JSON files, to be checked by anyone, anywhere.

``releases/0001.json``: what a release stored, and its seal. ``editions/{site}/{policy}/{version}/
{locale}.json``: content. ``source/sha256-….json``: canonical JSON, named by its digest.
``keys.json``: the public keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from policy_api.domain.proof.canonical import canonical_json, instant_text
from policy_api.domain.proof.history import (
    MISSHAPEN,
    Damaged,
    History,
    Progress,
    StoredEdition,
    StoredRelease,
    silent,
)
from policy_api.domain.proof.records import (
    DirectoryRecord,
    ReleaseRecord,
    Seal,
    StateRecord,
    UnitChangeRecord,
    VersionName,
    VersionRecord,
)
from policy_api.domain.proof.signing import PublicKey, key_set, keys_by_id
from policy_api.errors import BadInput


class FolderHistory:
    """An exported history."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self) -> Mapping[str, PublicKey]:
        """Return the public keys the folder brings along."""
        try:
            return keys_by_id(self._json("keys.json"))
        except BadInput as error:
            raise Damaged("keys.json", str(error)) from error

    def releases(self) -> Iterator[StoredRelease]:
        """Read the releases one after the other."""
        files = self._path.glob("releases/*.json")
        for file in sorted(files, key=lambda file: (len(file.stem), file.stem)):
            place = f"releases/{file.name}"
            try:
                yield _stored_release(self._json(place))
            except MISSHAPEN as error:
                raise Damaged(place, f"{type(error).__name__}: {error}") from error

    def edition(self, version: VersionRecord, locale: str) -> StoredEdition:
        """Read an edition."""
        return StoredEdition(content=self._read(_edition_file(version, locale)))

    def source_object(self, digest: str) -> bytes | None:
        """Read a source object."""
        file = _source_file(digest)
        return self._read(file) if (self._path / file).exists() else None

    def strays(self) -> Iterator[str]:
        """Find edition files that no release names."""
        named = {
            _edition_file(version, locale)
            for stored in self.releases()
            for version in stored.record.versions
            for locale in version.editions
        }
        for file in sorted(self._path.glob("editions/**/*.json")):
            place = file.relative_to(self._path).as_posix()
            if place not in named:
                yield place

    def _json(self, place: str) -> Any:  # noqa: ANN401 -- whatever is in the file
        try:
            return orjson.loads(self._read(place))
        except orjson.JSONDecodeError as error:
            raise Damaged(place, str(error)) from error

    def _read(self, place: str) -> bytes:
        try:
            return (self._path / place).read_bytes()
        except OSError as error:
            raise Damaged(place, error.strerror or type(error).__name__) from error


def write_history(history: History, path: Path, *, progress: Progress = silent) -> None:
    """Write a history into a folder.

    :raises FileExistsError: If there is one already; two histories must not mix.
    :raises Damaged: If something of it cannot be read.
    """
    path.mkdir(parents=True)
    _write(path / "keys.json", _pretty(key_set(history.keys().values())))
    for stored in history.releases():
        progress(stored.record.number)
        number = f"{stored.record.number:04}"
        _write(path / "releases" / f"{number}.json", _pretty(_release_json(stored)))
        for version in stored.record.versions:
            for locale in version.editions:
                content = history.edition(version, locale).content
                _write(path / _edition_file(version, locale), content)
        for state in stored.record.states:
            _write_source(history, state.source, path)
        _write_source(history, stored.record.source, path)


def _write_source(history: History, source: str, path: Path) -> None:
    if (path / _source_file(source)).exists():
        return
    manifest = _source_object(history, source)
    for entry in orjson.loads(manifest).values():
        if not (path / _source_file(entry)).exists():
            _write(path / _source_file(entry), _source_object(history, entry))
    _write(path / _source_file(source), manifest)


def _source_object(history: History, digest: str) -> bytes:
    raw = history.source_object(digest)
    if raw is None:
        raise Damaged(f"source/{digest}", "missing")
    return raw


def _write(file: Path, raw: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw)


def _pretty(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _edition_file(version: VersionRecord, locale: str) -> str:
    return f"editions/{version.site}/{version.policy}/{version.number}/{locale}.json"


def _source_file(digest: str) -> str:
    return f"source/{digest.replace(':', '-')}.json"


def _release_json(stored: StoredRelease) -> dict[str, Any]:
    """Return a release as its file."""
    seal = asdict(stored.seal)
    return {
        "release": _instants_as_text(asdict(stored.record)),
        "seal": {**seal, "manifest": orjson.loads(stored.seal.manifest)},
    }


def _instants_as_text(value: Any) -> Any:  # noqa: ANN401 -- JSON with instants in it
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Mapping):
        return {key: _instants_as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_instants_as_text(item) for item in value]
    return value


def _stored_release(file: Mapping[str, Any]) -> StoredRelease:
    """Read a release from its file."""
    seal, release = file["seal"], dict(file["release"])
    release |= _instants(release)
    release["waivers"] = tuple(release["waivers"])
    release["states"] = tuple(StateRecord(**_dated(row)) for row in release["states"])
    release["directory"] = tuple(DirectoryRecord(**_dated(row)) for row in release["directory"])
    release["withdrawn"] = tuple(VersionName(**row) for row in release["withdrawn"])
    release["unit_changes"] = tuple(UnitChangeRecord(**row) for row in release["unit_changes"])
    release["versions"] = tuple(_version(row) for row in release["versions"])
    return StoredRelease(
        record=ReleaseRecord(**release),
        seal=Seal(**{**seal, "manifest": canonical_json(seal["manifest"])}),
    )


def _version(row: Mapping[str, Any]) -> VersionRecord:
    return VersionRecord(**{**_dated(row), "changes": tuple(row["changes"])})


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **_instants(row)}


def _instants(row: Mapping[str, Any]) -> dict[str, datetime]:
    return {
        name: datetime.fromisoformat(row[name])
        for name in ("published_at", "effective_at")
        if name in row
    }
