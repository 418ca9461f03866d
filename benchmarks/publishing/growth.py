"""Measure one size in a process of its own; the argument is a `Size` as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.publishing.content import Size, source
from benchmarks.publishing.ground import ground, shown


def measured(size: Size) -> dict[str, Any]:
    """Publish everything, then an edit that touches all sites, then one that touches one."""
    with tempfile.TemporaryDirectory() as name, ground(Path(name)) as made:
        first = made.publish(source(size), shown(500))
        every = made.publish(source(size, edited=1), shown(500))
        alone = made.publish(source(size, edited=1, own=1))
        editions, bodies, whole = made.stored()
        return {
            "size": asdict(size),
            "first": asdict(first),
            "all": asdict(every),
            "one": asdict(alone),
            "json": made.json_bytes(),
            "body": bodies / editions,
            "database": whole / editions,
        }


if __name__ == "__main__":
    print(json.dumps(measured(Size(**json.loads(sys.argv[1])))))
