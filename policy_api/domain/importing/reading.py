"""From the bytes of a page to a draft and back to a count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_api.domain.content.characters import normalized
from policy_api.domain.importing.counting import Count, count_html, count_text
from policy_api.domain.importing.encodings import decoded
from policy_api.domain.importing.html_page import read_html
from policy_api.domain.importing.page import Dropping, Page, invisible_removed
from policy_api.domain.importing.text_page import read_text

_TAG: Final = re.compile(
    r"<(?:!doctype html|html|body|head|p|div|h[1-6]|ul|table)\b", re.IGNORECASE
)


class Kind(StrEnum):
    """How a page is written."""

    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page that was read, and how."""

    text: str
    kind: Kind
    page: Page
    dropping: Dropping

    def count(self, content: Mapping[str, Any]) -> Count:
        """Count the page in the content of an edition."""
        counting = count_html if self.kind is Kind.HTML else count_text
        return counting(self.text, self.page, content, dropping=self.dropping)


def read_page(
    raw: bytes,
    *,
    kind: Kind | None = None,
    dropping: Dropping | None = None,
    headings: tuple[str, ...] = (),
    locale: str = "en",
    encoding: str = "",
) -> Reading:
    """Read a page from its bytes.

    :param kind: Told by what is in it, where nobody says.
    :param headings: Lines of plain text that are headings, whatever they look like.
    :param encoding: Of the bytes, where nothing in them says it.
    :raises BadInput: If it is too large, in no known encoding, or made to be hard to read.
    """
    found = decoded(raw, stated=encoding, is_page=kind is not Kind.TEXT)
    text = invisible_removed(normalized(found.text))
    known = kind or (Kind.HTML if _TAG.search(text) else Kind.TEXT)
    left_out = dropping or Dropping()
    if known is Kind.HTML:
        page = read_html(text, left_out)
    else:
        page = read_text(text, left_out, headings=headings, locale=locale)
    page.notes[:0] = found.notes
    return Reading(text=text, kind=known, page=page, dropping=left_out)
