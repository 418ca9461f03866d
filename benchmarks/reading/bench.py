"""Measure reading, beside what it is compared with, in one run and in turns.

Run it on a quiet machine that has wrk and nginx, from the checkout:
`python -m benchmarks.reading.bench [--rounds 5] [--seconds 5] [--out FOLDER]`. Absolute figures say
little; ratios carry over.
"""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.reading import opponents
from benchmarks.reading.drawing import bars, table
from benchmarks.reading.running import Sample, Target, first_answer, gunicorn, load, nginx
from policy_api import clock
from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.migrate import upgrade
from policy_api.db.tx import writing
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries
from policy_api.publishing.bringing import bring_history
from policy_api.publishing.service import Publisher
from policy_api.resources import data_dir
from policy_api.settings import Profile, Settings

OURS, WORKER, FAST, SLOW = "ours", "our worker", "fast path, gthread", "no answers kept"
BARE, NAIVE, NGINX = "bare WSGI, gthread", "naive ORM + Markdown", "nginx, a file"
GOALS = (
    ("fast path of bare WSGI", FAST, BARE, 0.90),
    ("our worker of nginx", WORKER, NGINX, 0.60),
    ("no answers kept of bare WSGI", SLOW, BARE, 0.15),
    ("fast path of naive", FAST, NAIVE, 50.0),
    ("our worker of naive", WORKER, NAIVE, 400.0),
)
"""What → these, at least so many times those."""


def main() -> int:
    """Measure, print and draw."""
    options = _options()
    if shutil.which("wrk") is None:
        print("wrk is needed to put load on the servers.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        path, chosen = _published(folder)
        targets = _started(stack, folder, path=path, chosen=chosen)
        tag = dict(first_answer(targets[WORKER], path)[0])["ETag"]
        runs = {"200": list[str](), "304": [f"If-None-Match: {tag}"]}
        found = {
            name: _measured(targets, path, headers=headers, options=options)
            for name, headers in runs.items()
        }
    _report(found, out=options.out)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--only", action="append", help="Name of a server; may be repeated.")
    parser.add_argument("--out", type=Path, help="Folder for figures and drawing.")
    return parser.parse_args()


def _published(folder: Path) -> tuple[str, dict[str, Any]]:
    """Publish the sample, and return the address to read and the settings to serve it with."""
    chosen: dict[str, Any] = {
        "profile": "testing",
        "data_dir": folder,
        "database_url": f"sqlite:///{folder / 'bench.sqlite3'}",
        "signing_key_file": folder / "signing-key.pem",
    }
    signer = Signer.load_or_create(folder / "signing-key.pem")
    app = create_app(Settings(**{**chosen, "profile": Profile.TESTING}))
    with app.app_context():
        upgrade(db.engine)
        with writing() as session:
            publisher = Publisher(actor="bench", signer=signer)
            list(bring_history(session, data_dir("sample"), publisher=publisher, now=clock.now()))
        directory = queries.directory(db.session(), at=clock.now())
        db.engine.dispose()
    site = max(directory.sites.values(), key=lambda each: (each.umbrella, len(each.hosts)))
    locale = site.source_locale
    return f"/v1/sites/{site.key}/policies/{site.policies[0]}?locale={locale}", chosen


def _started(
    stack: ExitStack, folder: Path, *, path: str, chosen: dict[str, Any]
) -> dict[str, Target]:
    """Start every server; the others answer with what ours has said."""
    targets = [
        stack.enter_context(gunicorn(WORKER, folder, **chosen)),
        stack.enter_context(gunicorn(FAST, folder, fast_worker="false", **chosen)),
        stack.enter_context(
            gunicorn(SLOW, folder, fast_worker="false", answer_cache_mib=0, **chosen)
        ),
    ]
    headers, body = first_answer(targets[0], path)
    opponents.fill(folder, json.loads(body))
    (folder / opponents.ANSWER).write_bytes(pickle.dumps(("200 OK", headers, body)))
    (folder / "body.json").write_bytes(body)
    for name, app in ((BARE, "bare"), (NAIVE, "naive")):
        factory = f"benchmarks.reading.opponents:{app}()"
        targets.append(
            stack.enter_context(gunicorn(name, folder, app=factory, fast_worker="false"))
        )
    if shutil.which("nginx") or Path("/usr/sbin/nginx").exists():
        plain = path.partition("?")[0]
        targets.append(stack.enter_context(nginx(NGINX, folder, path=plain, headers=headers)))
    print(f"{path}: {len(body)} bytes\n")
    return {target.name: target for target in targets}


def _measured(
    targets: dict[str, Target], path: str, *, headers: list[str], options: argparse.Namespace
) -> dict[str, list[Sample]]:
    """Measure each server in turn, round after round, so that all see the same weather."""
    chosen = {name: each for name, each in targets.items() if name in (options.only or targets)}
    found: dict[str, list[Sample]] = {name: [] for name in chosen}
    for number in range(options.rounds + 1):
        for name, target in chosen.items():
            wanted = list(headers)
            if wanted and name == NGINX:
                wanted = [f"If-None-Match: {dict(first_answer(target, path)[0])['ETag']}"]
            sample = load(
                target,
                path,
                # The first round only warms everything up.
                seconds=options.seconds if number else 1,
                connections=options.connections,
                headers=wanted,
            )
            if number:
                found[name].append(sample)
    return found


def _report(found: dict[str, dict[str, list[Sample]]], *, out: Path | None) -> None:
    texts = []
    for status, samples in found.items():
        texts.append(f"## Answers {status}\n\n{table(samples, against=NGINX)}\n")
    rates = {name: median(s.rate for s in samples) for name, samples in found["200"].items()}
    for what, these, those, least in GOALS:
        if these in rates and those in rates:
            ratio = rates[these] / rates[those]
            verdict = "holds" if ratio >= least else "MISSED"
            texts.append(f"{what}: {ratio:.2f} (at least {least:g}): {verdict}")
    print("\n".join(texts))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "reading.md").write_text("\n".join(texts) + "\n")
        (out / "reading.svg").write_text(bars(found["200"]))


if __name__ == "__main__":
    raise SystemExit(main())
