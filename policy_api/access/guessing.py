"""Guessing tokens is slowed down by where the guesses come from, never by what they say.

Kept by each process for itself. A secret has 256 random bits, so this is no lock: it keeps those
who try from costing much. Whoever has come through from the same place with a good token still
does, so that a neighbour who guesses keeps no colleague out.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from policy_api.access.refusals import TooManyGuesses

WINDOW: Final = timedelta(minutes=1)
FROM_ONE_PLACE: Final = 30
FROM_EVERYWHERE: Final = 600
MOST_REMEMBERED: Final = 10_000

HOST_BITS: Final = {4: 24, 6: 48}
"""Version → length of the prefix that counts as one place."""


@dataclass(slots=True)
class Guesses:
    """The tokens that were refused lately, by place; and those that were good there."""

    _places: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _all: deque[datetime] = field(default_factory=deque)
    _good: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    def check(self, address: str, *, token_id: str, now: datetime) -> None:
        """Refuse to look at another token where too many were no good.

        :param token_id: Public part of the token; empty if it has none.
        :raises TooManyGuesses: With when to come back.
        """
        place = place_of(address)
        if (place, token_id) in self._good:
            return
        recent = self._places.get(place, deque())
        _forget(recent, now)
        _forget(self._all, now)
        full = [
            kept
            for kept, most in ((recent, FROM_ONE_PLACE), (self._all, FROM_EVERYWHERE))
            if len(kept) >= most
        ]
        if full:
            wait = max(kept[0] + WINDOW - now for kept in full)
            raise TooManyGuesses(
                "Too many tokens that are no good came from there.",
                retry_after=max(1, round(wait.total_seconds())),
            )

    def note_refused(self, address: str, *, now: datetime) -> None:
        """Count a token that was no good."""
        place = place_of(address)
        self._places.setdefault(place, deque()).append(now)
        self._places.move_to_end(place)
        self._all.append(now)
        if len(self._places) > MOST_REMEMBERED:
            self._places.popitem(last=False)

    def note_good(self, address: str, *, token_id: str) -> None:
        """Remember a good token, and where it came from."""
        self._good[place_of(address), token_id] = None
        self._good.move_to_end((place_of(address), token_id))
        if len(self._good) > MOST_REMEMBERED:
            self._good.popitem(last=False)


def place_of(address: str) -> str:
    """Return the network that an address counts for; one customer often has all of it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, HOST_BITS[found.version]), strict=False))


def _forget(kept: deque[datetime], now: datetime) -> None:
    while kept and now - kept[0] >= WINDOW:
        kept.popleft()
