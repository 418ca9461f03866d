"""XML from people nobody has to trust: no entities, no other encodings, no bombs."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from policy_api.domain.content.faults import shown
from policy_api.errors import BadInput, Problem

EXCHANGE_BYTES: Final = 4 * 1024 * 1024
"""The largest file of translations that is read; a long policy takes a tenth of it."""

_ELEMENTS: Final = 150_000
_ATTRIBUTES: Final = 200_000
_DEPTH: Final = 40
_DECLARATION = re.compile(r"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})["']""")
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class _GuardedBuilder(ET.TreeBuilder):
    """A tree that stops growing in time."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        """Add an element.

        :raises BadInput: If there are too many, or one lies too deep.
        """
        self.depth += 1
        self.count += 1
        if self.depth > _DEPTH:
            raise refused("The elements are nested too deep.", f"at most {_DEPTH} levels")
        if self.count > _ELEMENTS:
            raise refused("The file has too many elements.", f"at most {_ELEMENTS}")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        """Close an element."""
        self.depth -= 1
        return super().end(tag)


def refused(detail: str, expected: str, *, line: int | None = None) -> BadInput:
    """Return the error for a file that is not read."""
    return BadInput(problems=[Problem(detail, line=line, expected=expected)])


def utf8_text(raw: bytes, *, most: int = EXCHANGE_BYTES) -> str:
    """Return a file as text.

    :raises BadInput: If it is too large or not UTF-8.
    """
    if len(raw) > most:
        raise refused("The file is too large.", f"at most {most >> 20} MiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refused("The file is not UTF-8.", "UTF-8", line=line) from error
    if "\x00" in text:
        raise refused("The file holds NUL characters; it may be UTF-16.", "UTF-8")
    return text


def read_xml(raw: bytes, *, most: int = EXCHANGE_BYTES) -> ET.Element:
    """Return the root of an XML file.

    :raises BadInput: If it is no harmless XML in UTF-8.
    """
    text = utf8_text(raw, most=most)
    declared = _DECLARATION.search(text[:400])
    if declared is not None and declared[1].lower() not in _UTF8:
        raise refused(f"The file says it is {shown(declared[1])}.", "UTF-8")
    if text.count("=") > _ATTRIBUTES:
        raise refused("The file has too many attributes.", f"at most {_ATTRIBUTES}")
    parser = XMLParser(target=_GuardedBuilder(), encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(text.encode())
        root: ET.Element = parser.close()
    except DefusedXmlException as error:
        raise refused("The file has a document type or entities.", "XML without DOCTYPE") from error
    except ET.ParseError as error:
        raise refused(
            f"The file is no XML: {shown(error)}.", "well-formed XML", line=error.position[0]
        ) from error
    return root


def local(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def xml_bytes(root: ET.Element) -> bytes:
    """Return a document as UTF-8; texts keep their white space."""
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def writable(text: str) -> str:
    """Return a text without the characters XML cannot hold; stored texts have none of them."""
    return "".join(char for char in text if char in "\t\n" or char >= " ")
