"""Composed sections that several sites share: what reads the same is composed once."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

Section = dict[str, Any]

MOST_TEXTS = 10_000
"""Texts in the sections that are kept. A publication of any size needs no more memory."""


class Watched(dict[str, str]):
    """Values of placeholders that remember which of them were looked at."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- as a dict's
        """Return a value and note its name."""
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A composed section, to be shown by every site for which it would read the same."""

    section: Section
    counted: Mapping[str, int]
    """How its texts stand → how many do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needs:
    """What decides a section's words besides its own texts."""

    locale: str
    names: tuple[str, ...]


class SharedSections:
    """The sections composed lately, by everything that they were made from.

    Two sites share one if its source is the same and so is every value that was looked at while
    it was composed. The least recently used leave first.
    """

    def __init__(self, most_texts: int = MOST_TEXTS) -> None:
        self._most_texts = most_texts
        self._needs: dict[Hashable, _Needs] = {}
        self._kept: OrderedDict[tuple[Hashable, Hashable], Shared] = OrderedDict()
        self._readings: Counter[Hashable] = Counter()
        self._texts = 0

    def text_locale(self, made_from: Hashable) -> str | None:
        """Return the locale whose values a section needs; None if it was not seen yet."""
        needs = self._needs.get(made_from)
        return None if needs is None else needs.locale

    def find(self, made_from: Hashable, values: Watched) -> Shared | None:
        """Return a section that reads as one composed with these values would."""
        key = self._key(made_from, values)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, made_from: Hashable, values: Watched, made: Shared, *, locale: str) -> None:
        """Keep a section for other sites.

        :param values: With the names of those that were looked at.
        :param locale: The locale of the values.
        """
        self._needs[made_from] = _Needs(locale=locale, names=tuple(sorted(values.names)))
        key = self._key(made_from, values)
        if key not in self._kept:
            self._texts += self._weight(made)
            self._readings[made_from] += 1
        self._kept[key] = made
        while self._texts > self._most_texts and len(self._kept) > 1:
            (gone, _), dropped = self._kept.popitem(last=False)
            self._texts -= self._weight(dropped)
            self._forget(gone)

    def _key(self, made_from: Hashable, values: Watched) -> tuple[Hashable, Hashable]:
        names = self._needs[made_from].names
        # Past the watch: looking for a section is no use of its values.
        return made_from, tuple((name, dict.get(values, name)) for name in names)

    def _forget(self, made_from: Hashable) -> None:
        """Drop what was noted of a section once none of its readings is kept."""
        self._readings[made_from] -= 1
        if not self._readings[made_from]:
            del self._readings[made_from], self._needs[made_from]

    def _weight(self, made: Shared) -> int:
        return 1 + sum(made.counted.values())
