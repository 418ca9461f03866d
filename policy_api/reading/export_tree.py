"""A tree of finished files: written beside the one that is served, then put in its place at once.

Files that are the same as before are the same files, so that whoever copies the tree has little to
copy. What an interrupted run has written is used by the next one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore
from typing import Any, Final

import brotli  # type: ignore[import-untyped]
import orjson
import zstandard
from typing_extensions import override

CURRENT: Final = "current"
"""Name that always leads to a complete tree; what a web server is pointed at."""

MANIFEST: Final = "manifest.json"
HEADERS: Final = "_headers"
_TREES: Final = "trees"
_UNFINISHED: Final = "unfinished"

SMALLEST: Final = 512
"""Below this nothing is saved by compression."""

SIBLINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    # As strong as can be: nobody waits for it, and everybody gets it.
    ".br": lambda body: bytes(brotli.compress(body, quality=11)),
    ".zst": lambda body: zstandard.ZstdCompressor(level=19).compress(body),
    ".gz": lambda body: gzip.compress(body, compresslevel=9, mtime=0),
}

Entry = dict[str, Any]


@dataclass(slots=True)
class Counts:
    """What a run did."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


class Tree:
    """The tree that is being made, and the one before.

    Files are compressed and written on threads, a few at a time: memory holds no more of them.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._next = out / _TREES / _UNFINISHED
        self._next.mkdir(parents=True, exist_ok=True)
        self._before = out / CURRENT
        self._known = _digests(self._before / MANIFEST)
        self._files: dict[str, bytes] = {}
        """File → its entry of the manifest, as JSON: a fifth of what it takes as objects."""

        self._writes = _Writes()
        self._first: dict[str, tuple[str, Future[None]]] = {}
        """Digest → the file that is compressed; others with the same bytes are the same file."""

        self.counts = Counts()

    def put(self, name: str, body: bytes, *, url: str, headers: Mapping[str, str]) -> None:
        """Put one file and its compressed siblings into the tree."""
        if name in self._files:
            # Some documents have two addresses.
            return
        digest = hashlib.sha256(body).hexdigest()
        suffixes = SIBLINGS.keys() if len(body) >= SMALLEST else ()
        names = [name, *(name + suffix for suffix in suffixes)]
        if self._reuse(name, names, digest):
            self.counts.unchanged += 1
        else:
            self._make(name, names, body, digest)
            self.counts.written += 1
        entry = {
            "url": url,
            "digest": f"sha256:{digest}",
            "size": len(body),
            "codings": [suffix[1:] for suffix in suffixes],
            "headers": dict(headers),
        }
        self._files[name] = orjson.dumps(entry)

    def told(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each file with the headers that belong to it."""
        for name, entry in self._files.items():
            yield name, orjson.loads(entry)["headers"]

    def close(self) -> None:
        """Wait for what is under way, and start nothing more."""
        self._writes.close()

    def _make(self, name: str, names: list[str], body: bytes, digest: str) -> None:
        found = self._first.get(digest)
        if found is None:
            self._first[digest] = name, self._writes.begin(lambda: self._compress(names, body))
            return
        twin, made = found

        def link() -> None:
            # The twin was begun before, so somebody is at it and nobody waits for ever.
            made.result()
            for place in reversed(names):
                self._link(self._next / (twin + place.removeprefix(name)), place)

        self._writes.begin(link)

    def _compress(self, names: list[str], body: bytes) -> None:
        name, *siblings = names
        for place in siblings:
            self._write(place, SIBLINGS[place.removeprefix(name)](body))
        # Last, because a file that is there says that its siblings are.
        self._write(name, body)

    def finish(self, *, facts: Mapping[str, Any], headers: str) -> None:
        """Take away what is no longer there, and show the new tree instead of the old one."""
        self._writes.close()
        files = {name: orjson.Fragment(self._files[name]) for name in sorted(self._files)}
        self._write(MANIFEST, orjson.dumps({**facts, "files": files}))
        self._write(HEADERS, headers.encode())
        self._prune()
        self.counts.removed = len(self._known.keys() - self._files.keys())
        digest = hashlib.sha256((self._next / MANIFEST).read_bytes()).hexdigest()[:16]
        final = self._out / _TREES / digest
        if final.exists():
            shutil.rmtree(self._next)
        else:
            _sync(self._next)
            self._next.rename(final)
        self._switch(final)

    def _reuse(self, name: str, names: list[str], digest: str) -> bool:
        """Take files over from the tree before, or from a run that was interrupted."""
        if _digest(self._next / name) == digest and all((self._next / n).exists() for n in names):
            return True
        if self._known.get(name) != digest:
            return False
        try:
            for place in reversed(names):
                self._link((self._before / place).resolve(), place)
        except FileNotFoundError:
            return False
        return True

    def _link(self, file: Path, name: str) -> None:
        target = self._next / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        os.link(file, target)

    def _write(self, name: str, body: bytes) -> None:
        target = self._next / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(body)
        part.replace(target)

    def _prune(self) -> None:
        for folder, _, names in os.walk(self._next, topdown=False):
            place = Path(folder)
            for name in names:
                if not self._is_wanted(str((place / name).relative_to(self._next))):
                    (place / name).unlink()
            if not any(place.iterdir()):
                place.rmdir()

    def _is_wanted(self, name: str) -> bool:
        if name in {MANIFEST, HEADERS} or name in self._files:
            return True
        file, _, coding = name.rpartition(".")
        entry = self._files.get(file)
        return entry is not None and coding in orjson.loads(entry)["codings"]

    def _switch(self, final: Path) -> None:
        """Let the name that is served lead to another tree, from one moment to the next."""
        previous = self._before.resolve()
        link = self._out / f".{CURRENT}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(_TREES, final.name))
        link.replace(self._before)
        _sync(self._out)
        # Readers may be in the middle of the tree before; older ones have none.
        for tree in (self._out / _TREES).iterdir():
            if tree.resolve() not in {previous, final.resolve()}:
                shutil.rmtree(tree)


