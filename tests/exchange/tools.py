"""Other people's programs, as far as they are here: each reads a file and writes it anew."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from translate.storage.pypo import pofile
from translate.storage.xliff import Xliff1File
from translate.storage.xliff2 import Xliff2File

from policy_api.domain.translation.exchange import Format

Tool = Callable[[bytes], bytes]


def tools() -> list[tuple[Format, str, Tool]]:
    """Return the programs for each format."""
    found: list[tuple[Format, str, Tool]] = [
        (Format.XLIFF, "translate-toolkit", lambda raw: _stored(Xliff2File, raw)),
        (Format.XLIFF_12, "translate-toolkit", lambda raw: _stored(Xliff1File, raw)),
        (Format.PO, "translate-toolkit", lambda raw: _stored(pofile, raw)),
    ]
    if shutil.which("msgmerge") is not None:
        found.append((Format.PO, "msgmerge", _merged))
    if shutil.which("msgcat") is not None:
        found.append((Format.PO, "msgcat", _concatenated))
    return found


def _stored(kind: Any, raw: bytes) -> bytes:  # noqa: ANN401 -- the library has no types
    return bytes(kind.parsestring(raw))


def compilers() -> list[str]:
    """Return the programs that judge a PO file, by their absolute path."""
    found = shutil.which("msgfmt")
    return [] if found is None else [found]


def judged(program: str, raw: bytes) -> str:
    """Return what a compiler complains of."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "texts.po")
        file.write_bytes(raw)
        done = subprocess.run(
            [program, "--check", "--output-file", str(Path(folder, "texts.mo")), str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
    return done.stderr if done.returncode else ""


def _merged(raw: bytes) -> bytes:
    return _run("msgmerge", raw, "--quiet", "--no-fuzzy-matching", "{file}", "{file}")


def _concatenated(raw: bytes) -> bytes:
    return _run("msgcat", raw, "{file}")


def _run(program: str, raw: bytes, *arguments: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "texts.po")
        file.write_bytes(raw)
        words = [word.replace("{file}", str(file)) for word in arguments]
        found = shutil.which(program) or program
        done = subprocess.run([found, *words], capture_output=True, check=True)
    return done.stdout
