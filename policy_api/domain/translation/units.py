"""Everything there is to translate in a policy, and what a locale has for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from policy_api.domain.blocks.base import TextForm, Unit
from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.units import entry_units
from policy_api.errors import NotFound

POLICY_OWNER = "policy"
_FAMILIES = frozenset(
    {"sections", "tables", "overlays", "rows", "blocks", "items", "rights", "rules"}
)
_FORM_NOTES = {
    TextForm.LINE: "One line of plain text.",
    TextForm.MARKDOWN: "Markdown: keep lists, emphasis and links as they are.",
}


class State(StrEnum):
    """How far the translation of a unit has come."""

    MISSING = "missing"
    DRAFT = "draft"
    TRANSLATED = "translated"
    APPROVED = "approved"

    @property
    def rank(self) -> int:
        """Place in the order of work."""
        return list(State).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkUnit:
    """One text with its translation, as it goes to a translator."""

    id: str
    """As in ``memory``: ``sections/scope/heading``, ``overlays/forum/sections/scope/heading``."""

    entry: str
    """Path of the locale's entry that holds the translation."""

    address: str
    """Address in that entry."""

    form: TextForm
    source: str
    heading: str
    """Heading of the section the text is read under, or the policy's title."""

    context: str
    """Where the text stands, in words."""

    target: str | None = None
    state: State = State.MISSING
    outdated: bool = False
    """The translation was made from another source text."""

    origin: str | None = None

    @property
    def source_hash(self) -> str:
        """What a translation of the present text says it was made from."""
        return text_hash(self.source)

    @property
    def is_current(self) -> bool:
        """Tell whether there is a translation of the present text."""
        return self.state is not State.MISSING and not self.outdated

    @property
    def notes(self) -> tuple[str, ...]:
        """What a translator should know: address, form, heading, and whether work is old."""
        notes = [f"Text: {self.id}", _FORM_NOTES[self.form], f"Under the heading “{self.heading}”"]
        if self.outdated:
            notes.append("The source text changed after this translation was made.")
        if self.origin is not None:
            notes.append(f"Made by: {self.origin}")
        return tuple(notes)


def work_units(source: Source, policy: str, locale: str) -> tuple[WorkUnit, ...]:
    """Return every unit of a policy in reading order, with what a locale has for it.

    Tables follow the section that shows them; what overlays wrote comes last, site by site.

    :raises NotFound: If there is no such policy.
    """
    if f"policies/{policy}" not in source:
        raise NotFound(f"There is no policy “{policy}”.")
    return tuple(_work_units(source, policy, locale))


def translated_locales(source: Source, policy: str) -> tuple[str, ...]:
    """Return the locales a policy is or shall be translated into, in order of their tags."""
    wanted: set[str] = set()
    for site in source.sites():
        entry = source.entries[f"sites/{site}"]
        if policy in entry.get("policies", source.policies()):
            wanted.update(entry["locales"])
    prefix = f"policies/{policy}/locales/"
    wanted.update(path.removeprefix(prefix).partition("/")[0] for path in source.paths(prefix))
    return tuple(sorted(wanted - {written_in(source, policy)}))


def written_in(source: Source, policy: str) -> str:
    """Return the locale of a policy's source text."""
    usual = source.organization.get("source_locale", "en")
    return str(source.entries[f"policies/{policy}"].get("source_locale", usual))


def owner_path(policy: str, owner: str) -> str:
    """Return the path of the entry that a locale's entry translates."""
    return f"policies/{policy}" if owner == POLICY_OWNER else f"policies/{policy}/{owner}"


def _work_units(source: Source, policy: str, locale: str) -> Iterator[WorkUnit]:
    for owner, heading in _owners(source, policy):
        path = owner_path(policy, owner)
        entry = f"policies/{policy}/locales/{locale}/{owner}"
        held: Mapping[str, Any] = (source.get(entry) or {}).get("units", {})
        for unit in entry_units(path, source.entries[path]):
            yield _work_unit(unit, held.get(unit.path), owner=(owner, entry), heading=heading)


def _work_unit(
    unit: Unit, found: Mapping[str, Any] | None, *, owner: tuple[str, str], heading: str
) -> WorkUnit:
    name, entry = owner
    blank = WorkUnit(
        id=unit.path if name == POLICY_OWNER else f"{name}/{unit.path}",
        entry=entry,
        address=unit.path,
        form=unit.form,
        source=unit.text,
        heading=heading,
        context=_context(name, unit.path),
    )
    if found is None:
        return blank
    return replace(
        blank,
        target=found["text"],
        state=State(found.get("state", State.APPROVED)),
        outdated=found.get("source_hash") != blank.source_hash,
        origin=found.get("origin"),
    )


def _owners(source: Source, policy: str) -> Iterator[tuple[str, str]]:
    """Yield what has texts, with the heading they are read under."""
    entry = source.entries[f"policies/{policy}"]
    yield POLICY_OWNER, entry["title"]
    prefix = f"policies/{policy}/"
    tables = [path.removeprefix(prefix) for path in source.paths(f"{prefix}tables/")]
    told: set[str] = set()
    for key in entry["sections"]:
        section = source.get(f"{prefix}sections/{key}")
        if section is None:
            continue
        yield f"sections/{key}", section["heading"]
        for shown in (f"tables/{block.get('table')}" for block in section["blocks"]):
            if shown in tables and shown not in told:
                told.add(shown)
                yield shown, section["heading"]
    yield from ((table, entry["title"]) for table in tables if table not in told)
    for path in source.paths(f"{prefix}overlays/"):
        yield path.removeprefix(prefix), entry["title"]


def _context(owner: str, address: str) -> str:
    """Return where a text stands, in words: ``section scope, block covered, markdown``."""
    words = {"sections": "section", "tables": "table", "overlays": "site", "rows": "row"}
    steps = (
        address.split("/") if owner == POLICY_OWNER else [*owner.split("/"), *address.split("/")]
    )
    told, index = [], 0
    while index < len(steps):
        word = words.get(steps[index], steps[index].removesuffix("s"))
        pair = steps[index] in _FAMILIES and index + 1 < len(steps)
        told.append(f"{word} {steps[index + 1]}" if pair else steps[index].replace("_", " "))
        index += 2 if pair else 1
    return ", ".join(told)
