"""Carry translations over a change of the source that did not change what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from policy_api.domain.content.source import Entry, Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.translation.exchange_checks import NotTaken, checked
from policy_api.domain.translation.units import WorkUnit, translated_locales, work_units
from policy_api.errors import NotFound

CARRIED = "carried"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOver:
    """What came of carrying: edits, and what has to be translated after all."""

    edits: Mapping[str, Entry]
    """Path of a locale's entry → the entry as it shall be."""

    carried: tuple[tuple[str, str], ...]
    """Locale and unit of every translation that fits the new text."""

    left: tuple[tuple[str, str, str], ...]
    """Locale, unit and reason of every one that cannot fit: a number or placeholder differs."""

    def to_json(self) -> dict[str, list[dict[str, str]]]:
        """Return what was carried and what was left, for programs."""
        return {
            "carried": [{"locale": locale, "unit": unit} for locale, unit in self.carried],
            "left": [
                {"locale": locale, "unit": unit, "detail": why} for locale, unit, why in self.left
            ],
        }


def carry(
    source_before: Source,
    source_after: Source,
    *,
    policy: str,
    locales: Collection[str] | None = None,
    units: Collection[str] | None = None,
) -> CarriedOver:
    """Mark translations as made from the new text, where an editor says its sense stayed.

    Only translations that were current before are carried; what was outdated stays so. The
    translator's words are not touched.

    :param locales: Only these; by default every locale of the policy.
    :param units: Only these units, such as those whose change was editorial; by default all.
    :raises NotFound: If there is no such policy.
    """
    edits: dict[str, Entry] = {}
    carried: list[tuple[str, str]] = []
    left: list[tuple[str, str, str]] = []
    if f"policies/{policy}" not in source_after:
        raise NotFound(f"There is no policy “{policy}”.")
    known = f"policies/{policy}" in source_before
    units_before = work_units(source_before, policy, "und") if known else ()
    before = {unit.id: unit.source for unit in units_before}
    wanted = translated_locales(source_after, policy) if locales is None else sorted(locales)
    for locale in wanted:
        for unit in _behind(source_after, policy, locale, before=before):
            if units is not None and unit.id not in units:
                continue
            try:
                checked(unit, unit.target or "")
            except NotTaken as refusal:
                left.append((locale, unit.id, refusal.detail))
                continue
            carried.append((locale, unit.id))
            edits[unit.entry] = _carried(edits.get(unit.entry), source_after, unit)
    return CarriedOver(edits=edits, carried=tuple(carried), left=tuple(left))


def _behind(
    source: Source, policy: str, locale: str, *, before: Mapping[str, str]
) -> Iterator[WorkUnit]:
    """Yield the units whose translation fitted the text before and does not fit the new one."""
    for unit in work_units(source, policy, locale):
        if not unit.outdated or unit.id not in before:
            continue
        held = source.entries[unit.entry]["units"][unit.address]
        if held.get("source_hash") == text_hash(before[unit.id]):
            yield unit


def _carried(edited: Entry | None, source: Source, unit: WorkUnit) -> Entry:
    entry = source.entries[unit.entry] if edited is None else edited
    held = entry["units"][unit.address]
    fresh = {**held, "source_hash": unit.source_hash, "origin": CARRIED}
    return {**entry, "units": {**entry["units"], unit.address: fresh}}
