"""The program's words: their catalogues, and how places, dates and lists are written."""

from __future__ import annotations

import os
import re
import string
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel import Locale, localedata
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain import labels
from policy_api.domain.changes.significance import DEFAULTS
from policy_api.domain.content.vocabulary import COUNTRIES, REGIONS, TERMS
from policy_api.domain.labels import words
from policy_api.domain.labels.catalogue import read_catalogue

ROOT = Path(__file__).parents[2]
COMPLETE = ["ar", "de", "es", "fr"]
RIGHT_TO_LEFT_LETTER = re.compile(r"[\u0620-\u064a]")
BIDI_CONTROLS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """All words the source marks, extracted as the catalogues' own tool does it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = project["tool"]["babel"]["mappings"]
    found = extract_from_dir(
        ROOT / "policy_api",
        method_map=[(each["pattern"], each["method"]) for each in mappings],
        options_map={
            each["pattern"]: {key: value for key, value in each.items() if key == "silent"}
            for each in mappings
        },
        keywords={"N_": None, "_": None, "gettext": None},
    )
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def catalogue(locale: str) -> Catalog:
    """Read the source of a catalogue."""
    path = ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def messages(locale: str) -> Iterator[tuple[str, str]]:
    """Return the words of a catalogue with their translations."""
    for message in catalogue(locale):
        assert isinstance(message.id, str)
        assert isinstance(message.string, str)
        if message.id:
            yield message.id, message.string


def names_in(text: str) -> list[str]:
    """Return the placeholders of a text."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("locale", COMPLETE)
def test_a_catalogue_holds_exactly_the_words_of_the_program(locale: str, marked: set[str]) -> None:
    translated = dict(messages(locale))

    assert sorted(marked - translated.keys()) == []
    assert sorted(translated.keys() - marked) == []


@pytest.mark.parametrize("locale", COMPLETE)
def test_every_word_is_translated_and_nothing_is_doubtful(locale: str) -> None:
    doubtful = [message.id for message in catalogue(locale) if message.fuzzy and message.id]

    assert [word for word, translation in messages(locale) if not translation.strip()] == []
    assert doubtful == []


@pytest.mark.parametrize("locale", COMPLETE)
def test_a_translation_has_the_placeholders_of_its_word(locale: str) -> None:
    wrong = [word for word, text in messages(locale) if names_in(word) != names_in(text)]

    assert wrong == []


@pytest.mark.parametrize("locale", COMPLETE)
def test_a_translation_has_no_stray_space_or_invisible_direction(locale: str) -> None:
    wrong = [
        word
        for word, text in messages(locale)
        if text != text.strip() or "  " in text or BIDI_CONTROLS.search(text)
    ]

    assert wrong == []


@pytest.mark.parametrize("locale", COMPLETE)
def test_a_sentence_stays_a_sentence(locale: str) -> None:
    wrong = [word for word, text in messages(locale) if word.endswith(".") != text.endswith(".")]

    assert wrong == []


def test_arabic_words_are_in_arabic() -> None:
    latin = [
        word
        for word, text in messages("ar")
        if not RIGHT_TO_LEFT_LETTER.search(text) and word != words.PLACE_IN_COUNTRY
    ]

    assert latin == []


def test_french_keeps_its_spaces_before_double_punctuation() -> None:
    wrong = [word for word, text in messages("fr") if re.search(r"(?<![\u00a0\u202f])[:;?!]", text)]

    assert wrong == []


@pytest.mark.parametrize("locale", COMPLETE)
def test_every_term_has_a_label_of_its_own_language(locale: str) -> None:
    assert all(labels.term_label(code, locale) for code in TERMS)
    assert labels.term_label("eu-gdpr:A6-1-f", locale) != "Legitimate interest"


