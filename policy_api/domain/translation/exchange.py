"""Hand work to translators and take it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_api.domain.content.faults import shown
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.base import load_entry
from policy_api.domain.languages import canonical
from policy_api.domain.translation import po, xliff, xliff12
from policy_api.domain.translation.exchange_checks import NotTaken, Reason, checked, is_copy
from policy_api.domain.translation.exchange_files import Returned, ReturnedFile, Work
from policy_api.domain.translation.exchange_xml import EXCHANGE_BYTES, local, read_xml, refused
from policy_api.domain.translation.units import State, WorkUnit, work_units, written_in
from policy_api.errors import BadInput, Problem

__all__ = [
    "EXCHANGE_BYTES",
    "Format",
    "Received",
    "RefusedUnit",
    "export_units",
    "read_file",
    "receive",
]


class Format(StrEnum):
    """How translations are exchanged."""

    XLIFF = "xliff"
    XLIFF_12 = "xliff-1.2"
    PO = "po"


SUFFIXES: Final[Mapping[Format, str]] = {
    Format.XLIFF: ".xlf",
    Format.XLIFF_12: ".xliff",
    Format.PO: ".po",
}
"""Usual end of a file's name."""

_WRITERS: Final[Mapping[Format, Callable[[Work], bytes]]] = {
    Format.XLIFF: xliff.write,
    Format.XLIFF_12: xliff12.write,
    Format.PO: po.write,
}
HUMAN: Final = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedUnit:
    """A unit of a file that was not taken, and why."""

    unit: str
    reason: Reason
    detail: str

    def to_json(self) -> dict[str, str]:
        """Return it for programs."""
        return {"unit": self.unit, "reason": self.reason.value, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came of a file: edits of the locale's entries, and what was left out."""

    policy: str
    locale: str
    edits: Mapping[str, Entry]
    """Path of a locale's entry → the entry as it shall be."""

    accepted: tuple[str, ...]
    """Units that are new or changed."""

    unchanged: tuple[str, ...]
    untranslated: tuple[str, ...]
    """Units the file has no translation for."""

    refused: tuple[RefusedUnit, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for programs, without the edits."""
        return {
            "policy": self.policy,
            "locale": self.locale,
            "entries": list(self.edits),
            "accepted": list(self.accepted),
            "unchanged": len(self.unchanged),
            "untranslated": list(self.untranslated),
            "refused": [each.to_json() for each in self.refused],
        }


def export_units(
    source: Source,
    policy: str,
    *,
    locale: str,
    format: Format,  # noqa: A002 -- the word of the command and of the API
    only: Collection[State] | None = None,
) -> bytes:
    """Return a policy's units in one locale as a file for translators.

    :param only: Only units in these states; what is outdated counts as missing.
    :raises NotFound: If there is no such policy.
    :raises BadInput: If the locale is none, or the policy is written in it.
    """
    tag = _locale(source, policy, locale)
    units = work_units(source, policy, tag)
    if only is not None:
        units = tuple(unit for unit in units if _counted_as(unit) in only)
    work = Work(policy=policy, source_locale=written_in(source, policy), locale=tag, units=units)
    return _WRITERS[format](work)


def read_file(raw: bytes) -> ReturnedFile:
    """Return what a file in any of the formats says.

    :raises BadInput: If it is none of them, or not harmless.
    """
    if not raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return po.read(raw)
    root = read_xml(raw)
    version = root.get("version", "")
    if local(root) == "xliff" and version.startswith("2."):
        return xliff.read_root(root)
    if local(root) == "xliff" and version.startswith("1."):
        return xliff12.read_root(root)
    raise refused("The file is no XLIFF.", "XLIFF 2.1, XLIFF 1.2 or PO")


def receive(
    source: Source,
    raw: bytes,
    *,
    policy: str = "",
    locale: str = "",
    highest: State = State.APPROVED,
    origin: str = HUMAN,
) -> Received:
    """Turn a file that came back into edits of a locale's entries.

    What the file says about policy and locale counts where the caller says nothing.

    :param highest: State that no unit gets beyond; a supplier's word may not be enough.
    :param origin: Who made the texts that are new: ``human`` or ``machine``.
    :raises BadInput: If the file cannot be read, or is for something else.
    :raises NotFound: If there is no such policy.
    """
    file = read_file(raw)
    key = _agreed(policy, file.policy, "policy")
    tag = _locale(source, key, _agreed(locale, file.locale, "locale"))
    units = {unit.id: unit for unit in work_units(source, key, tag)}
    taking = _Taking(units, highest=highest, origin=origin)
    for returned in file.units:
        taking.take(returned)
    return Received(
        policy=key,
        locale=tag,
        edits=_edits(source, units, taking.taken),
        accepted=tuple(taking.taken),
        unchanged=tuple(taking.unchanged),
        untranslated=tuple(taking.untranslated),
        refused=tuple(taking.refused),
    )


class _Taking:
    """The units of a file, one after the other."""

    def __init__(self, units: Mapping[str, WorkUnit], *, highest: State, origin: str) -> None:
        self.units = units
        self.highest = highest
        self.origin = origin
        self.seen: dict[str, str | None] = {}
        self.taken: dict[str, Entry] = {}
        self.unchanged: list[str] = []
        self.untranslated: list[str] = []
        self.refused: list[RefusedUnit] = []

    def take(self, returned: Returned) -> None:
        """Take a unit, or note why not."""
        try:
            self._take(returned)
        except NotTaken as refusal:
            unit = shown(returned.id, 200)
            self.refused.append(
                RefusedUnit(unit=unit, reason=refusal.reason, detail=refusal.detail)
            )

    def _take(self, returned: Returned) -> None:
        unit = self.units.get(returned.id)
        if unit is None:
            raise NotTaken(Reason.UNKNOWN_UNIT, "The policy has no such text.")
        if returned.id in self.seen:
            if self.seen[returned.id] == returned.target:
                return
            raise NotTaken(Reason.TWICE, "The file translates the text in two ways.")
        self.seen[returned.id] = returned.target
        if returned.fault:
            raise NotTaken(Reason.MARKUP, returned.fault)
        if returned.target is None or not returned.target.strip():
            self.untranslated.append(unit.id)
            return
        if text_hash(returned.source) != unit.source_hash:
            raise NotTaken(Reason.SOURCE_MOVED, "The source text is another one by now.")
        self._decide(unit, returned, returned.target)

    def _decide(self, unit: WorkUnit, returned: Returned, target: str) -> None:
        """Store the translation, unless it is the one that is there already."""
        state = min(returned.state, self.highest, key=lambda each: each.rank)
        if unit.target is not None and _same_words(unit, target):
            if self._stays(unit, state):
                self.unchanged.append(unit.id)
                return
            text = checked(unit, unit.target) if unit.outdated else unit.target
            self._store(unit, text, state, unit.origin)
            return
        if is_copy(unit, target) and not returned.same:
            detail = "The translation reads as the source; note “same as source” if it shall."
            raise NotTaken(Reason.COPIED, detail)
        self._store(unit, checked(unit, target), state, self.origin)

    def _stays(self, unit: WorkUnit, state: State) -> bool:
        """Tell whether a file says nothing new about a translation it did not change.

        Approval may have been given since the file went out, so a file never takes it back.
        An outdated translation fits again once somebody says it does.
        """
        if unit.outdated:
            return state is State.DRAFT
        return state.rank <= unit.state.rank

    def _store(self, unit: WorkUnit, text: str, state: State, origin: str | None) -> None:
        stored: dict[str, Any] = {"text": text, "state": state.value}
        stored["source_hash"] = unit.source_hash
        if origin not in {None, HUMAN}:
            stored["origin"] = origin
        self.taken[unit.id] = stored


def _same_words(unit: WorkUnit, target: str) -> bool:
    """Tell whether a target is the stored one; line ends at the end get lost on the way."""
    return target.replace("\r\n", "\n").strip() == (unit.target or "").strip()


def _edits(
    source: Source, units: Mapping[str, WorkUnit], taken: Mapping[str, Entry]
) -> dict[str, Entry]:
    changed: dict[str, dict[str, Entry]] = {}
    for unit_id, stored in taken.items():
        unit = units[unit_id]
        changed.setdefault(unit.entry, {})[unit.address] = stored
    return {
        path: load_entry(path, {"units": {**_units(source, path), **entries}})
        for path, entries in sorted(changed.items())
    }


def _units(source: Source, path: str) -> Mapping[str, Any]:
    entry = source.get(path)
    return {} if entry is None else entry["units"]


def _counted_as(unit: WorkUnit) -> State:
    return State.MISSING if unit.outdated else unit.state


def _agreed(asked: str, told: str, what: str) -> str:
    if asked and told and asked.lower() != told.lower():
        raise refused(f"The file is for the {what} “{shown(told)}”.", f"one for “{asked}”")
    if not asked and not told:
        raise refused(f"The file does not name its {what}.", f"the {what} beside the file")
    return asked or told


def _locale(source: Source, policy: str, tag: str) -> str:
    try:
        locale = canonical(tag)
    except ValueError as error:
        raise BadInput(problems=[Problem(str(error), expected="such as de or pt-BR")]) from error
    if f"policies/{policy}" in source and locale == written_in(source, policy):
        raise refused(f"The policy is written in {locale}.", "a locale to translate into")
    return locale
