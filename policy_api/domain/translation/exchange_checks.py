"""Whether a translation says what its source says, as far as a program can tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from marshmallow import ValidationError

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.characters import character_fault
from policy_api.domain.content.limits import LINE_LENGTH, MARKDOWN_LENGTH
from policy_api.domain.content.markdown import markdown_problems, parser
from policy_api.domain.content.placeholders import names
from policy_api.domain.content.texts import collapsed
from policy_api.domain.entries.translatable import accepted_text
from policy_api.domain.translation.exchange_inline import words_of
from policy_api.domain.translation.units import WorkUnit

_URL = re.compile(r"(?:https?|mailto|tel):\S*|\S+@\S+")
_NUMBER = re.compile(r"\d(?:[.,'’\u00a0\u202f\u2009\u066b\u066c]?\d)*")
_LONGEST = {TextForm.LINE: LINE_LENGTH, TextForm.MARKDOWN: MARKDOWN_LENGTH}


class Reason(StrEnum):
    """Why a unit of a file is not taken."""

    UNKNOWN_UNIT = "unknown_unit"
    SOURCE_MOVED = "source_moved"
    PLACEHOLDER = "placeholder"
    LINK = "link"
    NUMBER = "number"
    MARKUP = "markup"
    CHARACTERS = "characters"
    TOO_LONG = "too_long"
    COPIED = "copied"
    TWICE = "twice"


class NotTaken(Exception):
    """A translation is refused."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def checked(unit: WorkUnit, text: str) -> str:
    """Return a translation as it is stored.

    :raises NotTaken: If it cannot be the translation of the unit.
    """
    if len(text) > _LONGEST[unit.form]:
        detail = f"The translation has {len(text)} characters; at most {_LONGEST[unit.form]}."
        raise NotTaken(Reason.TOO_LONG, detail)
    fault = character_fault(text.replace("\r", "\n"))
    if fault is not None:
        raise NotTaken(Reason.CHARACTERS, fault)
    accepted = _stored(unit, text)
    _check_placeholders(unit, accepted)
    _check_links(unit, accepted)
    _check_numbers(unit, accepted)
    return accepted


def is_copy(unit: WorkUnit, text: str) -> bool:
    """Tell whether a text is the source over again, though it has words to translate."""
    words = words_of(_URL.sub(" ", unit.source), unit.form)
    return collapsed(text) == collapsed(unit.source) and any(char.isalpha() for char in words)


def _stored(unit: WorkUnit, text: str) -> str:
    try:
        accepted = accepted_text(unit.address, text)
    except ValidationError as error:
        raise NotTaken(Reason.MARKUP, " ".join(map(str, error.messages))) from error
    problems = markdown_problems(accepted) if unit.form is TextForm.MARKDOWN else ()
    if problems:
        raise NotTaken(Reason.MARKUP, " · ".join(problems[:5]))
    return accepted


def _check_placeholders(unit: WorkUnit, text: str) -> None:
    wanted, found = set(names(unit.source)), set(names(text))
    for name in sorted(wanted - found):
        raise NotTaken(Reason.PLACEHOLDER, f"The placeholder {{{name}}} is gone.")
    for name in sorted(found - wanted):
        raise NotTaken(Reason.PLACEHOLDER, f"The placeholder {{{name}}} is not in the source.")


def _check_links(unit: WorkUnit, text: str) -> None:
    if unit.form is not TextForm.MARKDOWN:
        return
    wanted, found = set(_goals(unit.source)), set(_goals(text))
    for goal in sorted(wanted - found):
        raise NotTaken(Reason.LINK, f"The link to {goal} is gone.")
    for goal in sorted(found - wanted):
        raise NotTaken(Reason.LINK, f"There is no link to {goal} in the source.")


def _goals(markdown: str) -> Iterator[str]:
    """Yield where links lead; a page in another language stands on the same host."""
    for token in parser().parse(markdown):
        for child in token.children or []:
            if child.type == "link_open":
                href = str(child.attrs["href"])
                yield urlsplit(href).netloc or href if href.startswith("https:") else href


def _check_numbers(unit: WorkUnit, text: str) -> None:
    wanted, found = _numbers(unit, unit.source), _numbers(unit, text)
    if "".join(wanted) == "".join(found):
        return
    for number in sorted(set(wanted) - set(found)):
        raise NotTaken(Reason.NUMBER, f"The number {number} of the source is gone.")


def _numbers(unit: WorkUnit, text: str) -> list[str]:
    """Return the numbers of a text in ordinary digits, without separators."""
    words = _URL.sub(" ", words_of(text, unit.form))
    return [
        "".join(str(unicodedata.digit(char)) for char in found if char.isdecimal())
        for found in _NUMBER.findall(words)
    ]