@pytest.mark.parametrize(
    ("locale", "translation"),
    [
        ("de", "Berechtigtes Interesse"),
        ("de-AT", "Berechtigtes Interesse"),
        ("de-DE-u-co-phonebk", "Berechtigtes Interesse"),
        ("es-MX", "Interés legítimo"),
        ("fr-CA", "Intérêt légitime"),
        ("ar-XB", "المصلحة المشروعة"),
        ("en", "Legitimate interest"),
        ("en-XA", "Legitimate interest"),
        ("tlh", "Legitimate interest"),
        ("x-private", "Legitimate interest"),
        ("../de", "Legitimate interest"),
    ],
)
def test_a_word_falls_through_the_parents_to_english(locale: str, translation: str) -> None:
    assert labels.label("Legitimate interest", locale) == translation


def test_a_word_nobody_marked_comes_back_as_it_is() -> None:
    assert labels.label("Not a word of ours", "de") == "Not a word of ours"
    assert labels.label("", "de") == ""


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_word_in_any_locale_has_an_answer(text: str, locale: str) -> None:
    assert isinstance(labels.label(text, locale), str)


def test_a_phrase_takes_values_as_they_are() -> None:
    told = labels.phrase("{place}, {country}", "de", place="{country}", country="{0.__class__}")

    assert told == "{country}, {0.__class__}"


def test_a_phrase_shows_a_name_that_has_no_value() -> None:
    assert labels.phrase("until {event}", "de") == "bis {event}"


def written(folder: Path, translation: str, *, compiled: bool, age: int) -> None:
    """Write a catalogue of one word."""
    made = Catalog(locale="de")
    made.add("Yes", translation)
    path = folder / ("messages.mo" if compiled else "messages.po")
    with path.open("wb") as file:
        (write_mo if compiled else write_po)(file, made)
    os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))


def yes_of(made: Catalog) -> str:
    """Return the one translation of a catalogue."""
    found = made.get("Yes")
    assert isinstance(found, Message)
    assert isinstance(found.string, str)
    return found.string


@pytest.mark.parametrize(
    ("source_age", "compiled_age", "used"),
    [(None, 0, "compiled"), (0, None, "source"), (9, 5, "compiled"), (5, 9, "source")],
)
def test_the_compiled_catalogue_is_used_unless_it_is_stale(
    tmp_path: Path, source_age: int | None, compiled_age: int | None, used: str
) -> None:
    if source_age is not None:
        written(tmp_path, "source", compiled=False, age=source_age)
    if compiled_age is not None:
        written(tmp_path, "compiled", compiled=True, age=compiled_age)

    assert yes_of(read_catalogue(tmp_path)) == used


@pytest.mark.parametrize(
    ("place", "locale", "label"),
    [
        (("FR", "150", "Paris"), "en", "Paris, France"),
        (("FR", "150", "Paris"), "ar", "Paris، فرنسا"),
        (("US", None, None), "de", "Vereinigte Staaten"),
        (("US", None, None), "es-MX", "Estados Unidos"),
        ((None, "150", None), "fr", "Europe"),
        ((None, "150", "Alps"), "en", "Alps, Europe"),
        ((None, "001", None), "en", "Worldwide"),
        ((None, "001", None), "de", "Weltweit"),
        ((None, "001", None), "ar", "في جميع أنحاء العالم"),
        ((None, None, "Atlantis"), "de", "Atlantis"),
        ((None, None, None), "en", "not stated"),
        (("ZQ", None, None), "de", "ZQ"),
    ],
)
def test_a_place_is_told_with_what_is_around_it(
    place: tuple[str | None, str | None, str | None], locale: str, label: str
) -> None:
    assert labels.place_label(*place, locale) == label


@pytest.mark.parametrize("locale", [*COMPLETE, "en", "zh-TW", "fa", "tlh"])
def test_every_country_and_region_has_a_name(locale: str) -> None:
    assert all(labels.country(code, locale) != code for code in COUNTRIES)
    assert all(labels.region(code, locale) != code for code in REGIONS)


