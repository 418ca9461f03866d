"""XLIFF 2.1: translations as most tools of today exchange them."""

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

NAMESPACE: Final = "urn:oasis:names:tc:xliff:document:2.0"
VERSION: Final = "2.1"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_STATES: Final[Mapping[State, str]] = {
    State.MISSING: "initial",
    State.DRAFT: "initial",
    State.TRANSLATED: "translated",
    State.APPROVED: "final",
}
_READ: Final[Mapping[str, State]] = {
    "initial": State.DRAFT,
    "translated": State.TRANSLATED,
    "reviewed": State.APPROVED,
    "final": State.APPROVED,
}
_TYPES: Final[Mapping[Role, str]] = {Role.PLACEHOLDER: "other"}
_TRANSPARENT: Final = frozenset({"mrk"})
_NOTHING: Final = frozenset({"sm", "em"})
_CODE_POINTS: Final = 0x110000


class Unreadable(ValueError):
    """Inline markup that cannot be turned back into text."""


def write(work: Work) -> bytes:
    """Return units as an XLIFF 2.1 document."""
    root = ET.Element(
        "xliff",
        {
            "xmlns": NAMESPACE,
            "version": VERSION,
            "srcLang": work.source_locale,
            "trgLang": work.locale,
        },
    )
    file = ET.SubElement(root, "file", {"id": "f1", "original": f"policies/{work.policy}"})
    for unit in work.units:
        _write_unit(file, unit)
    return xml_bytes(root)


def read(raw: bytes) -> ReturnedFile:
    """Return what an XLIFF 2 document says.

    :raises BadInput: If it is no harmless XML.
    """
    return read_root(read_xml(raw))


def read_root(root: ET.Element) -> ReturnedFile:
    """Return what a parsed XLIFF 2 document says."""
    file = next((each for each in root.iter() if local(each) == "file"), None)
    original = "" if file is None else file.get("original", "")
    return ReturnedFile(
        policy=original.removeprefix("policies/") if original.startswith("policies/") else "",
        locale=root.get("trgLang", ""),
        units=tuple(_read_unit(each) for each in root.iter() if local(each) == "unit"),
    )


def _write_unit(file: ET.Element, unit: WorkUnit) -> None:
    source = pieces(unit.source, unit.form)
    target = () if unit.target is None else pieces(unit.target, unit.form)
    ids = numbered(source, target)
    element = ET.SubElement(file, "unit", {"id": unit.id.replace("/", ":"), "name": unit.id})
    _write_notes(element, unit)
    if ids:
        data = ET.SubElement(element, "originalData")
        for mark, known in ids.items():
            ET.SubElement(data, "data", {"id": f"d{known[0]}"}).text = writable(mark.text)
    attributes = {"id": "s1", "state": _STATES[unit.state]}
    if unit.outdated:
        attributes |= {"state": "initial", "subState": "policy-api:outdated"}
    segment = ET.SubElement(element, "segment", attributes)
    _write_text(segment, "source", source, ids)
    if unit.target is not None:
        _write_text(segment, "target", target, ids)


def _write_notes(element: ET.Element, unit: WorkUnit) -> None:
    notes = ET.SubElement(element, "notes")
    texts = [("context", unit.context), *(("description", note) for note in unit.notes)]
    if is_deliberate_copy(unit):
        texts.append(("translator", SAME))
    for number, (category, text) in enumerate(texts, start=1):
        attributes = {"id": f"n{number}", "category": category}
        ET.SubElement(notes, "note", attributes).text = writable(text)


def _write_text(
    segment: ET.Element, name: str, text: Sequence[Piece], ids: Mapping[Mark, list[str]]
) -> None:
    element = ET.SubElement(segment, name, {f"{_XML}space": "preserve"})
    used: dict[Mark, int] = {}
    last: ET.Element | None = None
    for piece in text:
        if isinstance(piece, Mark):
            nth = used.get(piece, 0)
            used[piece] = nth + 1
            last = ET.SubElement(element, "ph", _attributes(piece, ids[piece], nth))
        elif last is None:
            element.text = writable(piece)
        else:
            last.tail = writable(piece)


def _attributes(mark: Mark, ids: list[str], nth: int) -> dict[str, str]:
    return {
        "id": ids[nth],
        "type": _TYPES.get(mark.role, "link"),
        "equiv": mark.text,
        "disp": mark.text,
        "dataRef": f"d{ids[0]}",
        "canDelete": "no",
    }


def _read_unit(unit: ET.Element) -> Returned:
    data = {
        each.get("id", ""): "".join(each.itertext())
        for each in unit.iter()
        if local(each) == "data"
    }
    parts = [each for each in unit if local(each) in {"segment", "ignorable"}]
    notes = [each.text for each in unit.iter() if local(each) == "note"]
    fault, source, target = "", "", None
    try:
        source = "".join(text_of(_child(part, "source"), data) for part in parts)
        target = _target(parts, data)
    except Unreadable as error:
        fault = str(error)
    states = [_READ.get(p.get("state", "initial"), State.DRAFT) for p in parts if _is_segment(p)]
    return Returned(
        id=unit.get("name") or (unit.get("id") or "").replace(":", "/"),
        source=source,
        target=target,
        state=min(states, key=lambda state: state.rank, default=State.DRAFT),
        same=any(says_same(note) for note in notes),
        fault=fault,
    )


def _target(parts: Sequence[ET.Element], data: Mapping[str, str]) -> str | None:
    """Return the whole translation, or None as long as a segment has none."""
    found: list[tuple[int, str]] = []
    for place, part in enumerate(parts, start=1):
        target = _child(part, "target")
        if target is None and _is_segment(part):
            return None
        written = _child(part, "source") if target is None else target
        order = "" if target is None else target.get("order", "")
        at = (
            int(order) if order.isascii() and order.isdecimal() and len(order) < len("10000") else 0
        )
        found.append((at or place, text_of(written, data)))
    text = "".join(text for _, text in sorted(found, key=lambda each: each[0]))
    return text or None


def _is_segment(part: ET.Element) -> bool:
    return local(part) == "segment"


def _child(part: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in part if local(each) == name), None)


def text_of(element: ET.Element | None, data: Mapping[str, str]) -> str:
    """Return the text of a source or target with its inline elements turned back.

    :raises Unreadable: If one of them stands for something the file does not tell.
    """
    return "" if element is None else "".join(_inline(element, data))


def _inline(element: ET.Element, data: Mapping[str, str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local(child)
        if name in _TRANSPARENT:
            yield from _inline(child, data)
        elif name == "pc":
            yield _original(child, "dataRefStart", "equivStart", data)
            yield from _inline(child, data)
            yield _original(child, "dataRefEnd", "equivEnd", data)
        elif name in {"ph", "sc", "ec"}:
            yield _original(child, "dataRef", "equiv", data)
        elif name == "cp":
            yield _code_point(child.get("hex", ""))
        elif name not in _NOTHING:
            raise Unreadable(f"The element <{name}> stands for no text.")
        yield child.tail or ""


def _original(element: ET.Element, reference: str, equiv: str, data: Mapping[str, str]) -> str:
    found = data.get(element.get(reference, ""))
    if found is None:
        found = element.get(equiv)
    if found is None:
        raise Unreadable(f"The file does not tell what <{local(element)}> stands for.")
    return found


def _code_point(digits: str) -> str:
    try:
        number = int(digits[:8], 16)
    except ValueError:
        number = _CODE_POINTS
    if not 0 <= number < _CODE_POINTS:
        raise Unreadable("An element <cp> names no character.")
    return chr(number)
