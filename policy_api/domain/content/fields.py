"""The marshmallow fields of content: text, names, keys and codes; see also web_fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from policy_api.domain.content.characters import character_fault, normalized
from policy_api.domain.content.faults import meant, refusal, shown
from policy_api.domain.content.keys import KEY_FORM, is_key, nearest_key
from policy_api.domain.content.limits import LINE_LENGTH, MARKDOWN_LENGTH, NAME_LENGTH
from policy_api.domain.content.markdown import markdown_problems
from policy_api.domain.content.vocabulary import (
    COUNTRIES,
    REGIONS,
    Scheme,
    fits,
    suggest,
    term,
)
from policy_api.domain.languages import canonical

_REQUIRED: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "This is missing.",
    "null": "A value is missing here.",
}
_COUNTRY_LENGTH = 2
_OTHER_COUNTRIES = {"UK": "GB", "EL": "GR", "EN": "GB"}


def written_text(value: object, *, longest: int) -> str:
    """Return a value as clean text: NFC, ordinary line ends, nothing invisible, not empty.

    :raises ValidationError: If it is none, or too long.
    """
    if not isinstance(value, str):
        raise refusal("This must be text.", _in_quotes(value))
    if len(value) > longest:
        raise refusal(f"The text has {len(value)} characters.", f"at most {longest}")
    text = normalized(value)
    fault = character_fault(text)
    if fault is not None:
        raise refusal(fault, "text without it")
    return text


def _in_quotes(value: object) -> str:
    if isinstance(value, Mapping) and list(value.values()) == [None]:
        # YAML takes a placeholder without quotes for an object with one field.
        return f'"{{{shown(next(iter(value)))}}}" in quotes'
    plain = isinstance(value, bool | int | float)
    return f'"{str(value).lower()}" in quotes' if plain else "text"


def written_line(value: object, *, longest: int) -> str:
    """Return a value as one line of clean text.

    :raises ValidationError: If it is none.
    """
    line = written_text(value, longest=longest).strip()
    if not line:
        raise refusal("The text is empty.", "words, or no such field at all")
    if "\n" in line or "\t" in line:
        raise refusal("The text has several lines or tabs.", "one line")
    return line


def written_prose(value: object, *, longest: int) -> str:
    """Return a value as clean text that may have several lines.

    Blank lines before and behind it go: they depend on how a file was written.

    :raises ValidationError: If it is none.
    """
    text = written_text(value, longest=longest)
    lines = text.rstrip(" \t\n").split("\n")
    while lines and not lines[0].strip(" \t"):
        del lines[0]
    if not lines:
        raise refusal("The text is empty.", "words, or no such field at all")
    return "\n".join(lines)


class ContentText(fields.String):
    """A text; says what it expects when it refuses."""

    default_error_messages = _REQUIRED

    longest: ClassVar[int] = LINE_LENGTH

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> str:
        return self.accepted(value)

    def accepted(self, value: object) -> str:
        """Return a value as it is stored.

        :raises ValidationError: If it is not what this field holds.
        """
        return written_line(value, longest=self.longest)


class Line(ContentText):
    """One line of text."""


class Name(ContentText):
    """A short line: what somebody or something is called."""

    longest = NAME_LENGTH


class Markdown(ContentText):
    """A Markdown text that will be shown as it was written."""

    longest = MARKDOWN_LENGTH

    def accepted(self, value: object) -> str:
        """Return the text without blank lines around it."""
        text = written_prose(value, longest=self.longest)
        found = markdown_problems(text)
        if found:
            raise refusal(" · ".join(found[:5]), "plain Markdown")
        return text


class Prose(ContentText):
    """Text that may have several lines and is not Markdown."""

    longest = MARKDOWN_LENGTH

    def accepted(self, value: object) -> str:
        """Return the text without blank lines around it."""
        return written_prose(value, longest=self.longest)


class Key(ContentText):
    """A key, as in ``forum`` or ``web-analytics``."""

    def accepted(self, value: object) -> str:
        """Return a key."""
        return key_of(value)


def key_of(value: object) -> str:
    """Return a value as a key.

    :raises ValidationError: If it is none.
    """
    if isinstance(value, str) and is_key(value):
        return value
    near = nearest_key(value) if isinstance(value, str) else ""
    hint = f"{KEY_FORM}, such as “{near}”" if near else KEY_FORM
    raise refusal(f"“{shown(value)}” is not a key.", hint)


class Word(ContentText):
    """One of a few fixed words."""

    def __init__(self, words: Collection[str], **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.words = tuple(words)

    def accepted(self, value: object) -> str:
        """Return one of the words."""
        if isinstance(value, str) and value in self.words:
            return value
        raise refusal(f"“{shown(value)}” cannot stand here.", lambda: meant(str(value), self.words))


class Flag(fields.Boolean):
    """Yes or no, as ``true`` or ``false`` and nothing else."""

    default_error_messages = _REQUIRED

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> bool:
        if not isinstance(value, bool):
            raise refusal(
                f"“{shown(value)}” is neither yes nor no.", "true or false, without quotes"
            )
        return value


class Whole(fields.Integer):
    """A whole number within bounds."""

    default_error_messages = _REQUIRED

    def __init__(self, lowest: int, highest: int, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.lowest, self.highest = lowest, highest

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> int:
        if type(value) is not int or not self.lowest <= value <= self.highest:
            expected = f"a whole number from {self.lowest} to {self.highest}"
            raise refusal(f"“{shown(value)}” does not fit.", expected)
        return value


class Locale(ContentText):
    """A language tag; stored in its canonical form."""

    def accepted(self, value: object) -> str:
        """Return the canonical tag."""
        return locale_of(value)


def locale_of(value: object) -> str:
    """Return a value as a canonical language tag.

    :raises ValidationError: If it is none.
    """
    if not isinstance(value, str):
        raise refusal("This must be a language tag.", "such as en or pt-BR, in quotes if need be")
    try:
        return canonical(value)
    except ValueError as error:
        raise ValidationError([str(error)]) from error


class LocalizedName(fields.Field[Any]):
    """A name: one line in the source locale, or a line for each locale."""

    default_error_messages = _REQUIRED

    def __init__(self, *, longest: int = NAME_LENGTH, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.longest = longest

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> str | dict[str, str]:
        return localized_name(value, longest=self.longest)


def localized_name(value: object, *, longest: int) -> str | dict[str, str]:
    """Return a value as a name in one or in several locales.

    :raises ValidationError: If it is none.
    """
    if not isinstance(value, Mapping):
        return written_line(value, longest=longest)
    names: dict[str, str] = {}
    wrong: dict[str, object] = {}
    for tag, text in value.items():
        try:
            locale = locale_of(tag)
            if locale in names:
                raise refusal(f"There are two names in the locale {locale}.", "one of them")
            names[locale] = written_line(text, longest=longest)
        except ValidationError as error:
            wrong[str(tag)] = error.messages
    if wrong:
        raise ValidationError(wrong)
    if not names:
        raise refusal("There is no name in it.", "a line for at least one locale")
    return dict(sorted(names.items()))


class Code(ContentText):
    """A term of the vocabulary, as a CURIE."""

    def __init__(self, scheme: Scheme, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.scheme = scheme

    def accepted(self, value: object) -> str:
        """Return a term that can answer the question of the scheme."""
        return code_of(value, self.scheme)


def code_of(value: object, scheme: Scheme) -> str:
    """Return a value as a term of a scheme.

    :raises ValidationError: If it is none.
    """
    if isinstance(value, str) and fits(value, scheme):
        return value
    written = shown(value)
    asked = scheme.value.replace("_", " ")
    known = isinstance(value, str) and term(value) is not None
    detail = f"“{written}” is a term, but no {asked}." if known else f"“{written}” is no {asked}."
    raise refusal(detail, lambda: _codes_meant(str(value), scheme))


def _codes_meant(written: str, scheme: Scheme) -> str:
    found = suggest(written[:NAME_LENGTH], scheme)
    return (
        f"perhaps {' or '.join(found)}" if found else "a term of DPV 2.3, or one of your own: x:…"
    )


class Country(ContentText):
    """A country by its ISO 3166-1 code."""

    def accepted(self, value: object) -> str:
        """Return a country code."""
        if isinstance(value, str) and value in COUNTRIES:
            return value
        raise refusal(f"“{shown(value)}” is no country code.", _country_meant(value))


def _country_meant(value: object) -> str:
    upper = value.upper() if isinstance(value, str) and len(value) == _COUNTRY_LENGTH else ""
    near = _OTHER_COUNTRIES.get(upper, upper)
    return near if near in COUNTRIES else "two capital letters, such as DE"


class Region(ContentText):
    """A region wider than a country by its UN M.49 code."""

    def accepted(self, value: object) -> str:
        """Return a region code."""
        if isinstance(value, str) and value in REGIONS:
            return value
        written = f"{value:03}" if type(value) is int else ""
        near = f'"{written}" in quotes' if written in REGIONS else ""
        raise refusal(
            f"“{shown(value)}” is no region code.", near or 'three digits, such as "150" for Europe'
        )
