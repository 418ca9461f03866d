"""The program starts where only what it needs is installed, without the tools of its developers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

START = """
import sys

for name in ("pytest", "hypothesis", "schemathesis", "aiosmtpd", "html5lib", "jsonschema"):
    sys.modules[name] = None

from policy_api.cli import main

main(["init"])
"""


def test_a_data_directory_is_made_without_any_tool(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "POLICY_API_DATA_DIR": str(tmp_path / "data")}

    done = subprocess.run(
        [sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Ready" in done.stdout
