"""Small bundles, made by hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from policy_api.domain.entries.bundle import read_bundle
from policy_api.errors import BadInput, Problem

RECIPIENT = "recipients/payer.yaml"


def zipped(files: dict[str, bytes | str], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of some files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write some files and return their folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def refused(where: Path | bytes) -> tuple[Problem, ...]:
    """Return the problems for which a bundle is refused."""
    with pytest.raises(BadInput) as caught:
        read_bundle(where)
    return caught.value.problems


def refused_text(text: str) -> Problem:
    """Return the first problem of a bundle whose one file says this."""
    (problem, *_) = refused(zipped({RECIPIENT: text}))
    return problem
