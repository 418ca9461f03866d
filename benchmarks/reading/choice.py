"""Measure how many processes and threads to run with, and which worker.

`python -m benchmarks.reading.choice [--rounds 3] [--seconds 1] [--out FILE]`, on a quiet machine
that has wrk. Each choice is measured with an answer that is kept and with one that never is (its
requests carry a cookie, so the usual way makes each anew).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.reading.bench import published
from benchmarks.reading.running import Sample, gunicorn, load

KEPT: Final[list[str]] = []
MADE: Final = ["Cookie: made=anew"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Values of gunicorn's that might be shipped."""

    fast: bool
    workers: int = 2
    threads: int = 4
    is_pinned: bool = False

    @property
    def name(self) -> str:
        """Return what it is called in the table."""
        kind = "our worker" if self.fast else "gthread"
        return f"{kind}, {self.workers} × {self.threads}{', pinned' * self.is_pinned}"


CHOICES: Final = (
    *(Choice(fast=True, workers=workers) for workers in (1, 2, 4)),
    *(Choice(fast=True, threads=threads) for threads in (1, 2, 8)),
    Choice(fast=True, is_pinned=True),
    *(Choice(fast=False, workers=workers) for workers in (1, 2, 4)),
    *(Choice(fast=False, threads=threads) for threads in (1, 8)),
    Choice(fast=False, is_pinned=True),
)


HEAD: Final = (
    "| processes × threads | kept: requests/s | p99 ms | made anew: requests/s | p99 ms | MiB |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
)


def main() -> int:
    """Measure one choice after the other, and print a table."""
    options = _options()
    if shutil.which("wrk") is None:
        print("wrk is needed to put load on the servers.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        path, chosen = published(Path(name))
        print(*HEAD, sep="\n", flush=True)
        lines = [*HEAD]
        for each in CHOICES:
            lines.append(_line(each, Path(name), path, chosen, options))
            print(lines[-1], flush=True)
    if options.out is not None:
        options.out.write_text("\n".join(lines) + "\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--out", type=Path, help="File for the table.")
    return parser.parse_args()


def _line(
    choice: Choice, folder: Path, path: str, chosen: dict[str, Any], options: argparse.Namespace
) -> str:
    more = ("--workers", str(choice.workers), "--threads", str(choice.threads))
    given = {"fast_worker": choice.fast, "pin_workers": choice.is_pinned, **chosen}
    with gunicorn(choice.name, folder, *more, **given) as target:
        kept, made = (
            [
                load(
                    target,
                    path,
                    # The first round only warms everything up.
                    seconds=options.seconds if number else 1,
                    connections=options.connections,
                    headers=headers,
                )
                for number in range(options.rounds + 1)
            ][1:]
            for headers in (KEPT, MADE)
        )
    megabytes = max(sample.megabytes for sample in kept) * choice.workers
    return f"| {choice.name} | {_told(kept)} | {_told(made)} | {megabytes:.0f} |"


def _told(samples: list[Sample]) -> str:
    rate, p99 = median(s.rate for s in samples), median(s.p99_ms for s in samples)
    return f"{rate:,.0f} | {p99:.1f}"


if __name__ == "__main__":
    raise SystemExit(main())
