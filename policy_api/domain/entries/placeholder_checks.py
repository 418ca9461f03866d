"""Placeholders across a source: each one declared, each value of the declared type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_api.domain.blocks.base import Unit
from policy_api.domain.content.faults import escaped, meant, shown
from policy_api.domain.content.placeholders import (
    BUILT_IN,
    CONTACT_FIELDS,
    check_value,
    contact_of,
    leading_name,
    names,
)
from policy_api.domain.content.source import ORGANIZATION, Source
from policy_api.domain.entries.units import block_units, entry_units, row_units
from policy_api.errors import Problem

Entry = Mapping[str, Any]
Placed = tuple[str, str]
"""Pointer and text."""


def placeholder_problems(source: Source) -> Iterator[Problem]:
    """Yield every placeholder that is not declared, and every value that is not of its type."""
    for policy in source.policies():
        declared = _Declared(source, policy)
        for path in _paths(source, policy):
            for pointer, text in _texts(path, source.entries[path]):
                for name in names(text):
                    yield from declared.problems(name, path, pointer)
            yield from _addresses(declared, path, source.entries[path])
            yield from _set_values(declared, path, source.entries[path])
        yield from _values(source, declared)


class _Declared:
    """The placeholders of one policy."""

    def __init__(self, source: Source, policy: str) -> None:
        self.source = source
        own = source.entries[f"policies/{policy}"].get("placeholders", {})
        self.types: Mapping[str, str] = {**BUILT_IN, **own}
        self.own: Mapping[str, str] = own

    def type_of(self, name: str) -> str | None:
        """Return the type of a placeholder, or None if there is none of that name."""
        contact = contact_of(name)
        return CONTACT_FIELDS[contact[1]] if contact is not None else self.types.get(name)

    def problems(self, name: str, path: str, pointer: str) -> Iterator[Problem]:
        """Yield what is wrong with a mention."""
        contact = contact_of(name)
        if contact is not None:
            yield from self._contact_problems(*contact, path, pointer)
        elif name not in self.types:
            yield Problem(
                f"No placeholder {{{shown(name)}}} is declared.",
                file=path,
                pointer=pointer,
                expected=meant(name, [*self.own, *BUILT_IN]),
            )

    def _contact_problems(self, key: str, field: str, path: str, pointer: str) -> Iterator[Problem]:
        entry = self.source.get(f"contacts/{key}")
        known = [each.removeprefix("contacts/") for each in self.source.paths("contacts/")]
        if entry is None:
            yield Problem(
                f"There is no contact “{key}”.",
                file=path,
                pointer=pointer,
                expected=meant(key, known, "contacts"),
            )
        elif field not in entry:
            stated = ", ".join(name for name in CONTACT_FIELDS if name in entry) or "nothing"
            detail = f"The contact “{key}” states no {field}."
            expected = f"what it states: {stated}"
            yield Problem(detail, file=path, pointer=pointer, expected=expected)

    def value_problems(
        self, name: str, value: object, path: str, pointer: str
    ) -> Iterator[Problem]:
        """Yield what is wrong with a value in one or in several locales."""
        kind = self.type_of(name)
        texts = value.values() if isinstance(value, Mapping) else [value]
        for text in texts if kind is not None else ():
            try:
                check_value(kind or "text", str(text))
            except ValueError as error:
                detail = f"“{shown(text)}” is no value for {{{name}}}, which is declared as {kind}."
                yield Problem(detail, file=path, pointer=pointer, expected=str(error))


def _paths(source: Source, policy: str) -> Iterator[str]:
    yield f"policies/{policy}"
    yield from source.paths(f"policies/{policy}/")


def _texts(path: str, entry: Entry) -> Iterator[Placed]:
    """Yield every text in which placeholders may stand, with its pointer."""
    if "units" in entry:
        for address, unit in entry["units"].items():
            yield f"/units/{escaped(address)}/text", unit["text"]
    elif "ops" in entry:
        for index, op in enumerate(entry["ops"]):
            yield from _op_texts(op, f"/ops/{index}")
    else:
        yield from _unit_texts(entry, "", entry_units(path, entry))


def _op_texts(op: Entry, pointer: str) -> Iterator[Placed]:
    if "section" in op:
        units = entry_units("policies/x/sections/x", op["section"])
        yield from _unit_texts(op["section"], f"{pointer}/section", units)
    elif "block" in op:
        yield from _unit_texts(op["block"], f"{pointer}/block", block_units(op["block"]))
    elif "row" in op:
        yield from _unit_texts(op["row"], f"{pointer}/row", row_units(op["row"]))
    elif isinstance(op.get("value"), str) and op["op"] != "set_var":
        yield f"{pointer}/value", op["value"]


def _unit_texts(owner: Entry, pointer: str, units: Iterator[Unit]) -> Iterator[Placed]:
    for unit in units:
        if "{" in unit.text:
            yield pointer + pointer_of(owner, unit.path), unit.text


def pointer_of(owner: object, address: str) -> str:
    """Return the pointer of a field that is addressed by the keys of list members."""
    pointer = ""
    for step in address.split("/"):
        if isinstance(owner, list):
            keys = [each.get("key") for each in owner]
            index = keys.index(step) if step in keys else 0
            owner, pointer = owner[index], f"{pointer}/{index}"
        else:
            owner = owner.get(step) if isinstance(owner, Mapping) else None
            pointer = f"{pointer}/{escaped(step)}"
    return pointer


def _addresses(declared: _Declared, path: str, entry: Entry) -> Iterator[Problem]:
    """Yield problems of addresses of controls, which are templates and no texts."""
    for pointer, block in _all_blocks(entry):
        template = block.get("url")
        if not isinstance(template, str):
            continue
        for name in names(template):
            yield from declared.problems(name, path, f"{pointer}/url")
        leading = leading_name(template)
        kind = None if leading is None else declared.type_of(leading)
        if kind not in {None, "url"}:
            detail = f"{{{leading}}} is declared as {kind} and is no whole address."
            expected = "a placeholder of the type url"
            yield Problem(detail, file=path, pointer=f"{pointer}/url", expected=expected)


def _all_blocks(entry: Entry) -> Iterator[tuple[str, Entry]]:
    for index, block in enumerate(entry.get("blocks", ())):
        yield f"/blocks/{index}", block
    for index, op in enumerate(entry.get("ops", ())):
        if "block" in op:
            yield f"/ops/{index}/block", op["block"]
        for inner, block in _all_blocks(op.get("section", {})):
            yield f"/ops/{index}/section{inner}", block


def _set_values(declared: _Declared, path: str, entry: Entry) -> Iterator[Problem]:
    for index, op in enumerate(entry.get("ops", ())):
        if op["op"] == "set_var":
            yield from declared.problems(op["name"], path, f"/ops/{index}/name")
            yield from declared.value_problems(op["name"], op["value"], path, f"/ops/{index}/value")


def _values(source: Source, declared: _Declared) -> Iterator[Problem]:
    owners = [(ORGANIZATION, ORGANIZATION)] if ORGANIZATION in source else []
    owners += [(path, "site") for path in source.paths("sites/")]
    for path, prefix in owners:
        for name, value in source.entries[path].get("vars", {}).items():
            pointer = f"/vars/{escaped(name)}"
            yield from declared.value_problems(f"{prefix}.{name}", value, path, pointer)
