"""Finished answers by what selects them, within a limit of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Generic, TypeVar

from policy_api.reading.generation import Generation

Item = TypeVar("Item")

MAX_VARIANTS: Final = 48
"""Languages and codings of one address; whoever invents languages pushes out only their like."""

MAX_STRANGERS: Final = 4096
"""Addresses that were asked for once; whoever invents addresses pushes out only their like."""

OVERHEAD: Final = 600
"""Bytes an entry takes beside its texts, about."""


@dataclass(slots=True)
class _Shelf(Generic[Item]):
    """The variants of one address."""

    negotiated: bool
    """Whether the request's languages take part in the choice."""

    variants: OrderedDict[tuple[str, Hashable], tuple[Item, int]] = field(
        default_factory=OrderedDict
    )


class AnswerTable(Generic[Item]):
    """Answers of one state of what is public; the least recently used leave first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._shelves: OrderedDict[Hashable, _Shelf[Item]] = OrderedDict()
        self._strangers: OrderedDict[Hashable, None] = OrderedDict()
        self._generation: Generation | None = None
        self._size = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return how many bytes are held."""
        return self._size

    def find(
        self, generation: Generation, address: Hashable, *, language: str, coding: Hashable
    ) -> Item | None:
        """Return an answer that was kept in that state.

        :param language: What the request says about languages.
        """
        with self._lock:
            shelf = self._shelves.get(address) if generation is self._generation else None
            if shelf is None:
                return None
            found = shelf.variants.get((language if shelf.negotiated else "", coding))
            if found is None:
                return None
            self._shelves.move_to_end(address)
            return found[0]

    def keep(
        self,
        generation: Generation,
        address: Hashable,
        item: Item,
        *,
        language: str | None,
        coding: Hashable,
        size: int,
        is_rare: bool = False,
    ) -> bool:
        """Keep an answer that was given in a state, and tell whether it is kept.

        :param language: What the request says about languages; None if that does not matter here.
        :param size: Bytes of its texts.
        :param is_rare: Whether the address is one of endlessly many; such a one is kept when it
            is asked for a second time.
        """
        with self._lock:
            if not self._enter(generation) or size + OVERHEAD > self._max_bytes:
                return False
            if is_rare and address not in self._shelves and self._is_strange(address):
                return False
            shelf = self._shelves.setdefault(address, _Shelf(negotiated=language is not None))
            if shelf.negotiated is not (language is not None):
                return False
            self._put(shelf, (language or "", coding), item, size + OVERHEAD)
            self._shelves.move_to_end(address)
            while self._size > self._max_bytes:
                _, dropped = self._shelves.popitem(last=False)
                self._size -= sum(size for _, size in dropped.variants.values())
            return address in self._shelves

    def _is_strange(self, address: Hashable) -> bool:
        """Tell whether nobody asked for an address lately, and remember that somebody did."""
        if address in self._strangers:
            del self._strangers[address]
            return False
        self._strangers[address] = None
        if len(self._strangers) > MAX_STRANGERS:
            self._strangers.popitem(last=False)
        return True

    def _put(
        self, shelf: _Shelf[Item], variant: tuple[str, Hashable], item: Item, size: int
    ) -> None:
        _, freed = shelf.variants.pop(variant, (item, 0))
        if len(shelf.variants) >= MAX_VARIANTS:
            _, (_, oldest) = shelf.variants.popitem(last=False)
            freed += oldest
        shelf.variants[variant] = (item, size)
        self._size += size - freed

    def _enter(self, generation: Generation) -> bool:
        """Begin a newer state, or refuse an older one."""
        if generation is self._generation:
            return True
        if self._generation is not None and generation.age < self._generation.age:
            return False
        self._shelves.clear()
        self._generation, self._size = generation, 0
        return True
