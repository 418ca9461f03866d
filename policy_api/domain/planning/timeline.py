"""The states of the source over time: in force now, and announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from policy_api.domain.content.merge import merge
from policy_api.domain.content.source import Source
from policy_api.errors import CorrectionConflict


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The whole source from one instant on."""

    effective_at: datetime
    source: Source
    origin: int
    """Number of the release that announced it; a correction carried into it keeps it."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """States in order of effect."""

    states: tuple[State, ...] = ()

    @property
    def head(self) -> State | None:
        """The last state: what the next draft is based on."""
        return self.states[-1] if self.states else None

    def at(self, instant: datetime) -> State | None:
        """Return the state in force at an instant, or None before the first."""
        reached = [state for state in self.states if state.effective_at <= instant]
        return reached[-1] if reached else None

    def after(self, instant: datetime) -> tuple[State, ...]:
        """Return the states that take effect later."""
        return tuple(state for state in self.states if state.effective_at > instant)

    def since(self, instant: datetime) -> Timeline:
        """Return the state in force at an instant and all that follow."""
        current = self.at(instant)
        return Timeline((*([current] if current else []), *self.after(instant)))

    def with_release(self, source: Source, *, effective_at: datetime, number: int) -> Timeline:
        """Return the timeline once a release is in it.

        A release that takes effect before an announced state changes the text in force then, and
        is carried into every later state. What it edits is the difference to the head.

        :raises CorrectionConflict: With the paths that an announced state changed as well.
        """
        later = self.after(effective_at)
        kept = tuple(state for state in self.states if state.effective_at <= effective_at)
        if not later:
            new = State(effective_at=effective_at, source=source, origin=number)
            return Timeline((*kept, new))
        head = later[-1].source
        carried = [
            State(
                effective_at=state.effective_at,
                source=_merged(head, mine=source, theirs=state.source),
                origin=state.origin,
            )
            for state in later[:-1]
        ]
        last = State(effective_at=later[-1].effective_at, source=source, origin=later[-1].origin)
        base = kept[-1].source if kept else Source.from_entries({})
        first = State(
            effective_at=effective_at,
            source=_merged(head, mine=source, theirs=base),
            origin=number,
        )
        return Timeline((*kept, first, *carried, last))


def _merged(head: Source, *, mine: Source, theirs: Source) -> Source:
    merged = merge(head.entries, mine.entries, theirs.entries)
    if merged.conflicts:
        paths = sorted({f"{found.path}#{found.pointer}" for found in merged.conflicts})
        raise CorrectionConflict(
            "An announced version changes the same parts. Let the release take effect with it, "
            "or withdraw it first.",
            paths=paths,
        )
    return Source.from_entries(merged.entries)
