"""Tables people keep: CSV, and the first sheet of an XLSX file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from policy_api.domain.content.characters import character_fault, normalized
from policy_api.domain.content.faults import shown
from policy_api.domain.content.limits import ROWS
from policy_api.domain.importing.encodings import decoded
from policy_api.domain.importing.page import PAGE_BYTES, Cell, Grid, Note, plain
from policy_api.domain.translation.exchange_xml import (
    EXCHANGE_BYTES,
    local,
    read_xml,
    refused,
)

_WIDTH: Final = 100
_DIGITS: Final = 7
_MEMBERS: Final = 500
_RATIO: Final = 100
_CHUNK: Final = 64 * 1024
_DELIMITERS: Final = ",;\t|"
_GUARD: Final = re.compile(r"'(?=[=+\-@\t\r＝＋－＠])")
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}", re.ASCII)
_SHEET: Final = "xl/worksheets/sheet1.xml"
_UNUSUAL: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


def read_spreadsheet(raw: bytes, *, encoding: str = "") -> Grid:
    """Return a table: its first line with words as heads, the others as rows.

    :param encoding: Of CSV that is neither UTF-8 nor says in its first bytes what it is.
    :raises BadInput: If it is neither CSV nor XLSX, too large, or made to be hard to read.
    """
    others: list[str] = []
    lines = list(_xlsx(raw, others) if raw.startswith(b"PK") else _csv(raw, encoding))
    filled = [(number, line) for number, line in lines if any(text.strip() for text in line)]
    if not filled:
        raise refused("The table is empty.", "a line of heads, and rows below it")
    width = max(len(line) for _, line in filled)
    if width > _WIDTH or len(filled) > ROWS + 1:
        raise refused("The table is too large.", f"at most {ROWS} rows and {_WIDTH} columns")
    rows = [
        tuple(_cell(text, number) for text in [*line, *[""] * (width - len(line))])
        for number, line in filled
    ]
    notes = tuple(
        Note(line=1, kind="not_placed", text=name, detail="Only the first sheet is read.")
        for name in others
    )
    return Grid(head=rows[0], rows=tuple(rows[1:]), line=filled[0][0], notes=notes)


def _cell(text: str, line: int) -> Cell:
    clean = normalized(text)
    fault = character_fault(clean)
    if fault is not None:
        raise refused(fault, "text without it", line=line)
    # Our own export puts this mark before what a spreadsheet would take for a formula.
    return Cell(runs=plain(_GUARD.sub("", clean.strip(), count=1)), line=line)


def _csv(raw: bytes, encoding: str) -> Iterator[tuple[int, list[str]]]:
    text = decoded(raw, stated=encoding, is_page=False).text
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for line in reader:
            if len(line) > _WIDTH or reader.line_num > PAGE_BYTES:
                raise refused("A line has too many fields.", f"{_WIDTH}", line=reader.line_num)
            yield reader.line_num, line
    except csv.Error as error:
        raise refused(
            f"The file is no CSV: {shown(error)}.", "RFC 4180", line=reader.line_num
        ) from error


def _xlsx(raw: bytes, others: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of the first sheet, and name the others."""
    if len(raw) > PAGE_BYTES:
        raise refused("The file is too large.", f"at most {PAGE_BYTES >> 20} MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if len(archive.infolist()) > _MEMBERS:
                raise refused("The file has too many parts.", f"at most {_MEMBERS}")
            strings = _strings(archive)
            part, names = _sheets(archive)
            others += names
            sheet = _part(archive, part)
    except (*_UNUSUAL, ValueError, OverflowError) as error:
        raise refused(f"The file is no XLSX: {shown(error)}.", "an ordinary XLSX file") from error
    if sheet is None:
        raise refused("The file has no sheet.", "an ordinary XLSX file")
    for number, row in enumerate((each for each in sheet.iter() if local(each) == "row"), start=1):
        yield _whole(row.get("r", ""), otherwise=number), _row(row, strings)


def _whole(written: str, *, otherwise: int) -> int:
    """Return a number as a sheet counts, which ends at row 1,048,576."""
    return int(written) if written.isdecimal() and len(written) <= _DIGITS else otherwise


def _row(row: ET.Element, strings: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for cell in (each for each in row if local(each) == "c"):
        at = _column(cell.get("r", ""), len(cells))
        if at >= _WIDTH:
            raise refused("The sheet is too wide.", f"at most {_WIDTH} columns")
        cells += [""] * (at + 1 - len(cells))
        cells[at] = _value(cell, strings)
    return cells


def _column(reference: str, following: int) -> int:
    """Return the place of a cell from a reference such as ``B2``."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return following
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ET.Element, strings: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _words(cell)
    written = next((each.text or "" for each in cell if local(each) == "v"), "")
    if kind == "s":
        at = _whole(written, otherwise=len(strings))
        return strings[at] if at < len(strings) else ""
    if kind == "b":
        return "true" if written == "1" else "false"
    return "" if kind == "e" else written


def _words(element: ET.Element) -> str:
    """Return the words of a rich text; how they are pronounced is no part of them."""
    found = []
    for child in element:
        if local(child) == "t":
            found.append(child.text or "")
        elif local(child) != "rPh":
            found.append(_words(child))
    return "".join(found)


def _strings(archive: zipfile.ZipFile) -> list[str]:
    root = _part(archive, "xl/sharedStrings.xml")
    return [] if root is None else [_words(each) for each in root if local(each) == "si"]


def _sheets(archive: zipfile.ZipFile) -> tuple[str, list[str]]:
    """Return the name of the part that holds the first sheet, and what the others are called."""
    book = _part(archive, "xl/workbook.xml")
    relations = _part(archive, "xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return _SHEET, []
    sheets = [each for each in book.iter() if local(each) == "sheet"]
    wanted = [value for name, value in sheets[0].items() if name.endswith("}id")] if sheets else []
    others = [shown(each.get("name", "")) for each in sheets[1:]]
    for relation in relations:
        if [relation.get("Id")] == wanted:
            target = relation.get("Target", "")
            return target[1:] if target.startswith("/") else f"xl/{target}", others
    return _SHEET, others


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element | None:
    """Return a part of the file; it is unpacked in pieces, whatever its size is said to be."""
    if name not in archive.namelist():
        return None
    member = archive.getinfo(name)
    most = min(EXCHANGE_BYTES, _RATIO * max(member.compress_size, 1))
    raw = bytearray()
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            raw += piece
            if len(raw) > most:
                raise refused("A part of the file unpacks to far too much.", "an ordinary file")
    return read_xml(bytes(raw))
