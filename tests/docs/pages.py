"""Pages of documentation as scripts: their commands, and what they say will be printed.

In a block fenced as ``console`` a line that starts with ``$ `` is a command, also over several
lines that end in a backslash; what follows is its output. A line ``…`` stands for any lines, ``…``
inside a line for any text. ``exit=1`` behind ``console`` says that the last command fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```console(?: exit=(\d+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
HERE_DOCUMENT = re.compile(r"<<'(\w+)'$")
GAP = "…"


@dataclass(slots=True)
class Step:
    """One command of a page."""

    line: int
    command: str
    output: list[str] = field(default_factory=list)
    exit: int = 0


def pages() -> list[Path]:
    """Return every page that has commands."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
    return [page for page in found if page.exists() and FENCE.search(page.read_text())]


def steps(page: Path) -> Iterator[Step]:
    """Yield a page's commands in order."""
    text = page.read_text()
    for block in FENCE.finditer(text):
        first = text.count("\n", 0, block.start()) + 2
        found = list(_of_block(block[2], first))
        if found:
            found[-1].exit = int(block[1] or 0)
        yield from found


def _of_block(text: str, first: int) -> Iterator[Step]:
    step: Step | None = None
    closing = ""
    for number, line in enumerate(text.splitlines(), first):
        if step is not None and closing:
            step.command += "\n" + line
            closing = "" if line == closing else closing
        elif step is not None and not step.output and step.command.endswith("\\"):
            step.command += "\n" + line
        elif line.startswith("$ "):
            if step is not None:
                yield step
            step = Step(line=number, command=line.removeprefix("$ "))
            here = HERE_DOCUMENT.search(line)
            closing = here[1] if here else ""
        elif step is not None:
            step.output.append(line)
    if step is not None:
        yield step


def difference(expected: list[str], printed: str) -> str:
    """Return what does not fit, or nothing."""
    pattern = "".join(_pattern(line) for line in expected)
    if re.fullmatch(pattern, printed.rstrip("\n") + "\n" if printed else ""):
        return ""
    return "\n".join(["expected:", *expected, "printed:", printed])


def _pattern(line: str) -> str:
    if line.strip() == GAP:
        return r"(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in line.split(GAP)) + r"\n"