class _Writes:
    """Work on threads, with no more of it begun than they can do soon."""

    def __init__(self) -> None:
        # Compression lets other threads run meanwhile, so that they share the processors.
        count = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="export")
        self._room = Semaphore(2 * count)
        self._failed: list[BaseException] = []

    def begin(self, act: Callable[[], None]) -> Future[None]:
        """Do something soon.

        :raises OSError: If something that was begun before has failed, as of a full disk.
        """
        self._room.acquire()
        self._check()
        begun = self._pool.submit(act)
        begun.add_done_callback(self._done)
        return begun

    def close(self) -> None:
        """Wait for everything that was begun."""
        self._pool.shutdown(wait=True)
        self._check()

    def _done(self, made: Future[None]) -> None:
        error = made.exception()
        if error is not None:
            self._failed.append(error)
        self._room.release()

    def _check(self) -> None:
        if self._failed:
            raise self._failed[0]


class Rehearsal(Tree):
    """A tree that is only counted."""

    def __init__(self, out: Path) -> None:
        self._known = _digests(out / CURRENT / MANIFEST)
        self._files = {}
        self.counts = Counts()

    @override
    def put(self, name: str, body: bytes, *, url: str, headers: Mapping[str, str]) -> None:
        if name in self._files:
            return
        is_known = self._known.get(name) == hashlib.sha256(body).hexdigest()
        self.counts.unchanged += is_known
        self.counts.written += not is_known
        self._files[name] = b'{"headers":{}}'

    @override
    def finish(self, *, facts: Mapping[str, Any], headers: str) -> None:
        self.counts.removed = len(self._known.keys() - self._files.keys())

    @override
    def close(self) -> None:
        pass


def _digests(manifest: Path) -> dict[str, str]:
    """Return the digest of each file that a manifest lists."""
    if not manifest.exists():
        return {}
    files: dict[str, Entry] = orjson.loads(manifest.read_bytes())["files"]
    return {name: entry["digest"].partition(":")[2] for name, entry in files.items()}


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _sync(folder: Path) -> None:
    """Have the names in a folder on disk before anybody is led to them."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
