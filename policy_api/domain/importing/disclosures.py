"""Rows of a table as disclosures, recipients and categories; what fits nowhere is kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policy_api.domain.content.keys import nearest_key
from policy_api.domain.content.limits import KEY_LENGTH, LINE_LENGTH, NAME_LENGTH
from policy_api.domain.content.links import https_url
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.content.vocabulary import COUNTRIES, Scheme, fits
from policy_api.domain.importing.cells import (
    NOT_READ,
    Facts,
    category_term,
    is_unstated,
    read_categories,
    read_legal_basis,
    read_places,
)
from policy_api.domain.importing.markdown_writer import line_of_words
from policy_api.domain.importing.page import Cell, Note

_RECIPIENT_FIELDS: Final = ("legal_name", "service")
_ROW_TEXTS: Final = ("purpose", "retention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A cell that no field takes, or not all of it."""

    recipient: str
    head: str
    cell: Cell


@dataclass(slots=True)
class Disclosures:
    """Everything read from tables so far: recipients and categories are shared by all."""

    locale: str
    recipients: dict[str, Entry] = field(default_factory=dict)
    categories: dict[str, Entry] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @classmethod
    def beside(cls, source: Source, locale: str) -> Disclosures:
        """Return an empty reading that knows the recipients and categories of a source."""
        held = {
            prefix: {
                path.removeprefix(prefix): dict(source.entries[path])
                for path in source.paths(prefix)
            }
            for prefix in ("recipients/", "categories/")
        }
        return cls(locale, recipients=held["recipients/"], categories=held["categories/"])

    def row(
        self, cells: Sequence[Cell], *, heads: Sequence[str], columns: Sequence[str]
    ) -> tuple[Entry | None, list[Left]]:
        """Return a row and the cells that go below the table; None if nobody is named in it."""
        by_column = {column: cell for column, cell in zip(columns, cells, strict=True) if column}
        named = by_column.get("recipient")
        name = "" if named is None else line_of_words(named.text)
        if named is None or not name or len(name) > NAME_LENGTH:
            left = zip(heads, cells, strict=True)
            return None, [Left(recipient="", head=h, cell=c) for h, c in left if c.text]
        wanted = by_column.get("key")
        key = self._recipient(name, wanted=wanted.text if wanted else "")
        row: Entry = {"key": key, "recipient": key, "applies_to": ["*"]}
        left_over: list[Left] = []
        for head, column, cell in zip(heads, columns, cells, strict=True):
            facts = self._read(column, cell, key)
            row |= self._own(facts.fields, cell.line)
            if facts.guess:
                self._note(cell, "guessed", facts.guess)
            if not facts.is_whole:
                left_over.append(Left(recipient=name, head=head, cell=cell))
                self._note(cell, "not_placed", f"Kept as words below the table ({head}).")
        return row, left_over

    def _recipient(self, name: str, *, wanted: str) -> str:
        """Return the key of a recipient, known or new."""
        for key, entry in self.recipients.items():
            if entry["name"] == name:
                return key
        key = unused_key(wanted or name, self.recipients, fallback="recipient")
        self.recipients[key] = {"name": name}
        return key

    def _read(self, column: str, cell: Cell, recipient: str) -> Facts:
        """Return what a cell gives to its row; what belongs to the recipient is stored."""
        text = cell.text
        if column == "privacy_policy":
            return self._link(cell, recipient, "privacy_policy_url")
        if column == "url":
            return self._link(cell, recipient, "url")
        if is_unstated(text):
            return Facts(is_whole=not text)
        has_links = bool(cell.links) and column != "recipient"
        facts = self._facts(column, cell, recipient)
        if column == "recipient" and cell.links:
            facts = self._link(cell, recipient, "url")
        return Facts(
            fields=facts.fields, is_whole=facts.is_whole and not has_links, guess=facts.guess
        )

    def _facts(self, column: str, cell: Cell, recipient: str) -> Facts:
        """Return what the words of a cell say in a column."""
        text = cell.sentence
        if column in _RECIPIENT_FIELDS:
            fits_in = len(text) <= NAME_LENGTH
            return Facts(is_whole=fits_in and self._store(recipient, column, line_of_words(text)))
        if column == "country":
            return self._seat(text, recipient)
        if column in _ROW_TEXTS and len(text) <= LINE_LENGTH:
            return Facts(fields={column: line_of_words(text)})
        if column == "role" and fits(text, Scheme.ROLE):
            return Facts(fields={"role": text})
        readings: Mapping[str, Callable[[], Facts]] = {
            "recipient": Facts,
            "key": Facts,
            "legal_basis": lambda: read_legal_basis(text, self.locale),
            "locations": lambda: read_places("\n".join(cell.lines), self.locale),
            "data_categories": lambda: read_categories("\n".join(cell.lines)),
        }
        return readings.get(column, lambda: NOT_READ)()

    def _seat(self, text: str, recipient: str) -> Facts:
        """Store the country of a recipient, written by name or by code."""
        code = text.strip().upper()
        if code not in COUNTRIES:
            places = read_places(text, self.locale).fields.get("locations", [])
            only = places[0] if len(places) == 1 else {}
            code = only.get("country", "") if set(only) == {"country"} else ""
        return Facts(is_whole=bool(code) and self._store(recipient, "country", code))

    def _link(self, cell: Cell, recipient: str, name: str) -> Facts:
        """Store where a cell leads; a link without an address leads nowhere."""
        goals = cell.links or ((cell.text,) if https_url(_safe(cell.text)) else ())
        safe = [_safe(goal) for goal in goals]
        if not cell.text and not goals:
            return Facts()
        if name == "url" and not goals:
            return Facts(is_whole=False)
        if len(safe) != 1 or https_url(safe[0]) is None:
            return Facts(is_whole=False)
        if safe[0] != goals[0]:
            self._note(cell, "changed", f"The link was made an https one: {safe[0]}")
        return Facts(is_whole=self._store(recipient, name, safe[0]))

    def _store(self, recipient: str, name: str, value: str) -> bool:
        """Set a field of a recipient; tells whether it says that now."""
        return value in _spellings(self.recipients[recipient].setdefault(name, value))

    def _own(self, fields: Mapping[str, Any], line: int) -> dict[str, Any]:
        """Return fields with labels of data categories as keys of own categories."""
        found = dict(fields)
        if found.get("data_categories"):
            keys = [self._category(label, line) for label in found["data_categories"]]
            found["data_categories"] = list(dict.fromkeys(keys))
        return found

    def _category(self, label: str, line: int) -> str:
        name = line_of_words(label)
        for key, entry in self.categories.items():
            if name.casefold() in {each.casefold() for each in _spellings(entry["label"])}:
                return key
        key = unused_key(name, self.categories, fallback="category")
        term = category_term(label, self.locale)
        self.categories[key] = {"label": name} | ({"term": term} if term else {})
        detail = f"Taken for the category {term}." if term else "A category without a term."
        self.notes.append(Note(line=line, kind="guessed", text=label, detail=detail))
        return key

    def _note(self, cell: Cell, kind: str, detail: str) -> None:
        self.notes.append(Note(line=cell.line, kind=kind, text=cell.text[:200], detail=detail))


def changed(source: Source, prefix: str, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return by path what is new or says something else than in a source."""
    return {
        f"{prefix}{key}": entry
        for key, entry in entries.items()
        if source.get(f"{prefix}{key}") != entry
    }


def unused_key(text: str, taken: Mapping[str, object] | set[str], *, fallback: str) -> str:
    """Return a key made of a text that is not taken yet."""
    base = nearest_key(text) or fallback
    key, number = base, 1
    while key in taken:
        number += 1
        tail = f"-{number}"
        key = f"{base[: KEY_LENGTH - len(tail)].rstrip('-')}{tail}"
    return key


def _safe(address: str) -> str:
    return f"https://{address[7:]}" if address.startswith("http://") else address


def _spellings(name: str | Mapping[str, str]) -> tuple[str, ...]:
    """Return a name in every locale it is written in."""
    return (name,) if isinstance(name, str) else tuple(name.values())
