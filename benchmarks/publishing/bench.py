"""Measure publishing: time, memory and bytes against sites, sections, rows; diffs; start-up.

`./dev bench publishing [--short] [--out FOLDER]`. The short form checks the shape and no time:
memory stays bounded, bytes stay small, and a release of one site makes one version. Beside it,
`benchmarks.publishing.scale` fills one database with 20,000 editions and reads there, and
`benchmarks.publishing.storm` simulates a CDN around a release for a thousand sites.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.publishing.content import Size, text
from benchmarks.publishing.drawing import curve, table
from policy_api.domain.changes.redline import redline

LONG = (
    *(Size(sites=sites) for sites in (2, 20, 200, 2000)),
    *(Size(sites=20, sections=sections) for sections in (5, 45)),
    *(Size(sites=20, rows=rows) for rows in (100, 300)),
)
SHORT = (Size(sites=2, locales=2), Size(sites=20, locales=2))
LONGEST_SHARE = 0.4
MOST_MIB = 300
WORDS = (100, 1000, 10_000)


def main() -> int:
    """Measure, print, draw; fail if the shape is wrong."""
    options = _options()
    sizes = SHORT if options.short else LONG
    found = [_measured(size) for size in sizes]
    texts = [f"## Publishing\n\n{table(found)}\n", *_diffs(WORDS[:2] if options.short else WORDS)]
    texts.append(f"Start-up, to the first answer: {_start_up():.2f} s")
    print("\n".join(texts))
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "publishing.md").write_text("\n".join(texts) + "\n")
        (options.out / "publishing.svg").write_text(curve(found))
    wrong = [line for each in found for line in _wrong(each)]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="Few and small; checks the shape.")
    parser.add_argument("--out", type=Path, help="Folder for figures and drawing.")
    return parser.parse_args()


def _measured(size: Size) -> dict[str, Any]:
    """Measure one size in a process of its own, whose memory is its own."""
    command = [sys.executable, "-m", "benchmarks.publishing.growth", json.dumps(asdict(size))]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _diffs(sizes: tuple[int, ...]) -> list[str]:
    lines = ["| words in a text | ms for its redline |", "| ---: | ---: |"]
    for words in sizes:
        before = text("en", 1, words=words)
        chance, after = random.Random(words), before.split()  # noqa: S311 -- where it differs
        for _ in range(words // 20):
            after[chance.randrange(words)] = "changed"
        started = time.process_time()
        redline(before, " ".join(after))
        lines.append(f"| {words} | {(time.process_time() - started) * 1000:.1f} |")
    return [*lines, ""]


def _start_up() -> float:
    """Return the processor seconds from nothing to an answer."""
    code = "from wsgi import app; assert app.test_client().get('/healthz').status_code == 200"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def _wrong(found: dict[str, Any]) -> list[str]:
    size = Size(**found["size"])
    lines = []
    if found["first"]["versions"] != size.sites * size.policies:
        lines.append(f"{size}: {found['first']['versions']} versions at first")
    if (found["all"]["editions"], found["one"]["versions"]) != (size.editions, size.policies):
        lines.append(f"{size}: the wrong sites were published")
    if found["all"]["peak_mib"] > MOST_MIB:
        lines.append(f"{size}: {found['all']['peak_mib']:.0f} MiB")
    if found["body"] > LONGEST_SHARE * found["json"]:
        lines.append(f"{size}: an edition takes {found['body']:.0f} of {found['json']:.0f} bytes")
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
