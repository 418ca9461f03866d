"""Which members of an ordered list moved: as few as explain the new order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def moved(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return the members that changed place among those which both lists have.

    The longest run of members that kept their order stays; the others moved.

    >>> moved(["a", "b", "c", "d"], ["d", "a", "b", "x", "c"])
    ('d',)
    """
    place = {member: index for index, member in enumerate(before)}
    common = [member for member in after if member in place]
    stayed = _longest_increasing([place[member] for member in common])
    return tuple(member for index, member in enumerate(common) if index not in stayed)


def _longest_increasing(numbers: Sequence[int]) -> frozenset[int]:
    """Return the indexes of a longest increasing subsequence (patience sorting)."""
    tails: list[int] = []
    tail_indexes: list[int] = []
    previous: list[int | None] = []
    for index, number in enumerate(numbers):
        at = bisect_left(tails, number)
        previous.append(tail_indexes[at - 1] if at else None)
        tails[at : at + 1] = [number]
        tail_indexes[at : at + 1] = [index]
    chosen: set[int] = set()
    last = tail_indexes[-1] if tail_indexes else None
    while last is not None:
        chosen.add(last)
        last = previous[last]
    return frozenset(chosen)
