"""Measure reading, beside what it is compared with, in one run and in turns.

`./dev bench reading [--rounds 8] [--seconds 1] [--out FOLDER]`, on a quiet machine that has wrk
and, for the comparison with a file, nginx. Absolute figures say little; ratios carry over, and
each is taken within a round, between servers that saw the same weather.
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
from typing import Any

from benchmarks.reading import opponents
from benchmarks.reading.drawing import bars, table, verdicts
from benchmarks.reading.names import (
    BARE,
    FAST,
    NAIVE,
    NGINX,
    PACKED,
    PLAIN,
    SLOW,
    UNCHANGED,
    WORKER,
)
from benchmarks.reading.running import Sample, Target, ask, gunicorn, load, nginx
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

BROWSER = "gzip, deflate, br, zstd"
"""What browsers accept."""

Found = dict[str, dict[str, list[Sample]]]


def main() -> int:
    """Measure, print and draw."""
    options = _options()
    if shutil.which("wrk") is None:
        print("wrk is needed to put load on the servers.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        path, chosen = published(folder)
        targets = _started(stack, folder, path=path, chosen=chosen)
        found = _measured(targets, path, options=options)
        started = {each.name: each.started for each in targets.values()}
    _report(found, started, out=options.out)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench reading", description=__doc__)
    # Many and short: how connections fall upon workers differs from round to round.
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--only", action="append", help="Name of a server; may be repeated.")
    parser.add_argument("--out", type=Path, help="Folder for figures and drawing.")
    return parser.parse_args()


def published(folder: Path) -> tuple[str, dict[str, Any]]:
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
    answers = {
        PLAIN: ask(targets[0], path),
        PACKED: ask(targets[0], path, Accept_Encoding=BROWSER),
    }
    opponents.fill(folder, json.loads(answers[PLAIN][1]))
    (folder / opponents.ANSWER).write_bytes(pickle.dumps(answers))
    for name, app in ((BARE, "bare"), (NAIVE, "naive")):
        factory = f"benchmarks.reading.opponents:{app}()"
        targets.append(
            stack.enter_context(gunicorn(name, folder, app=factory, fast_worker="false"))
        )
    if shutil.which("nginx") or Path("/usr/sbin/nginx").exists():
        targets.append(stack.enter_context(nginx(NGINX, folder, answers=answers)))
    sizes = " and ".join(f"{len(body):,}" for _, body in answers.values())
    print(f"{path}: {sizes} bytes, plain and compressed\n", flush=True)
    return {target.name: target for target in targets}


def _measured(targets: dict[str, Target], path: str, *, options: argparse.Namespace) -> Found:
    """Measure each server in turn, round after round, so that all see the same weather."""
    chosen = {name: each for name, each in targets.items() if name in (options.only or targets)}
    found: Found = {"200": {}, "200, compressed": {}, "304": {}}
    for number in range(options.rounds + 1):
        for kind, samples in found.items():
            # There and back: who comes after a busy one must not always be the same.
            for name, target in sorted(chosen.items(), reverse=bool(number % 2)):
                # Nobody needs to know how slowly it says that nothing has changed.
                if name == NAIVE and kind != "200":
                    continue
                address, headers = _request(target, path, kind)
                sample = load(
                    target,
                    address,
                    # The first round only warms everything up.
                    seconds=options.seconds if number else 1,
                    connections=options.connections,
                    headers=headers,
                )
                if number:
                    samples.setdefault(name, []).append(sample)
    return found


def _request(target: Target, path: str, kind: str) -> tuple[str, list[str]]:
    """Return address and headers by which a server gives an answer of a kind.

    All are told the same; those that look at nothing have the kind of answer in the address.
    """
    given = {"200, compressed": PACKED, "304": UNCHANGED}.get(kind, PLAIN)
    address = {
        BARE: f"{given}{path}",
        NGINX: PACKED if given == PACKED else PLAIN,
    }.get(target.name, path)
    if kind == "304":
        tag = dict(ask(target, PLAIN if target.name == BARE else address)[0])["ETag"]
        return address, [f"If-None-Match: {tag}"]
    return address, [f"Accept-Encoding: {BROWSER}"] * (given == PACKED)


def _report(found: Found, started: dict[str, float], *, out: Path | None) -> None:
    texts = [
        f"### Answers {kind}\n\n{table(samples, against=NGINX)}\n"
        for kind, samples in found.items()
    ]
    ready = " · ".join(f"{name} {seconds:.1f}" for name, seconds in started.items())
    texts += ["### Ratios\n", verdicts(found), f"\nSeconds from start to first answer: {ready}."]
    print("\n".join(texts))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "reading.md").write_text("\n".join(texts) + "\n")
        (out / "reading.svg").write_text(bars(found["200"]))


if __name__ == "__main__":
    raise SystemExit(main())
