"""Every command of the documentation works when it is pasted, and prints what the page says."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.docs.pages import ROOT, difference, pages, steps

TOLD_PORT = "127.0.0.1:8000"
RECEIVERS_PORT = "9000"
START_WITHIN = 120


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory with the sample in it, to be copied for each page."""
    folder = tmp_path_factory.mktemp("docs") / "var"
    with Shell(folder.parent, environment(folder, free_port())) as shell:
        code, printed = shell.run("policy-api init --sample")
    assert code == 0, printed
    return folder


def environment(data_dir: Path, port: int) -> dict[str, str]:
    """Return what a person has who followed the README."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path,
        "HOME": str(data_dir.parent),
        "LANG": "C.UTF-8",
        "USER": "you",
        "POLICY_API_DATA_DIR": str(data_dir),
        "POLICY_API_PORT": str(port),
        "POLICY_API_WEB_CONCURRENCY": "1",
        "POLICY_API_LOG_LEVEL": "WARNING",
    }


class Shell:
    """One bash for a whole page, so that variables and folders stay."""

    END = "--the-command-has-ended--"

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            ["/bin/bash", "--norc"],
            cwd=folder,
            env=variables,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, command: str) -> tuple[int, str]:
        """Run a command and return its exit code and what it printed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{command}\necho {self.END}$?\n")
        self.process.stdin.flush()
        printed = ""
        while True:
            line = self.process.stdout.readline()
            text, mark, code = line.partition(self.END)
            printed += text
            if mark or not line:
                return int(code or -1), printed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.communicate("exit\n", timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(variables: dict[str, str], folder: Path) -> Iterator[None]:
    """Serve as ``./dev run`` does."""
    command = ["policy-api", "serve"]
    server = subprocess.Popen(command, cwd=folder, env=variables, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{variables['POLICY_API_PORT']}/healthz")
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 -- our own server
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path, filled: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    shutil.copytree(filled, data_dir)
    shutil.copytree(ROOT / "sample", tmp_path / "sample")
    port, other = free_port(), free_port()
    variables = environment(data_dir, port)

    with serving(variables, tmp_path), Shell(tmp_path, variables) as shell:
        for step in steps(page):
            command = step.command.replace(TOLD_PORT, f"127.0.0.1:{port}")
            command = command.replace(RECEIVERS_PORT, str(other))
            code, printed = shell.run(command)

            place = f"{page.relative_to(ROOT)}:{step.line}: {step.command}"
            printed = printed.replace(f"127.0.0.1:{port}", TOLD_PORT)
            assert code == step.exit, f"{place}\n{printed}"
            if step.output:
                assert not difference(step.output, printed), place
