"""HTML as a browser reads it, for assertions about what is really there."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import html5lib

SCHEMES = ("https:", "mailto:", "tel:", "#")


def document(html: str) -> ET.Element:
    """Return a page as the tree a browser builds; mistakes in it raise."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True
    )
    root: ET.Element = parser.parse(html)
    return root


def pieces(html: str) -> ET.Element:
    """Return a fragment as the tree a browser builds inside a ``div``."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: ET.Element = parser.parseFragment(html)
    return root


def elements(root: ET.Element) -> Iterator[ET.Element]:
    """Yield all elements below the root, and fail on comments."""
    for element in root.iter():
        if element is not root:
            assert isinstance(element.tag, str), "a comment got through"
            yield element


def text_of(element: ET.Element) -> str:
    """Return the words of an element, white space collapsed."""
    return " ".join("".join(element.itertext()).split())


def found(root: ET.Element, tag: str, **attributes: str) -> list[ET.Element]:
    """Return the elements of a tag that have these attributes."""
    return [
        element
        for element in root.iter(tag)
        if all(element.get(name.replace("_", "-")) == value for name, value in attributes.items())
    ]


def classed(root: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of a class."""
    return [each for each in root.iter() if name in (each.get("class") or "").split()]
