"""Named collections of one kind of thing, closed once the program has started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Map names to items of one type; frozen by the application factory.

    >>> shapes = Registry[int]("shape")
    >>> shapes.register("triangle", 3)
    3
    >>> shapes.names()
    ('triangle',)
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}
        self._frozen = False

    def register(self, name: str, item: T) -> T:
        """Add an item under a name nobody has taken, and hand it back.

        :raises ValueError: If the name is taken; two plugins must not shadow each other silently.
        :raises RuntimeError: If the registry is frozen.
        """
        if self._frozen:
            raise RuntimeError(f"The registry of {self.name} is frozen; cannot add {name!r}.")
        if name in self._items:
            raise ValueError(f"There is a {self.name} {name!r} already.")
        self._items[name] = item
        return item

    def get(self, name: str) -> T:
        """Return the item of that name.

        :raises LookupError: With the known names, so that a typo is seen at once.
        """
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(self.names()) or "none"
            raise LookupError(f"There is no {self.name} {name!r}; known: {known}.") from None

    def names(self) -> tuple[str, ...]:
        """Return all names in the order of registration."""
        return tuple(self._items)

    def items(self) -> tuple[tuple[str, T], ...]:
        """Return all pairs of name and item in the order of registration."""
        return tuple(self._items.items())

    def freeze(self) -> None:
        """Refuse every later registration; freezing twice is harmless."""
        self._frozen = True

    @property
    def is_frozen(self) -> bool:
        """Tell whether the registry is closed."""
        return self._frozen

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)
