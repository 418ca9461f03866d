"""Bundles: a source as YAML files, in a folder or a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from policy_api.domain.content.archive import Files, read_files
from policy_api.domain.content.faults import shown
from policy_api.domain.content.limits import PROBLEMS
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.content.yaml_reader import decoded, lines_of, read_yaml
from policy_api.domain.content.yaml_writer import yaml_text
from policy_api.domain.entries.base import ENTRY_KINDS, load_entry, path_problem
from policy_api.domain.entries.checks import check_source
from policy_api.errors import BadInput, Conflict, Problem

__all__ = ["Bundle", "Locations", "bundle_bytes", "check_source", "read_bundle", "write_bundle"]

SUFFIX: Final = ".yaml"
_OTHER_SUFFIXES: Final = (".yml", ".YAML", ".YML", ".json")
_FAMILIES: Final = frozenset(kind.template.partition("/")[0] for kind in ENTRY_KINDS)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3
_NAME_LENGTH: Final = 200
"""Characters of a file's name that a problem shows; a name may be anything."""


@dataclass(frozen=True, slots=True)
class Locations:
    """Where each part of each entry stands; looked up only when somebody asks."""

    texts: Mapping[str, str]
    """Entry path → text of its file."""

    top: str = ""
    """Folder that all files of the bundle lie in, with its slash."""

    def file(self, path: str) -> str:
        """Return the name of an entry's file."""
        return f"{self.top}{path}{SUFFIX}"

    def line(self, path: str, pointer: str = "") -> int | None:
        """Return the line of a part of an entry, or of the nearest part around it."""
        text = self.texts.get(path)
        if text is None:
            return None
        lines = _lines(text)
        while pointer and pointer not in lines:
            pointer = pointer.rpartition("/")[0]
        return lines.get(pointer)

    def placed(self, problem: Problem) -> Problem:
        """Return a problem of an entry with the file and the line it is in."""
        path = problem.file
        line = self.line(path, problem.pointer)
        return replace(problem, file=self.file(path), line=line)


@lru_cache(maxsize=8)
def _lines(text: str) -> dict[str, int]:
    return lines_of(text)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A source, and where in the files it was written."""

    source: Source
    locations: Locations

    def problems(self) -> tuple[Problem, ...]:
        """Return what does not fit together in the whole, with files and lines."""
        return in_order(map(self.locations.placed, check_source(self.source)))


def read_bundle(where: Path | bytes) -> Bundle:
    """Read a bundle from a folder, a zip file or the bytes of one.

    Each entry is checked by itself. What entries say about each other is not: a bundle may be
    part of a whole. See ``Bundle.problems``.

    :raises BadInput: With everything that is wrong, by file and line.
    """
    files = read_files(where)
    reading = _Reading(files)
    reading.read()
    if not files.found and not files.problems:
        reading.problems.append(Problem("The bundle is empty.", expected="YAML files of entries"))
    if reading.problems:
        raise BadInput(problems=in_order(reading.problems))
    return Bundle(Source.from_entries(reading.entries), reading.locations)


def write_bundle(source: Source, path: Path) -> None:
    """Write a source as files, into a new folder or (``.zip``) a new zip file.

    :raises Conflict: If something is there already.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise Conflict(f"There is something at {path.name} already.")
    if path.suffix == ".zip":
        path.write_bytes(bundle_bytes(source))
        return
    for name, text in bundle_files(source):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def bundle_bytes(source: Source) -> bytes:
    """Return a source as a zip; equal sources give equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in bundle_files(source):
            member = zipfile.ZipInfo(name, date_time=_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system, member.external_attr = _UNIX, _MODE
            archive.writestr(member, text.encode())
    return stream.getvalue()


def bundle_files(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every file of a source, in order.

    :raises BadInput: If something lies where no entry can be, and so no file of one.
    """
    problems = [problem for path in source.paths() if (problem := path_problem(path))]
    if problems:
        raise BadInput(problems=problems)
    for path in source.paths():
        yield f"{path}{SUFFIX}", yaml_text(_in_field_order(path, source.entries[path]))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by file and line."""
    known = dict.fromkeys(problems)
    return tuple(sorted(known, key=lambda each: (each.file, each.line or 0, each.pointer)))


def _in_field_order(path: str, entry: Entry) -> Entry:
    """Return an entry with its fields as the schema lists them.

    An entry of long ago may not fit today's schema; it is written as it is.
    """
    try:
        return load_entry(path, entry)
    except BadInput:
        return {name: entry[name] for name in sorted(entry)}


class _Reading:
    """Files on their way to entries."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.problems: list[Problem] = list(files.problems)
        self.entries: dict[str, Entry] = {}
        self.texts: dict[str, str] = {}
        self.top = _top_folder(files.found)
        self.locations = Locations(self.texts, self.top)

    def read(self) -> None:
        """Load every file; stops when there are more problems than anybody reads."""
        for name, raw in self.files.found.items():
            path = self._path(name)
            if path is not None:
                self._load(path, name, raw)
            if len(self.problems) >= PROBLEMS:
                self.problems = self.problems[:PROBLEMS]
                return

    def _path(self, name: str) -> str | None:
        """Return the path of the entry that a file is, or note why it is none."""
        inner = name.removeprefix(self.top)
        for suffix in _OTHER_SUFFIXES:
            if inner.endswith(suffix):
                right = shown(f"{inner.removesuffix(suffix)}{SUFFIX}", _NAME_LENGTH)
                detail = f"Files of entries end in {SUFFIX}."
                self._note(name, replace(Problem(detail), expected=f"the name {right}"))
                return None
        if not inner.endswith(SUFFIX):
            self._note(name, Problem("This is no entry.", expected=f"files that end in {SUFFIX}"))
            return None
        path = inner.removesuffix(SUFFIX)
        problem = path_problem(path)
        if problem is not None:
            self._note(name, problem)
        return path if problem is None else None

    def _load(self, path: str, name: str, raw: bytes) -> None:
        text, problem = decoded(raw, file=name)
        if problem is not None:
            self.problems.append(problem)
            return
        value, problems = read_yaml(text, file=name)
        self.problems += problems
        if problems:
            return
        self.texts[path] = text
        try:
            self.entries[path] = load_entry(path, value)
        except BadInput as error:
            placed = (replace(each, file=path) for each in error.problems)
            self.problems += map(self.locations.placed, placed)

    def _note(self, name: str, problem: Problem) -> None:
        self.problems.append(replace(problem, file=shown(name, _NAME_LENGTH)))


def _top_folder(names: Iterable[str]) -> str:
    """Return the one folder that everything lies in, or an empty text."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    flat = any("/" not in name for name in names)
    if flat or len(tops) != 1 or tops & _FAMILIES:
        return ""
    return f"{tops.pop()}/"
