"""A static export of many sites: what it takes, the first time and again.

`python -m benchmarks.publishing.export [--sites 20 200] [--locales 1] [--plain]`
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

from benchmarks.publishing.content import Size, source
from benchmarks.publishing.ground import ground, peak_mib
from policy_api.reading import export_tree
from policy_api.reading.export import export

Told = dict[str, object]


def main() -> int:
    """Publish and export, each in a process of its own, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--locales", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="Compress nothing.")
    options = parser.parse_args()
    for sites in options.sites:
        size = Size(sites=sites, locales=options.locales)
        with tempfile.TemporaryDirectory() as name:
            # Memory is a process's largest so far, so each act has one of its own.
            pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1)
            with pool:
                pool.submit(_publish, Path(name), size).result()
                for _ in range(2):
                    told = pool.submit(_export, Path(name), plain=options.plain).result()
                    print(json.dumps({"size": str(size), **told}), flush=True)
    return 0


def _publish(folder: Path, size: Size) -> None:
    with ground(folder) as made:
        made.publish(source(size))


def _export(folder: Path, *, plain: bool) -> Told:
    with ground(folder) as made, patch.dict(export_tree.SIBLINGS, clear=plain):
        wall, cpu, before = time.perf_counter(), time.process_time(), peak_mib()
        done = export(made.app, folder / "out")
        return {
            "written": done.counts.written,
            "unchanged": done.counts.unchanged,
            "seconds": round(time.perf_counter() - wall, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1),
            "began_mib": round(before),
            "peak_mib": round(peak_mib()),
        }


if __name__ == "__main__":
    raise SystemExit(main())
