"""The files of a bundle, read from a folder or a zip that nobody has to trust."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from policy_api.domain.content.faults import shown
from policy_api.domain.content.limits import (
    BUNDLE_BYTES,
    COMPRESSION_RATIO,
    FILE_BYTES,
    FILES,
    PROBLEMS,
)
from policy_api.errors import Problem

_DEPTH: Final = 12
_CHUNK: Final = 64 * 1024
_ENCRYPTED: Final = 0x1
_LOCAL_HEADER: Final = 30
_LONGEST_RECORD: Final = 600
"""Bytes that one file may take in a zip's directory; paths of entries are far shorter."""

_END: Final = b"PK\x05\x06"
_END_LENGTH: Final = 22
_LONGEST_COMMENT: Final = 65_535
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IGNORED: Final = frozenset({"README.md", "LICENSE", "__MACOSX"})


class TooMuch(Exception):
    """A bundle is larger than any bundle is; reading stops at once."""


@dataclass(slots=True)
class Files:
    """What was found: the bytes of every file by name, and what could not be taken."""

    found: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, raw: bytes) -> None:
        """Keep a file.

        :raises TooMuch: If the bundle has become too large.
        """
        self.found[name] = raw
        self.size += len(raw)
        if self.size > BUNDLE_BYTES:
            self.refuse("", "The bundle is too large.", f"at most {BUNDLE_BYTES >> 20} MiB")
            raise TooMuch
        if len(self.found) > FILES:
            self.refuse("", "The bundle has too many files.", f"at most {FILES}")
            raise TooMuch

    def refuse(self, file: str, detail: str, expected: str) -> None:
        """Note why something was not taken.

        :raises TooMuch: If there is no end of it.
        """
        self.problems.append(Problem(detail, file=shown(file, 200), expected=expected))
        if len(self.problems) >= PROBLEMS:
            raise TooMuch


def read_files(where: Path | bytes) -> Files:
    """Read the files of a folder, of a zip file, or of a zip's bytes.

    README.md, LICENSE and names that begin with a dot are passed over.
    """
    files = Files()
    try:
        if isinstance(where, bytes):
            _read_zip(io.BytesIO(where), len(where), files)
        elif where.is_dir():
            for name, entry in _walk(where, "", 0, files):
                _read_file(name, entry, files)
        elif where.is_file():
            with where.open("rb") as stream:
                _read_zip(stream, where.stat().st_size, files)
        else:
            files.refuse(where.name, "There is no such folder or file.", "a folder or a zip")
    except TooMuch:
        files.found.clear()
    return files


def is_ignored(name: str) -> bool:
    """Tell whether some step of a name says that the file is no entry."""
    steps = name.split("/")
    if {".", ".."} & set(steps):
        return False
    return any(step.startswith(".") or step in _IGNORED for step in steps)


