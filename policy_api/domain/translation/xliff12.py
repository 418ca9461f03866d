"""XLIFF 1.2: translations for older tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from policy_api.domain.translation.exchange_files import (
    SAME,
    Returned,
    ReturnedFile,
    Work,
    is_deliberate_copy,
    says_same,
)
from policy_api.domain.translation.exchange_inline import Mark, Piece, Role, numbered, pieces
from policy_api.domain.translation.exchange_xml import local, read_xml, writable, xml_bytes
from policy_api.domain.translation.units import State, WorkUnit
from policy_api.domain.translation.xliff import Unreadable

NAMESPACE: Final = "urn:oasis:names:tc:xliff:document:1.2"
VERSION: Final = "1.2"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_STATES: Final[Mapping[State, str]] = {
    State.DRAFT: "needs-review-translation",
    State.TRANSLATED: "translated",
    State.APPROVED: "signed-off",
}
_OUTDATED: Final = "needs-adaptation"
_READ: Final[Mapping[str, State]] = {
    "translated": State.TRANSLATED,
    "signed-off": State.APPROVED,
    "final": State.APPROVED,
}
_CODES: Final = frozenset({"ph", "bpt", "ept", "it", "x", "bx", "ex"})
_TRANSPARENT: Final = frozenset({"g", "mrk", "sub"})


def write(work: Work) -> bytes:
    """Return units as an XLIFF 1.2 document."""
    root = ET.Element("xliff", {"xmlns": NAMESPACE, "version": VERSION})
    file = ET.SubElement(
        root,
        "file",
        {
            "original": f"policies/{work.policy}",
            "source-language": work.source_locale,
            "target-language": work.locale,
            "datatype": "plaintext",
        },
    )
    body = ET.SubElement(file, "body")
    for unit in work.units:
        _write_unit(body, unit)
    return xml_bytes(root)


def read(raw: bytes) -> ReturnedFile:
    """Return what an XLIFF 1.2 document says.

    :raises BadInput: If it is no harmless XML.
    """
    return read_root(read_xml(raw))


def read_root(root: ET.Element) -> ReturnedFile:
    """Return what a parsed XLIFF 1.2 document says."""
    file = next((each for each in root.iter() if local(each) == "file"), None)
    original = "" if file is None else file.get("original", "")
    return ReturnedFile(
        policy=original.removeprefix("policies/") if original.startswith("policies/") else "",
        locale="" if file is None else file.get("target-language", ""),
        units=tuple(_read_unit(each) for each in root.iter() if local(each) == "trans-unit"),
    )


def _write_unit(body: ET.Element, unit: WorkUnit) -> None:
    source = pieces(unit.source, unit.form)
    target = () if unit.target is None else pieces(unit.target, unit.form)
    ids = numbered(source, target)
    attributes = {"id": unit.id, "resname": unit.id, f"{_XML}space": "preserve"}
    is_approved = unit.state is State.APPROVED and not unit.outdated
    attributes["approved"] = "yes" if is_approved else "no"
    element = ET.SubElement(body, "trans-unit", attributes)
    _write_text(ET.SubElement(element, "source"), source, ids)
    if unit.target is not None:
        state = _OUTDATED if unit.outdated else _STATES[unit.state]
        _write_text(ET.SubElement(element, "target", {"state": state}), target, ids)
    group = ET.SubElement(element, "context-group", {"purpose": "information"})
    context = ET.SubElement(group, "context", {"context-type": "x-place"})
    context.text = writable(unit.context)
    for note in unit.notes:
        ET.SubElement(element, "note", {"from": "developer"}).text = writable(note)
    if is_deliberate_copy(unit):
        ET.SubElement(element, "note", {"from": "translator"}).text = SAME


def _write_text(element: ET.Element, text: Sequence[Piece], ids: Mapping[Mark, list[str]]) -> None:
    used: dict[Mark, int] = {}
    last: ET.Element | None = None
    for piece in text:
        if isinstance(piece, Mark):
            nth = used.get(piece, 0)
            used[piece] = nth + 1
            kind = "x-variable" if piece.role is Role.PLACEHOLDER else "x-link"
            attributes = {"id": ids[piece][nth], "ctype": kind, "equiv-text": piece.text}
            last = ET.SubElement(element, "ph", attributes)
            last.text = writable(piece.text)
        elif last is None:
            element.text = writable(piece)
        else:
            last.tail = writable(piece)


def _read_unit(unit: ET.Element) -> Returned:
    source, target = _child(unit, "source"), _child(unit, "target")
    fault, source_text, target_text = "", "", None
    try:
        source_text = "" if source is None else "".join(_inline(source))
        target_text = None if target is None else "".join(_inline(target)) or None
    except Unreadable as error:
        fault = str(error)
    notes = [each.text for each in unit if local(each) == "note"]
    return Returned(
        id=unit.get("resname") or unit.get("id") or "",
        source=source_text,
        target=target_text,
        state=_state(unit, target),
        same=any(says_same(note) for note in notes),
        fault=fault,
    )


def _state(unit: ET.Element, target: ET.Element | None) -> State:
    """Return the state of a unit; tools that know only ``approved`` are understood too."""
    written = None if target is None else target.get("state")
    if written is not None:
        return _READ.get(written, State.DRAFT)
    return State.APPROVED if unit.get("approved") == "yes" else State.TRANSLATED


def _child(unit: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in unit if local(each) == name), None)


def _inline(element: ET.Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local(child)
        if name in _CODES:
            yield _code(child)
        elif name in _TRANSPARENT:
            yield from _inline(child)
        else:
            raise Unreadable(f"The element <{name}> stands for no text.")
        yield child.tail or ""


def _code(element: ET.Element) -> str:
    """Return what an inline code stands for: its content, else its ``equiv-text``."""
    text = "".join(element.itertext()) or element.get("equiv-text")
    if text is None:
        raise Unreadable(f"The file does not tell what <{local(element)}> stands for.")
    return text
