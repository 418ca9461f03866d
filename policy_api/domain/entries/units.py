"""Units of translation: every translatable text of an entry, with its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from policy_api.domain.blocks.base import BLOCK_KINDS, Unit
from policy_api.domain.content.paths import get_at
from policy_api.domain.entries.base import kind_of
from policy_api.domain.entries.translatable import form_of

Node = Mapping[str, Any]

ROW_TEXTS = ("purpose", "legitimate_interest", "transfer/copy", "retention", "required")
"""Translatable fields of a row."""


def entry_units(path: str, entry: Node) -> Iterator[Unit]:
    """Yield the translatable texts of the entry at a path, addressed inside it.

    An overlay's texts are addressed by node: ``sections/scope/blocks/covered/markdown``.
    """
    kind = kind_of(path)
    units = None if kind is None else _UNITS.get(kind.name)
    if units is not None:
        yield from units(entry)


def block_units(block: Node) -> Iterator[Unit]:
    """Yield the translatable texts of a block, addressed inside it."""
    yield from BLOCK_KINDS.get(block["kind"]).units(block)


def _policy_units(policy: Node) -> Iterator[Unit]:
    yield Unit(path="title", text=policy["title"])


def _section_units(section: Node) -> Iterator[Unit]:
    yield Unit(path="heading", text=section["heading"])
    for block in section["blocks"]:
        yield from _within(f"blocks/{block['key']}", block_units(block))


def _table_units(table: Node) -> Iterator[Unit]:
    if "caption" in table:
        yield Unit(path="caption", text=table["caption"])
    for row in table["rows"]:
        yield from _within(f"rows/{row['key']}", row_units(row))


def row_units(row: Node) -> Iterator[Unit]:
    """Yield the translatable texts of a row, addressed inside it."""
    for name in ROW_TEXTS:
        text = get_at(row, name)
        if isinstance(text, str):
            yield Unit(path=name, text=text)


def _overlay_units(overlay: Node) -> Iterator[Unit]:
    """Yield each address once; of two ops on the same text the later one counts."""
    found: dict[str, Unit] = {}
    for op in overlay["ops"]:
        found |= {unit.path: unit for unit in _op_units(op)}
    yield from found.values()


def _op_units(op: Node) -> Iterator[Unit]:
    name, target = op["op"], op.get("target", "")
    if name in {"override", "override_row"}:
        form = form_of(op["field"])
        if form is not None and isinstance(op["value"], str):
            yield Unit(path=f"{target}/{op['field']}", text=op["value"], form=form)
    elif "section" in op:
        section = op["section"]
        yield from _within(f"sections/{section['key']}", _section_units(section))
    elif "block" in op:
        block, section = op["block"], target.rpartition("/blocks/")[0]
        yield from _within(f"{section}/blocks/{block['key']}", block_units(block))
    elif "row" in op:
        yield from _within(f"{target}/rows/{op['row']['key']}", row_units(op["row"]))


def _within(address: str, units: Iterator[Unit]) -> Iterator[Unit]:
    for unit in units:
        yield replace(unit, path=f"{address}/{unit.path}")


_UNITS: Final[Mapping[str, Callable[[Node], Iterator[Unit]]]] = {
    "policy": _policy_units,
    "section": _section_units,
    "table": _table_units,
    "overlay": _overlay_units,
}