@pytest.mark.parametrize(
    ("day", "locale", "told"),
    [
        (date(2026, 3, 10), "de", "10. März 2026"),
        (date(2026, 3, 10), "en", "March 10, 2026"),
        (date(2026, 3, 10), "en-GB", "10 March 2026"),
        (date(2026, 3, 10), "ar", "10 مارس 2026"),
        (date(2026, 3, 10), "zh-TW", "2026年3月10日"),
        (datetime(2026, 3, 10, 23, 30, tzinfo=UTC), "fr", "10 mars 2026"),
        (
            datetime(2026, 3, 11, 1, tzinfo=timezone(timedelta(hours=2))),
            "es",
            "10 de marzo de 2026",
        ),
    ],
)
def test_an_instant_is_told_by_its_date_in_utc(day: date, locale: str, told: str) -> None:
    assert labels.long_date(day, locale) == told


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 3, 10, tzinfo=UTC).replace(tzinfo=None)

    with pytest.raises(ValueError, match="needs a time zone"):
        labels.long_date(naive, "de")


@pytest.mark.parametrize(
    ("period", "locale", "told"),
    [
        ("P24M", "en", "24 months"),
        ("P24M", "de", "24 Monate"),
        ("P24M", "ar", "24 شهرًا"),
        ("P2Y", "ar", "سنتان"),
        ("P24M", "zh-TW", "24 個月"),
        ("P30D", "fr", "30\xa0jours"),
        ("P1Y", "es", "1 año"),
        ("P1Y6M", "en", "1 year, 6 months"),
        ("P2W", "de", "2 Wochen"),
        ("PT30M", "en", "30 minutes"),
        ("P1DT12H", "en", "1 day, 12 hours"),
        ("P0D", "en", "0 days"),
        ("P1Y0M", "en", "1 year"),
        ("P30D", "tlh", "30 days"),
    ],
)
def test_a_period_keeps_the_units_it_was_written_in(period: str, locale: str, told: str) -> None:
    assert labels.duration(period, locale) == told


@pytest.mark.parametrize(
    "period",
    ["", "P", "PT", "P1", "24M", "P-1D", "P1.5Y", "p1d", "P1D\n", "P99999Y", "P1M1Y", "P١D"],
)
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        labels.duration(period, "en")


def test_periods_and_lists_can_be_told_in_every_language_of_cldr() -> None:
    names = [name for name in localedata.locale_identifiers() if "_" not in name]

    told = {name: labels.duration("P1Y2M3W4DT5H6M7S", name) for name in names}
    listed = {name: labels.list_of(["A", "B", "C"], name) for name in names}

    assert [name for name, text in told.items() if "duration" in text] == []
    assert [name for name, text in listed.items() if not {"A", "B", "C"} <= set(text)] == []


@pytest.mark.parametrize(
    ("locale", "told"),
    [("en", "A, B, and C"), ("de", "A, B und C"), ("fr", "A, B et C"), ("ar", "A وB وC")],
)
def test_an_enumeration_follows_the_language(locale: str, told: str) -> None:
    assert labels.list_of(["A", "B", "C"], locale) == told


def test_an_enumeration_of_nothing_is_empty() -> None:
    assert labels.list_of([], "de") == ""


@pytest.mark.parametrize(
    ("tag", "locale", "name"),
    [
        ("de", "fr", "allemand"),
        ("ar", "de", "Arabisch"),
        ("zh-Hant", "de", "Chinesisch (traditionell)"),
        ("pt-BR", "en", "Brazilian Portuguese"),
        ("tlh", "de", "Klingonisch"),
    ],
)
def test_a_language_is_named_for_the_reader(tag: str, locale: str, name: str) -> None:
    assert labels.language_name(tag, locale) == name


def test_a_change_of_a_type_from_elsewhere_has_a_label_too() -> None:
    assert labels.change_label("recipient.added", "de") == "Empfänger hinzugefügt"
    assert labels.change_label("timeline.rewound", "de") == "Sonstige Änderung"


def test_the_locales_with_words_are_found() -> None:
    assert set(COMPLETE) <= labels.translated_locales()
    assert Locale("en").language not in labels.translated_locales()


def test_every_type_of_change_has_a_label_and_no_label_is_left_over() -> None:
    assert set(words.CHANGE_TYPES) == set(DEFAULTS)
