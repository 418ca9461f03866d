"""Publishers in processes of their own, to be killed or set against each other.

Run as a script, so that forking happens in a process without threads. Prints one JSON line for
each trial.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from policy_api.db import migrate
from policy_api.db.engine import make_engine
from policy_api.db.tx import writing
from policy_api.domain.blocks import register_builtin_kinds
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.domain.proof.verify import verify
from policy_api.errors import PublishConflict
from policy_api.events import queries as events
from policy_api.ledger import queries
from policy_api.ledger.history import DatabaseHistory
from policy_api.publishing.service import Publisher, publish
from tests.domain.sources import edited, source

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
CONFLICT, PUBLISHED = 3, 0


def publish_heading(engine: Engine, key: Path, text: str, base: int) -> None:
    """Publish the small source with another heading."""
    with Session(engine, expire_on_commit=False) as session, writing(session):
        publish(
            session,
            source=source(edited("policies/privacy/sections/contact", heading=text)),
            base=base,
            announcement=Announcement(),
            publisher=Publisher(actor="A. Publisher", signer=Signer.load(key)),
            now=NOW,
        )


def in_child(work: Callable[[], None]) -> int:
    """Start a process that does some work and leaves with its outcome."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except PublishConflict:
        os._exit(CONFLICT)
    except BaseException as error:  # noqa: BLE001 -- a child must never go on as its parent
        print(repr(error), file=sys.stderr)  # noqa: T201
        os._exit(1)
    os._exit(PUBLISHED)


def die_at(engine: Engine, number: int) -> None:
    """Kill this process without warning before it sends its n-th statement or commit."""
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", step)
    event.listen(engine, "commit", step)


def state(url: str) -> dict[str, Any]:
    """Return what a database holds, and what does not fit in it."""
    engine = make_engine(url)
    with Session(engine) as session:
        broken = verify(DatabaseHistory(session))
        log = events.after(session, sequence=0, limit=1000)
        found = {
            "releases": queries.head_number(session),
            "versions": [
                row.number
                for row in queries.versions(
                    session, site="shop", policy="privacy", before=None, limit=1000
                )
            ],
            "sequences": [row.sequence for row in log],
            "broken": None if broken is None else broken.place,
        }
    engine.dispose()
    return found


def kill_trials(url: str, key: Path, numbers: list[int]) -> None:
    """Publish once for each number and die at that statement."""
    for number in numbers:
        before = state(url)["releases"]

        def work(number: int = number, base: int = before) -> None:
            engine = make_engine(url)
            die_at(engine, number)
            publish_heading(engine, key, f"Reach us {base}", base)

        _, status = os.waitpid(in_child(work), 0)
        killed = os.WIFSIGNALED(status)
        report({"killed": killed, "status": status, "before": before, **state(url)})


def migrate_trials(url: str, numbers: list[int]) -> None:
    """Migrate an empty database for each number and die at that statement."""
    for number in numbers:

        def work(number: int = number) -> None:
            engine = make_engine(url)
            die_at(engine, number)
            migrate.upgrade(engine)

        _, status = os.waitpid(in_child(work), 0)
        engine = make_engine(url)
        with engine.connect() as connection:
            revision = migrate.current(connection)
        engine.dispose()
        report({"killed": os.WIFSIGNALED(status), "revision": revision})


def race_trials(url: str, key: Path, rounds: int, rivals: int) -> None:
    """Let several publishers start from the same release at the same moment."""
    for number in range(rounds):
        base = state(url)["releases"]
        gate = os.pipe()
        children = []
        for rival in range(rivals):
            text = f"Round {number}, rival {rival}"
            children.append(in_child(partial(start_together, gate, (url, key), text, base)))
        for end in gate:
            os.close(end)
        outcomes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        report({"outcomes": sorted(outcomes), "before": base, **state(url)})


def start_together(gate: tuple[int, int], place: tuple[str, Path], text: str, base: int) -> None:
    """Publish once the parent closes the gate."""
    url, key = place
    os.close(gate[1])
    os.read(gate[0], 1)
    publish_heading(make_engine(url), key, text, base)


def report(found: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    register_builtin_kinds()
    kind, url, key, *numbers = sys.argv[1:]
    if kind == "kill":
        kill_trials(url, Path(key), [int(number) for number in numbers])
    elif kind == "migrate":
        migrate_trials(url, [int(number) for number in numbers])
    else:
        race_trials(url, Path(key), int(numbers[0]), int(numbers[1]))
