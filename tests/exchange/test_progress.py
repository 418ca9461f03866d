"""How far locales are, what an editorial change carries over, and made-up locales."""

from __future__ import annotations

import re
from typing import Any

import pytest

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.characters import character_fault
from policy_api.domain.content.markdown import markdown_problems
from policy_api.domain.content.placeholders import names
from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.checks import check_source
from policy_api.domain.translation.progress import progress, progress_in
from policy_api.domain.translation.pseudo import pseudo_entries, pseudo_text
from policy_api.domain.translation.units import State, work_units
from policy_api.domain.translation.units_carry import carry
from policy_api.errors import BadInput, NotFound
from tests.exchange.texts import BODY, LINKED, LOCALES, five, with_body

HEADING = "policies/privacy/locales/de/sections/welcome"
GOOD = "Schreiben Sie an [unser Team](https://example.org/de) zu {site.name}.\n\n- 30 Tage"


def translated(text: str, *, made_from: str = LINKED, **more: object) -> dict[str, Any]:
    unit = {"text": text, "source_hash": text_hash(made_from), **more}
    return {HEADING: {"units": {"blocks/intro/markdown": unit}}}


def test_every_unit_of_a_policy_is_listed_in_reading_order() -> None:
    units = work_units(with_body(LINKED), "privacy", "de")

    assert [unit.id for unit in units] == [
        "title",
        "sections/welcome/heading",
        "sections/welcome/blocks/intro/markdown",
        "sections/recipients/heading",
        "tables/services/caption",
        "tables/services/rows/hosting/purpose",
        "tables/services/rows/payments/purpose",
        "sections/contact/heading",
        "overlays/forum/sections/welcome/blocks/rules/markdown",
    ]


def test_a_unit_knows_where_it_is_read() -> None:
    units = {unit.id: unit for unit in work_units(with_body(LINKED), "privacy", "de")}

    row = units["tables/services/rows/hosting/purpose"]
    added = units["overlays/forum/sections/welcome/blocks/rules/markdown"]

    assert row.context == "table services, row hosting, purpose"
    assert row.heading == "Who receives data"
    assert added.context == "site forum, section welcome, block rules, markdown"
    assert "Text: tables/services/rows/hosting/purpose" in row.notes


def test_states_and_outdated_texts_are_told_apart() -> None:
    source = with_body(LINKED, **translated(GOOD, made_from="Old.", state="draft"))

    units = {unit.id: unit for unit in work_units(source, "privacy", "de")}

    assert (units[BODY].state, units[BODY].outdated) == (State.DRAFT, True)
    assert units["title"].state is State.APPROVED
    assert units["sections/contact/heading"].state is State.MISSING


def test_an_unknown_policy_is_named() -> None:
    with pytest.raises(NotFound, match="cookies"):
        work_units(five(), "cookies", "de")


def test_progress_counts_every_locale() -> None:
    found = {each.locale: each for each in progress(five(), "privacy")}

    assert tuple(sorted(found, key=str.lower)) == LOCALES
    for each in found.values():
        assert each.missing + each.draft + each.translated + each.approved == each.units == 9
        assert each.current == each.units - each.missing - each.outdated
        assert each.to_json()["completeness"] == pytest.approx(each.current / 9, abs=1e-4)


def test_progress_names_translations_of_texts_that_are_gone() -> None:
    gone = {"policies/privacy/locales/de/sections/welcome": {"units": {"blocks/old/markdown": "x"}}}

    found = progress_in(with_body(LINKED, **gone), "privacy", "de")

    assert found.orphans == ("sections/welcome/blocks/old/markdown",)


def test_an_editorial_change_carries_its_translations() -> None:
    before = with_body(LINKED, **translated(GOOD))
    mended = LINKED.replace("Write to", "Please write to")
    after = with_body(mended, **translated(GOOD))

    done = carry(before, after, policy="privacy")

    unit = done.edits[HEADING]["units"]["blocks/intro/markdown"]
    assert done.carried == (("de", BODY),)
    assert unit == {"text": GOOD, "source_hash": text_hash(mended), "origin": "carried"}
    kept = {unit.id: unit for unit in work_units(after.replace(done.edits), "privacy", "de")}
    assert kept[BODY].is_current


@pytest.mark.parametrize(
    "changed",
    [LINKED.replace("30", "60"), LINKED.replace("{site.name}", "us"), "Write to us.\n\n- 30 days"],
)
def test_a_change_of_facts_is_never_carried(changed: str) -> None:
    before, after = (with_body(text, **translated(GOOD)) for text in (LINKED, changed))

    done = carry(before, after, policy="privacy")

    assert done.edits == {}
    assert [each[:2] for each in done.left] == [("de", BODY)]


def test_what_was_outdated_before_stays_outdated() -> None:
    stale = translated(GOOD, made_from="Long ago.")
    before, after = (with_body(text, **stale) for text in (LINKED, f"{LINKED} now"))

    done = carry(before, after, policy="privacy")

    assert (done.edits, done.left) == ({}, ())


def test_only_the_units_and_locales_named_are_carried() -> None:
    before, after = (with_body(text, **translated(GOOD)) for text in (LINKED, f"{LINKED} now"))

    assert carry(before, after, policy="privacy", units={"title"}).carried == ()
    assert carry(before, after, policy="privacy", locales=["fr"]).carried == ()
    assert carry(before, after, policy="privacy", units={BODY}, locales=["de"]).carried


@pytest.mark.parametrize("locale", ["en-XA", "ar-XB"])
def test_a_pseudo_locale_covers_every_unit_and_fits_the_source(locale: str) -> None:
    source = five()
    made = source.replace(pseudo_entries(source, "privacy", locale))

    units = work_units(made, "privacy", locale)

    assert all(unit.is_current and unit.origin == "machine" for unit in units)
    assert not [each for each in check_source(made) if f"/{locale}/" in each.file]
    for unit in units:
        assert unit.target is not None
        assert names(unit.target) == names(unit.source)
        assert character_fault(unit.target) is None
        assert unit.form is TextForm.LINE or markdown_problems(unit.target) == ()


def test_accents_make_a_text_longer_and_show_its_ends() -> None:
    made = pseudo_text("Delete after two weeks", TextForm.LINE, locale="en-XA")

    assert made.startswith("⟦") and made.endswith("⟧")  # noqa: PT018 -- one bracket pair
    assert len(made) >= 1.2 * len("Delete after two weeks")
    assert not re.search("[aeiou]", made)


def test_lists_and_headings_stay_what_they_are() -> None:
    text = "### Rights\n\n1. *See* it\n2. Keep it\n\n---\n\n> quoted"

    made = pseudo_text(text, TextForm.MARKDOWN, locale="en-XA").split("\n")

    assert [line[:3] for line in made] == ["###", "", "1. ", "2. ", "", "---", "", "> ⟦"]


def test_every_word_is_turned_and_turned_back() -> None:
    made = pseudo_text("Who are {site.name}?", TextForm.LINE, locale="ar-XB")

    assert made == "\u202eWho\u202c \u202eare\u202c {site.name}?"


def test_another_locale_is_no_pseudo_locale() -> None:
    with pytest.raises(BadInput, match="no pseudo-locale"):
        pseudo_text("x", TextForm.LINE, locale="de")


def test_a_source_is_never_changed_in_place() -> None:
    before, after = (with_body(text, **translated(GOOD)) for text in (LINKED, f"{LINKED} now"))
    digest = after.digest

    carry(before, after, policy="privacy")
    pseudo_entries(after, "privacy", "en-XA")

    assert Source.from_entries(dict(after.entries)).digest == digest
