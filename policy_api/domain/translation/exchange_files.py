"""What the three formats have in common: work that goes out, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_api.domain.translation.units import State, WorkUnit

SAME: Final = "same as source"
"""A translator's note that says: the translation reads as the source does, on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The units of one policy in one locale, on their way out."""

    policy: str
    source_locale: str
    locale: str
    units: tuple[WorkUnit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One unit of a file that came back."""

    id: str
    source: str
    target: str | None
    state: State
    same: bool = False
    fault: str = ""
    """Why the translation cannot be read, in words; empty if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedFile:
    """What a file says; an empty text where it does not say it."""

    policy: str
    locale: str
    units: tuple[Returned, ...]


def is_deliberate_copy(unit: WorkUnit) -> bool:
    """Tell whether a translation that reads as its source must be marked so."""
    return unit.target is not None and " ".join(unit.target.split()) == " ".join(
        unit.source.split()
    )


def says_same(note: str | None) -> bool:
    """Tell whether a note is the translator's word that nothing had to be translated."""
    return note is not None and " ".join(note.lower().split()).strip(" .!") == SAME
