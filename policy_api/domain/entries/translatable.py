"""Which fields hold texts that are translated, told by their name alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.fields import Line, Markdown, Prose

TRANSLATABLE: Final[Mapping[str, TextForm]] = {
    "markdown": TextForm.MARKDOWN,
    "fallback": TextForm.MARKDOWN,
    "heading": TextForm.LINE,
    "title": TextForm.LINE,
    "caption": TextForm.LINE,
    "label": TextForm.LINE,
    "purpose": TextForm.LINE,
    "legitimate_interest": TextForm.LINE,
    "retention": TextForm.LINE,
    "required": TextForm.LINE,
    "copy": TextForm.LINE,
    "text": TextForm.LINE,
    "applies_to": TextForm.LINE,
    "until": TextForm.LINE,
}
"""Name of a field → how its text is written."""

_FIELDS: Final = {TextForm.MARKDOWN: Markdown(), TextForm.LINE: Line(), None: Prose()}


def form_of(path: str) -> TextForm | None:
    """Return how the text at a path is written, or None if the field is not a known text.

    An override or a translation stands alone: it names a field and not the block's kind.
    """
    return TRANSLATABLE.get(path.rpartition("/")[2])


def accepted_text(path: str, text: object) -> str:
    """Return a text as it is stored at a path.

    :raises ValidationError: If it does not have the form that the field asks for.
    """
    return _FIELDS[form_of(path)].accepted(text)
