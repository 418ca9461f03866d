"""Places, dates, periods, names and lists as a reader writes them, from CLDR."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.units import format_unit

from policy_api.domain.content.vocabulary import english
from policy_api.domain.labels import words
from policy_api.domain.labels.catalogue import label, phrase
from policy_api.domain.languages import babel_locale, display_name

_Style = Literal["standard", "unit"]
_STANDARD: Final[_Style] = "standard"
_PATTERNS: Final = frozenset({"2", "start", "middle", "end"})
_WORLD: Final = "001"
_PERIOD: Final = re.compile(
    r"P(?=[0-9T])(?:(?P<year>[0-9]{1,4})Y)?(?:(?P<month>[0-9]{1,4})M)?(?:(?P<week>[0-9]{1,4})W)?"
    r"(?:(?P<day>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hour>[0-9]{1,5})H)?(?:(?P<minute>[0-9]{1,5})M)?"
    r"(?:(?P<second>[0-9]{1,5})S)?)?",
    re.ASCII,
)


def country(code: str, locale: str) -> str:
    """Return the name of a country (ISO 3166-1 alpha-2), or the code if CLDR has none."""
    return _territory(code, locale)


def region(code: str, locale: str) -> str:
    """Return the name of a region (UN M.49) or of a country."""
    return label(words.WORLDWIDE, locale) if code == _WORLD else _territory(code, locale)


def place_label(
    country_code: str | None, region_code: str | None, place: str | None, locale: str
) -> str:
    """Return where something is: the place, and the country or else the region around it."""
    if country_code:
        around = country(country_code, locale)
    else:
        around = region(region_code, locale) if region_code else ""
    if place and around:
        return phrase(words.PLACE_IN_COUNTRY, locale, place=place, country=around)
    return place or around or label(words.NOT_STATED, locale)


def long_date(day: date, locale: str) -> str:
    """Return a date in words; of an instant, the date it has in UTC.

    :raises ValueError: If an instant has no time zone.
    """
    if isinstance(day, datetime):
        if day.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        day = day.astimezone(UTC).date()
    return format_date(day, format="long", locale=babel_locale(locale))


def duration(period: str, locale: str) -> str:
    """Return an ISO 8601 period in words, in the units it was written in.

    >>> duration("P24M", "en")
    '24 months'

    :raises ValueError: If it is not a period of whole units.
    """
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"{period[:40]!a} is not a period such as “P30D”, “P24M” or “P1Y6M”.")
    counts = {unit: int(count) for unit, count in match.groupdict().items() if count is not None}
    told = {unit: count for unit, count in counts.items() if count} or dict([*counts.items()][-1:])
    known = babel_locale(locale)
    parts = [_unit(count, unit, known) for unit, count in told.items()]
    return _enumeration(parts, known, style="unit")


def language_name(tag: str, locale: str) -> str:
    """Return the name of a language in the language of a reader."""
    return display_name(tag, locale=locale)


def list_of(items: Sequence[str], locale: str) -> str:
    """Return items as one enumeration: “A, B and C”."""
    return _enumeration(items, babel_locale(locale), style="standard")


def term_label(code: str, locale: str) -> str:
    """Return what a term of the vocabulary is called; an unknown one is spelled out in English."""
    return label(english(code), locale)


def change_label(change_type: str, locale: str) -> str:
    """Return the head of a line about a change, also for a type a plugin brought."""
    return label(words.CHANGE_TYPES.get(change_type, words.OTHER_CHANGE), locale)


def _territory(code: str, locale: str) -> str:
    for names in (babel_locale(locale), Locale("en")):
        found = names.territories.get(code)
        if found is not None:
            return str(found)
    return code


def _enumeration(items: Sequence[str], locale: Locale, *, style: _Style) -> str:
    """Join items by the first patterns that are whole: Babel has only parts of some."""
    for known, each in ((locale, style), (locale, _STANDARD), (Locale("en"), style)):
        if _PATTERNS.issubset(known.list_patterns.get(each, ())):
            return format_list(items, style=each, locale=known)
    return ", ".join(items)


def _unit(count: int, unit: str, locale: Locale) -> str:
    """Return a count with its unit, spelled out if CLDR does.

    Babel does not follow CLDR's aliases from long to short forms (Arabic months, most of East
    Asia) and then prints the name of the unit's record.
    """
    name = f"duration-{unit}"
    told = format_unit(count, name, length="long", locale=locale)
    if name in told:
        told = format_unit(count, name, length="short", locale=locale)
    return told if name not in told else format_unit(count, name, locale=Locale("en"))
