"""A plugin as an operator has it: installed in a folder of its own, beside the program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TIMELINE = Path(__file__).parent / "timeline"
CHAT = Path(__file__).parent / "chat"
PROGRAM = Path(sys.executable).parent / "policy-api"

READ = """
import json, sys
from policy_api.app import create_app
client = create_app().test_client()
answers = {path: client.get(path) for path in sys.argv[1:]}
print(json.dumps({path: [answer.status_code, answer.text] for path, answer in answers.items()}))
"""


def install(folder: Path, plugin: Path) -> None:
    """Put a plugin's package and what an installer writes about it into a folder."""
    project = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
    for package in plugin.glob("*/__init__.py"):
        shutil.copytree(package.parent, folder / package.parent.name)
    name, version = project["name"], project["version"]
    record = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (record / "entry_points.txt").write_text(entry_points(project["entry-points"]))


def entry_points(groups: Mapping[str, Mapping[str, str]]) -> str:
    lines = []
    for group, points in groups.items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Installation:
    """A data directory, with plugins that are installed and perhaps named."""

    folder: Path
    named: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.folder / "plugins"),
            "POLICY_API_DATA_DIR": str(self.folder / "var"),
            "POLICY_API_PLUGINS": self.named,
            "POLICY_API_LOG_LEVEL": "WARNING",
            "POLICY_API_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "POLICY_API_WEBHOOK_ALLOW_HTTP": "1",
        }

    def naming(self, *plugins: str) -> Installation:
        """Return the same with other plugins switched on."""
        return Installation(self.folder, ",".join(plugins))

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own: registries are closed in this one."""
        return self._process([PROGRAM, *arguments])

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let a worker run."""
        worker = subprocess.Popen(
            [str(PROGRAM), "worker"], env=self.environment, stderr=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(timeout=60)

    def read(self, *paths: str) -> dict[str, tuple[int, str]]:
        """Return status and body of public addresses."""
        done = self._process([sys.executable, "-c", READ, *paths])
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return {path: (status, text) for path, (status, text) in found.items()}

    def _process(self, command: list[object]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return an installation with both plugins in it, not named."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "plugins").mkdir()
    install(folder / "plugins", TIMELINE)
    install(folder / "plugins", CHAT)
    found = Installation(folder)
    done = found.run("init")
    assert done.returncode == 0, done.stderr
    return found
