"""Many editions in one database: what publishing takes there, and whether reading notices.

`python -m benchmarks.publishing.scale [--sites 1000] [--versions 4] [--reads 2000] [--pack]`
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.publishing.content import LOCALES, Size, site_key, source
from benchmarks.publishing.ground import Ground, Took, ground, shown
from benchmarks.reading.running import Target, gunicorn

SMALL = Size(sites=3, locales=2)
"""A database as one begins with."""

TURN = 100


def main() -> int:
    """Publish, read in turns from the large and a small database, and tell."""
    options = _options()
    size = Size(sites=options.sites)
    with tempfile.TemporaryDirectory() as name:
        large, small = Path(name, "large"), Path(name, "small")
        for folder in (large, small):
            folder.mkdir()
        told = _published(large, size, versions=options.versions, packs=options.pack)
        print(json.dumps(told, indent=2), flush=True)
        _published(small, SMALL, versions=options.versions, packs=options.pack)
        found = _read(large, small, size, options)
    print(json.dumps(found, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=4)
    parser.add_argument("--reads", type=int, default=2000)
    parser.add_argument("--pack", action="store_true", help="Pack too; takes minutes.")
    return parser.parse_args()


def _published(folder: Path, size: Size, *, versions: int, packs: bool = False) -> dict[str, Any]:
    with ground(folder) as made:
        progress = shown(max(1, size.sites // 4))
        every = [made.publish(source(size, edited=number), progress) for number in range(versions)]
        one = made.publish(source(size, edited=versions - 1, own=1))
        editions, bodies, whole = made.stored()
        json_bytes = made.json_bytes()
        packed = _packed(made, json_bytes) if packs else {}
        return {
            "size": str(size),
            "releases": [_told(took) for took in every],
            "one_site": _told(one),
            "editions": editions,
            "json_bytes": round(json_bytes),
            "body_bytes": round(bodies / editions),
            "database_bytes": round(whole / editions),
            "body_of_json": round(bodies / editions / json_bytes, 3),
            "database_of_json": round(whole / editions / json_bytes, 3),
            **packed,
        }


def _packed(made: Ground, json_bytes: float) -> dict[str, Any]:
    bodies, seconds = made.pack()
    editions, _, whole = made.stored()
    return {
        "packed": bodies,
        "cpu_ms_per_packed": round(seconds / max(1, bodies) * 1000, 1),
        "packed_database_bytes": round(whole / editions),
        "packed_database_of_json": round(whole / editions / json_bytes, 3),
    }


def _told(took: Took) -> dict[str, Any]:
    each = {"ms_per_edition": took.per_edition_ms, "cpu_ms_per_edition": took.cpu_per_edition_ms}
    return {name: round(value, 2) for name, value in (asdict(took) | each).items()}


def _read(large: Path, small: Path, size: Size, options: argparse.Namespace) -> dict[str, Any]:
    """Read editions at random, in turns, with and without kept answers."""
    found: dict[str, Any] = {}
    for kept, mebibytes in (("no answers kept", 0), ("answers kept", 32)):
        with ExitStack() as stack:
            targets = {
                name: stack.enter_context(
                    gunicorn(
                        f"{name}-{mebibytes}",
                        folder,
                        profile="testing",
                        data_dir=folder,
                        database_url=f"sqlite:///{folder / 'bench.sqlite3'}",
                        signing_key_file=folder / "signing-key.pem",
                        answer_cache_mib=mebibytes,
                    )
                )
                for name, folder in (("large", large), ("small", small))
            }
            sizes = {"large": size, "small": SMALL}
            paths = {name: _addresses(sizes[name], versions=options.versions) for name in targets}
            times = _in_turns(targets, paths, reads=options.reads)
        found[kept] = {name: _quantiles(taken) for name, taken in times.items()}
        ratio = found[kept]["large"]["p99_ms"] / found[kept]["small"]["p99_ms"]
        found[kept]["p99_large_of_small"] = round(ratio, 2)
    return found


def _addresses(size: Size, *, versions: int) -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311 -- which edition is read, no secret
    while True:
        site = site_key(chance.randrange(size.sites))
        path = f"/v1/sites/{site}/policies/policy-0"
        # Three readers of four want the text in force.
        if chance.random() < 1 / 4:
            path = f"{path}/versions/{chance.randint(1, versions)}"
        yield f"{path}?locale={LOCALES[chance.randrange(size.locales)]}"


def _in_turns(
    targets: dict[str, Target], paths: dict[str, Iterator[str]], *, reads: int
) -> dict[str, list[float]]:
    """Read some from each server, then some from the next, so that all see the same weather."""
    open_ = {
        name: http.client.HTTPConnection("127.0.0.1", target.port)
        for name, target in targets.items()
    }
    times: dict[str, list[float]] = {name: [] for name in targets}
    for turn in range(reads // TURN + 1):
        for name, connection in open_.items():
            taken = [_one(connection, next(paths[name])) for _ in range(TURN)]
            # The first turn only warms everything up.
            times[name] += taken if turn else []
    return times


def _one(connection: http.client.HTTPConnection, path: str) -> float:
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path} answered {answer.status}.")
    return (time.perf_counter() - started) * 1000


def _quantiles(taken: Sequence[float]) -> dict[str, float]:
    ordered = sorted(taken)
    shares = {"median_ms": 0.5, "p99_ms": 0.99}
    return {
        name: round(ordered[int(len(ordered) * share)], 2) for name, share in shares.items()
    } | {"reads": len(ordered)}


if __name__ == "__main__":
    raise SystemExit(main())
