"""What a long run has to tell beside that it passed: its figures, printed at the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Figures = Callable[[str], None]

_LINES = pytest.StashKey[list[str]]()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Return a function that keeps a line for the end of the run."""
    kept = request.config.stash.setdefault(_LINES, [])

    def keep(line: str) -> None:
        kept.append(f"{request.node.name}: {line}")

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was kept."""
    for line in terminalreporter.config.stash.get(_LINES, []):
        terminalreporter.write_line(line)
