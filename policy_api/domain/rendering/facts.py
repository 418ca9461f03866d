"""What is said about processing, cookies, retention and licenses, ready to be laid out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_api.domain.rendering.cells import Cell, Piece, cells
from policy_api.domain.rendering.words import Words

ALWAYS = ("purpose", "legal_basis", "data_categories", "retention")
"""Facts of a processing item that are shown even if nothing is stated: readers look for them."""

SOMETIMES = ("legitimate_interest", "required")

COOKIE_COLUMNS = ("name", "provider", "type", "purpose", "duration", "third_party")


def processing_facts(
    item: Mapping[str, Any], words: Words
) -> Iterator[tuple[str, tuple[Piece, ...] | None]]:
    """Yield the facts of a processing item by short name, in the order readers ask."""
    columns = [{"key": name, "label": ""} for name in (*ALWAYS, *SOMETIMES)]
    found = {cell.column: cell.pieces for cell in cells(item, columns=columns, words=words)}
    for name in ALWAYS:
        yield name, found[name]
    for name in SOMETIMES:
        if found[name] is not None:
            yield name, found[name]
    if item.get("source_of_data"):
        yield "source_of_data", (Piece(text=item["source_of_data"]["label"]),)


def retention_period(rule: Mapping[str, Any]) -> tuple[Piece, ...] | None:
    """Return how long a rule lets data be kept: the period, the event, else the kind of it."""
    found = []
    if rule.get("duration"):
        found.append(Piece(text=rule["duration"]["label"]))
    if rule.get("until") is not None:
        found.append(Piece(text=rule["until"], is_prose=True))
    if not found and rule.get("kind"):
        found.append(Piece(text=rule["kind"]["label"]))
    return tuple(found) or None


def cookie_cells(item: Mapping[str, Any], words: Words) -> tuple[Cell, ...]:
    """Return the cells of a cookie in the order of ``COOKIE_COLUMNS``."""
    provider, duration = item.get("provider"), item.get("duration")
    third_party = words.yes_or_no(item.get("third_party"))
    answers = {
        "name": Piece(text=item["name"], is_name=True),
        "provider": Piece(text=provider["name"], is_name=True) if provider else None,
        "type": Piece(text=item["type"]["label"]) if item.get("type") else None,
        "purpose": _prose(item.get("purpose")),
        "duration": Piece(text=duration["label"]) if duration else None,
        "third_party": Piece(text=third_party) if third_party else None,
    }
    return tuple(
        Cell(column=name, label=words(name), pieces=None if piece is None else (piece,))
        for name, piece in answers.items()
    )


def address_lines(address: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return a postal address as it stands on a letter."""
    if not address:
        return ()
    town = " ".join(part for part in (address.get("postal_code"), address.get("locality")) if part)
    country = (address.get("country") or {}).get("label")
    lines = (address.get("street"), town, address.get("region"), country)
    return tuple(str(line) for line in lines if line)


def _prose(text: str | None) -> Piece | None:
    return None if text is None else Piece(text=text, is_prose=True)


def closing_license(edition: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the license to name at the end, unless a block of the text has named it."""
    blocks = (block for section in edition["sections"] for block in section["blocks"])
    license_: Mapping[str, Any] | None = edition.get("license")
    return None if any(block["kind"] == "license" for block in blocks) else license_
