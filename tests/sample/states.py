"""The sample as files: what each release holds once the later folders lie over the first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SAMPLE = Path(__file__).parents[2] / "sample"

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRelease:
    """One release of the history, with the whole content after it."""

    told: Entry
    """Its item in ``history.yaml``."""

    written: frozenset[str]
    """Paths of the entries that its folder holds."""

    entries: dict[str, Entry]


def entries_in(folder: Path) -> dict[str, Entry]:
    """Return the entries of a folder by path."""
    return {
        file.relative_to(folder).with_suffix("").as_posix(): yaml.safe_load(
            file.read_text(encoding="utf-8")
        )
        for file in sorted(folder.rglob("*.yaml"))
    }


def releases() -> list[SampleRelease]:
    """Return the releases of the sample, oldest first."""
    history = yaml.safe_load((SAMPLE / "history.yaml").read_text(encoding="utf-8"))
    found: list[SampleRelease] = []
    entries: dict[str, Entry] = {}
    for told in history:
        written = entries_in(SAMPLE / told["folder"])
        removed = told.get("removed", [])
        entries = {path: entry for path, entry in entries.items() if path not in removed}
        entries |= written
        found.append(SampleRelease(told=told, written=frozenset(written), entries=dict(entries)))
    return found
