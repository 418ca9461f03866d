"""How far each locale of a policy has come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from policy_api.domain.content.source import Source
from policy_api.domain.translation.units import State, translated_locales, work_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The units of one policy in one locale, counted."""

    policy: str
    locale: str
    units: int
    missing: int
    draft: int
    translated: int
    approved: int
    outdated: int
    """How many of the draft, translated and approved ones were made from another text."""

    current: int
    """How many translations of the present text there are."""

    words: int
    """Words of the source that still wait: missing or outdated."""

    orphans: tuple[str, ...]
    """Translations of texts that no longer exist, as path and address."""

    @property
    def completeness(self) -> float:
        """Share of the units that are translated and current, from 0 to 1."""
        return round(self.current / self.units, 4) if self.units else 1.0

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        counted = ("units", "missing", "draft", "translated", "approved", "outdated", "current")
        return {
            "policy": self.policy,
            "locale": self.locale,
            **{name: getattr(self, name) for name in counted},
            "words": self.words,
            "completeness": self.completeness,
            "orphans": list(self.orphans),
        }


def progress(source: Source, policy: str) -> tuple[Progress, ...]:
    """Return the progress of every locale a policy is or shall be translated into.

    :raises NotFound: If there is no such policy.
    """
    return tuple(
        progress_in(source, policy, locale) for locale in translated_locales(source, policy)
    )


def progress_in(source: Source, policy: str, locale: str) -> Progress:
    """Return the progress of one locale.

    :raises NotFound: If there is no such policy.
    """
    units = work_units(source, policy, locale)
    states = Counter(unit.state for unit in units)
    waiting = [unit for unit in units if not unit.is_current]
    return Progress(
        policy=policy,
        locale=locale,
        units=len(units),
        missing=states[State.MISSING],
        draft=states[State.DRAFT],
        translated=states[State.TRANSLATED],
        approved=states[State.APPROVED],
        outdated=sum(unit.outdated for unit in units),
        current=len(units) - len(waiting),
        words=sum(len(unit.source.split()) for unit in waiting),
        orphans=_orphans(
            source, policy, locale, known={(unit.entry, unit.address) for unit in units}
        ),
    )


def _orphans(
    source: Source, policy: str, locale: str, *, known: set[tuple[str, str]]
) -> tuple[str, ...]:
    prefix = f"policies/{policy}/locales/{locale}/"
    return tuple(
        f"{path.removeprefix(prefix)}/{address}"
        for path in source.paths(prefix)
        for address in source.entries[path]["units"]
        if (path, address) not in known
    )