def _walk(
    folder: Path, prefix: str, depth: int, files: Files
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    if depth > _DEPTH:
        files.refuse(prefix, "The folders are nested too deep.", "sites/, policies/ and so on")
        return
    with os.scandir(folder) as listing:
        members = sorted(listing, key=lambda member: member.name)
    for member in members:
        name = f"{prefix}{member.name}"
        if is_ignored(member.name):
            continue
        if member.is_symlink():
            files.refuse(name, "This is a symbolic link.", "the file itself")
        elif member.is_dir(follow_symlinks=False):
            yield from _walk(folder / member.name, f"{name}/", depth + 1, files)
        elif member.is_file(follow_symlinks=False):
            yield name, member
        else:
            files.refuse(name, "This is neither a file nor a folder.", "an ordinary file")


def _read_file(name: str, entry: os.DirEntry[str], files: Files) -> None:
    try:
        descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            raw = stream.read(FILE_BYTES + 1)
    except OSError as error:
        files.refuse(name, f"The file cannot be read: {error.strerror}.", "a readable file")
        return
    _keep(name, raw, files)


def _keep(name: str, raw: bytes, files: Files) -> None:
    if len(raw) > FILE_BYTES:
        files.refuse(name, "The file is too large.", f"at most {FILE_BYTES >> 20} MiB")
    else:
        files.add(name, raw)


def _read_zip(stream: IO[bytes], size: int, files: Files) -> None:
    if size > BUNDLE_BYTES:
        files.refuse("", "The zip is too large.", f"at most {BUNDLE_BYTES >> 20} MiB")
        return
    if _directory_size(stream, size) > FILES * _LONGEST_RECORD:
        files.refuse("", "The zip lists too many files.", f"at most {FILES}")
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            _read_archive(archive, files)
    except (zipfile.BadZipFile, ValueError, RuntimeError, OverflowError) as error:
        files.refuse("", f"The zip cannot be read: {shown(error)}.", "an ordinary zip file")


def _directory_size(stream: IO[bytes], size: int) -> int:
    """Return how long a zip says its list of files is, before anything is made of that list."""
    stream.seek(max(0, size - _END_LENGTH - _LONGEST_COMMENT))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(_END)
    return 0 if at < 0 else int.from_bytes(tail[at + 12 : at + 16], "little")


def _read_archive(archive: zipfile.ZipFile, files: Files) -> None:
    members = [each for each in archive.infolist() if not _is_passed_over(each)]
    if len(members) > FILES:
        files.refuse("", f"The zip lists {len(members)} files.", f"at most {FILES}")
        return
    if _overlap(archive):
        files.refuse("", "Files of the zip lie on top of each other.", "an ordinary zip file")
        return
    seen: set[str] = set()
    for member in members:
        reason = _reason_against(member, seen)
        seen.add(member.filename.casefold())
        if reason is None:
            _unpack(archive, member, files)
        else:
            files.refuse(member.filename, *reason)


def _is_passed_over(member: zipfile.ZipInfo) -> bool:
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    return not is_link and (member.is_dir() or is_ignored(member.filename))


def _overlap(archive: zipfile.ZipFile) -> bool:
    ranges = sorted(
        (each.header_offset, each.header_offset + _LOCAL_HEADER + each.compress_size)
        for each in archive.infolist()
    )
    ends = [end for _, end in ranges[:-1]]
    starts = [start for start, _ in ranges[1:]]
    return any(start < end for start, end in zip(starts, ends, strict=True))


def _reason_against(member: zipfile.ZipInfo, seen: set[str]) -> tuple[str, str] | None:
    """Return why a file is not taken, and what would be."""
    name = member.filename
    leads_out = name.startswith("/") or "\\" in name or ":" in name
    leads_out = leads_out or bool({"", ".", ".."} & set(name.split("/")))
    no_file = stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}
    reasons = (
        (leads_out, "The name leads out of the bundle.", "a path such as sites/forum.yaml"),
        (no_file, "This is a link or a device.", "an ordinary file"),
        (member.flag_bits & _ENCRYPTED, "The file is encrypted.", "a zip without a password"),
        (
            member.compress_type not in _METHODS,
            "The file is compressed in an unusual way.",
            "deflate, or no compression",
        ),
        (name.casefold() in seen, "The zip holds the file twice.", "each file once"),
        (
            member.file_size > FILE_BYTES,
            "The file is too large.",
            f"at most {FILE_BYTES >> 20} MiB",
        ),
    )
    return next(((detail, expected) for is_so, detail, expected in reasons if is_so), None)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, files: Files) -> None:
    """Unpack a file in pieces: what a zip says about its sizes is not to be believed."""
    most = min(FILE_BYTES, COMPRESSION_RATIO * max(member.compress_size, 1))
    raw = bytearray()
    try:
        with archive.open(member) as stream:
            while len(raw) <= most:
                piece = stream.read(_CHUNK)
                if not piece:
                    break
                raw += piece
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        files.refuse(member.filename, f"The file is damaged: {shown(error)}.", "a zip made anew")
        return
    if len(raw) > most:
        files.refuse(member.filename, "The file unpacks to far too much.", "an ordinary file")
        return
    _keep(member.filename, bytes(raw), files)
