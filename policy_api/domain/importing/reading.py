"""From the bytes of a page to a draft and back to a count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_api.domain.content.characters import normalized
from policy_api.domain.importing.counting import Count, count_html, count_text
from policy_api.domain.importing.html_page import read_html
from policy_api.domain.importing.page import PAGE_BYTES, Dropping, Page
from policy_api.domain.importing.text_page import read_text
from policy_api.domain.translation.exchange_xml import utf8_text

_TAG: Final = re.compile(
    r"<(?:!doctype html|html|body|head|p|div|h[1-6]|ul|table)\b", re.IGNORECASE
)
_INVISIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")
_ENDS: Final = re.compile("[\u2028\u2029]")


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
) -> Reading:
    """Read a page from its bytes.

    :param kind: Told by what is in it, where nobody says.
    :param headings: Lines of plain text that are headings, whatever they look like.
    :raises BadInput: If it is too large, not UTF-8, or made to be hard to read.
    """
    text = _ENDS.sub("\n", normalized(utf8_text(raw, most=PAGE_BYTES)))
    text = _INVISIBLE.sub("", text)
    known = kind or (Kind.HTML if _TAG.search(text) else Kind.TEXT)
    left_out = dropping or Dropping()
    if known is Kind.HTML:
        page = read_html(text, left_out)
    else:
        page = read_text(text, left_out, headings=headings, locale=locale)
    return Reading(text=text, kind=known, page=page, dropping=left_out)
