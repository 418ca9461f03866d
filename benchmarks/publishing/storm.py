"""A release for a thousand sites at once, and the readers of a CDN in the minutes around it.

What is simulated is the CDN and its readers: caches at many places with a shield in front of the
origin, readers who prefer some sites. What the release outdates, and in how many purges it is told,
comes from the program's own tables of tags.

`python -m benchmarks.publishing.storm [--sites 1000] [--locales 10] [--policies 3]`
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from benchmarks.publishing.content import site_key
from policy_api.notification.channels.cdn import purges
from policy_api.settings import PurgeForm
from policy_api.web.tags import outdated

PLACES = 30
SECONDS = 240
RELEASE_AT = 120
MAX_AGE = 60
LONG_AGE = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to keep a CDN fresh."""

    name: str
    max_age: int
    purged: str
    """``nothing``, ``everything`` or ``what changed``."""


WAYS = (
    Way(name="no purge, a minute", max_age=MAX_AGE, purged="nothing"),
    Way(name="everything purged", max_age=LONG_AGE, purged="everything"),
    Way(name="purged by tag", max_age=LONG_AGE, purged="what changed"),
)


@dataclass(slots=True)
class Told:
    """What the origin and the readers saw."""

    asked: int = 0
    origin: Counter[int] = field(default_factory=Counter)
    """Second → requests that reached the origin."""

    stale: int = 0
    """Answers from before the release that were given after it."""


def main() -> int:
    """Simulate a release of everything and one of a tenth, kept fresh in three ways."""
    options = _options()
    sites = [site_key(number) for number in range(options.sites)]
    policies = [f"policy-{number}" for number in range(options.policies)]
    print(f"{options.sites} sites × {options.locales} locales × {options.policies} policies")
    for form in PurgeForm:
        requests = sum(
            len(list(purges(outdated(sites, policy), form=form, token=""))) for policy in policies
        )
        print(f"  {form.value}: {requests} requests purge all of it")
    print("\n| release of | way | hits before | hits after | origin peak/s | stale answers |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for share, name in ((1.0, "all sites"), (0.1, "a tenth")):
        changed = set(range(int(options.sites * share)))
        for way in WAYS:
            print(_line(name, way, _simulated(options, way, changed)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--locales", type=int, default=10)
    parser.add_argument("--policies", type=int, default=3)
    parser.add_argument("--rate", type=int, default=2000, help="Requests per second, all places.")
    return parser.parse_args()


def _simulated(options: argparse.Namespace, way: Way, changed: set[int]) -> Told:
    told = Told()
    places: list[dict[int, float]] = [{} for _ in range(PLACES)]
    shield: dict[int, float] = {}
    per_site = options.locales * options.policies
    filled_at: list[dict[int, float]] = [{} for _ in range(PLACES + 1)]
    for at, place, document in _readers(options):
        if at >= RELEASE_AT and told.asked >= 0 and way.purged != "nothing":
            _purge([*places, shield], way, changed, per_site)
            way = Way(name=way.name, max_age=way.max_age, purged="nothing")
        told.asked += 1
        near = places[place]
        if near.get(document, -1.0) < at:
            if shield.get(document, -1.0) < at:
                told.origin[int(at)] += 1
                shield[document] = at + way.max_age
                filled_at[PLACES][document] = at
            # An answer that comes from the shield is as old as it was there.
            near[document] = shield[document]
            filled_at[place][document] = filled_at[PLACES][document]
        is_old = filled_at[place][document] < RELEASE_AT <= at
        told.stale += is_old and document // per_site in changed
    return told


def _readers(options: argparse.Namespace) -> Iterator[tuple[float, int, int]]:
    """Yield when, where and what is read: few sites are read much, most of them little."""
    chance = random.Random(11)  # noqa: S311 -- a simulation, no secret
    documents = options.sites * options.locales * options.policies
    order = list(range(documents))
    chance.shuffle(order)
    summed = list(accumulate(1 / rank for rank in range(1, documents + 1)))
    for number in range(options.rate * SECONDS):
        chosen = order[bisect_left(summed, chance.random() * summed[-1])]
        yield number / options.rate, chance.randrange(PLACES), chosen


def _purge(caches: Sequence[dict[int, float]], way: Way, changed: set[int], per_site: int) -> None:
    for cache in caches:
        gone = [
            document
            for document in cache
            if way.purged == "everything" or document // per_site in changed
        ]
        for document in gone:
            del cache[document]


def _line(name: str, way: Way, told: Told) -> str:
    rate = told.asked / SECONDS
    before = sum(told.origin[second] for second in range(RELEASE_AT - 30, RELEASE_AT)) / 30
    after = sum(told.origin[second] for second in range(RELEASE_AT, RELEASE_AT + 30)) / 30
    peak = max(told.origin[second] for second in range(RELEASE_AT, SECONDS))
    return (
        f"| {name} | {way.name} | {1 - before / rate:.1%} | {1 - after / rate:.1%} "
        f"| {peak} | {told.stale} |"
    )


if __name__ == "__main__":
    raise SystemExit(main())
