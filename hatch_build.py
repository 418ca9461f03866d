"""Compile the program's words into the wheel; hatch would leave the ignored .mo files behind."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = ("gunicorn.conf.py", "migrations", "sample")


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Put what lies beside the package in a checkout inside it in a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, except to an editable install, which reads them where they lie."""
        if version == "editable":
            return
        root, include = Path(self.root), build_data["force_include"]
        for name in BUNDLED:
            if (root / name).exists():
                include[str(root / name)] = f"policy_api/_bundled/{name}"
        self._compiled = tempfile.TemporaryDirectory()
        for source in sorted(root.glob("translations/*/LC_MESSAGES/*.po")):
            target = Path(self._compiled.name, *source.relative_to(root).parts).with_suffix(".mo")
            compile_catalogue(source, target)
            place = target.relative_to(self._compiled.name)
            include[str(target)] = f"policy_api/_bundled/{place.as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the compiled catalogues once they are packed."""
        if version != "editable":
            self._compiled.cleanup()


def compile_catalogue(source: Path, target: Path) -> None:
    """Write the binary form of one catalogue."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parts[-3])
    with target.open("wb") as output:
        write_mo(output, catalogue)
