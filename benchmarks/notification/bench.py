"""Measure notification against its bars, each figure beside what it is compared with.

Run it on a quiet machine: `./dev bench notification [NAME ...]`. The receivers run in a process of
their own. Rates are per second of the sender's own time on a core, so that other programs disturb
them little; absolute figures say little all the same, ratios carry over.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from benchmarks.notification import clients, sending
from benchmarks.notification.ground import announce, fill, quantile
from policy_api.db.engine import make_engine
from policy_api.db.guard import is_writing
from policy_api.db.migrate import upgrade
from policy_api.db.tx import writing
from policy_api.notification import fanout
from policy_api.notification.collector import seldom_collecting
from policy_api.notification.mailbox import FIRST_CHUNK, database_time
from tests import postgres

SUBSCRIBERS = 100_000
TURNS = 3


def databases() -> Iterator[tuple[str, str]]:
    """Yield name and address of a fresh database of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        yield "sqlite", f"sqlite:///{Path(folder, 'bench.sqlite3')}"
    url = postgres.new_database()
    yield "postgresql", url
    postgres.drop_database(url)


@contextmanager
def ground(url: str) -> Iterator[tuple[Engine, Session]]:
    """Yield an engine and a session on migrated tables."""
    engine = make_engine(url)
    upgrade(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield engine, session
    engine.dispose()


def publish_cost() -> None:
    """Compare the cost of writing an event with no and with many subscribers, in turns."""
    for (name, url), (_, other) in zip(databases(), databases(), strict=True):
        with ground(url) as (_, empty), ground(other) as (_, crowded):
            fill(crowded, SUBSCRIBERS, urls=["https://hooks.example.org/"])
            alone, crowd = [], []
            for _ in range(20):
                alone += announce(empty, 20)
                crowd += announce(crowded, 20)
        say(f"publish {name}", median(crowd) * 1e3, "ms", median(alone) * 1e3, at_most=1.2)


def fan_out() -> None:
    """Hand one event to many subscribers, and time each write transaction."""
    for name, url in databases():
        with ground(url) as (engine, session):
            fill(session, SUBSCRIBERS, urls=["https://hooks.example.org/"])
            announce(session, 1)
            longest: list[float] = []
            with timed_transactions(engine, longest):
                seconds = hand_out(session)
            made = session.scalar(text("SELECT count(*) FROM delivery WHERE sequence > 0"))
        bar = 1.0 if name == "sqlite" else 3.0
        say(f"fan-out of {made} {name}", seconds, "s", bar, at_most=1.0)
        say(f"longest write of it {name}", max(longest) * 1e3, "ms", 25, at_most=1.0)


def hand_out(session: Session) -> float:
    """Hand everything out as a worker does, and return the seconds it took."""
    started = time.perf_counter()
    size, has_more = FIRST_CHUNK, True
    while has_more:
        with writing(session):
            begun = time.perf_counter()
            has_more = fanout.advance(session, now=database_time(session), chunk=size)
            size = fanout.next_chunk(size, seconds=time.perf_counter() - begun)
    return time.perf_counter() - started


@contextmanager
def timed_transactions(engine: Engine, found: list[float]) -> Iterator[None]:
    """Collect how long write transactions hold their lock."""
    begun: dict[int, float] = {}

    def begin(connection: object) -> None:
        begun[id(connection)] = time.perf_counter()

    def commit(connection: object) -> None:
        if is_writing(connection):  # type: ignore[arg-type]
            found.append(time.perf_counter() - begun[id(connection)])

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", commit)
    yield
    event.remove(engine, "begin", begin)
    event.remove(engine, "commit", commit)


def throughput() -> None:
    """Compare a worker with a bare loop of the same client against the same receivers, in turns."""
    for name, url in databases():
        for scheme, bar in (("https", 0.9), ("http", 0.75)):
            bare, rate = [], []
            with (
                sending.receivers(scheme) as ports,
                ground(url) as (engine, session),
                seldom_collecting(),
            ):
                # The collector is set up as in a worker's process, for both.
                for _ in range(TURNS):
                    bare.append(asyncio.run(sending.bare_rate(scheme, ports)))
                    rate.append(sending.worker_rate(engine, session, scheme, ports))
            say(f"deliveries {scheme} {name}", median(rate), "per s", median(bare), at_least=bar)


def compare_clients() -> None:
    """Compare the client in use with others: posts per second of a core, and who holds it up."""
    for scheme, count in (("https", 1000), ("http", 3000)):
        with clients.targets(scheme) as target:
            rates = {
                name: median(clients.rate(client, target, count) for _ in range(TURNS))
                for name, client in clients.CLIENTS.items()
            }
        for name, found in rates.items():
            say(f"{scheme} by {name}", found, "per s", rates["aiohttp"])
    for name, client in clients.CLIENTS.items():
        held_up_by = clients.held_up_by(client)
        sys.stdout.write(f"{name} is held up by {', '.join(held_up_by) or 'nobody'}\n")


def latency() -> None:
    """Time from the commit of an event to its arrival."""
    for name, url in databases():
        with (
            sending.receivers("http") as ports,
            ground(url) as (engine, session),
            seldom_collecting(),
        ):
            times = sending.latencies(engine, session, ports, count=200)
        bar = 50 if name == "sqlite" else 100
        say(f"commit to attempt, p99, {name}", quantile(times, 0.99) * 1e3, "ms", bar, at_most=1.0)


def fairness() -> None:
    """Compare healthy endpoints among a tenth of black holes with healthy ones alone."""
    for name, url in databases():
        p99 = {}
        for holes in (0, 10):
            with sending.receivers("http") as ports, ground(url) as (engine, session):
                times = sending.crowd_latencies(engine, session, ports, every_nth_is_dead=holes)
                p99[holes] = quantile(times, 0.99)
        say(f"healthy p99 among dead {name}", p99[10] * 1e3, "ms", p99[0] * 1e3, at_most=1.5)


def say(
    what: str,
    found: float,
    unit: str,
    beside: float,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> None:
    """Print one line: a figure, what it is compared with, their ratio, and the bar."""
    ratio = found / beside
    if at_most is None and at_least is None:
        sys.stdout.write(f"{what:36} {found:10.2f} {beside:10.2f} {unit:6} ratio {ratio:5.2f}\n")
        return
    holds = ratio <= at_most if at_most is not None else ratio >= (at_least or 0)
    bar = f"<= {at_most}" if at_most is not None else f">= {at_least}"
    verdict = "holds" if holds else "MISSED"
    sys.stdout.write(
        f"{what:36} {found:10.2f} {beside:10.2f} {unit:6} ratio {ratio:5.2f} {bar:8} {verdict}\n"
    )
    sys.stdout.flush()


BENCHMARKS: dict[str, Callable[[], None]] = {
    "clients": compare_clients,
    "publish": publish_cost,
    "fan-out": fan_out,
    "throughput": throughput,
    "latency": latency,
    "fairness": fairness,
}


def main() -> None:
    """Run the named measurements, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []])
    for name in parser.parse_args().names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
