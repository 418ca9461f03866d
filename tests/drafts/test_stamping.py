"""Stamping: what a translation or an override was made from, where its author did not say."""

from __future__ import annotations

from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash, value_hash
from policy_api.drafts.stamping import stamp
from tests.domain.sources import PAYMENT, WELCOME, edited, entries, overlay, source

GERMAN = "policies/privacy/locales/de/sections/welcome"
SHOP = "policies/privacy/overlays/shop"
INTRO = {"op": "override", "target": "sections/welcome/blocks/intro", "field": "markdown"}


def unstamped(path: str = GERMAN, **texts: str) -> Source:
    """Return the small source with translations that do not say what they were made from."""
    known: dict[str, Any] = entries().get(path, {"units": {}})
    units = {at: {"text": unit["text"]} for at, unit in known["units"].items()}
    units |= {at: {"text": text} for at, text in texts.items()}
    return source({path: {"units": units}})


def unit(found: Source, at: str, path: str = GERMAN) -> dict[str, Any]:
    made: dict[str, Any] = found.entries[path]["units"][at]
    return made


def op(found: Source, index: int = 0, path: str = SHOP) -> dict[str, Any]:
    made: dict[str, Any] = found.entries[path]["ops"][index]
    return made


def test_what_is_stamped_already_is_left_alone() -> None:
    stamped, count = stamp(source(), None)

    assert stamped == source()
    assert count == 0


def test_a_new_translation_was_made_from_the_present_text() -> None:
    stamped, count = stamp(unstamped(), None)

    assert unit(stamped, "heading")["source_hash"] == text_hash("Welcome")
    assert unit(stamped, "blocks/intro/markdown")["source_hash"] == text_hash(WELCOME)
    assert count == 2


def test_translations_of_titles_and_rows_are_stamped_too() -> None:
    table = "policies/privacy/locales/de/tables/services"
    title = "policies/privacy/locales/de/policy"

    rows, _ = stamp(unstamped(table), None)
    titled, _ = stamp(unstamped(title), None)

    assert unit(rows, "rows/payments/purpose", table)["source_hash"] == text_hash(PAYMENT)
    assert unit(titled, "title", title)["source_hash"] == text_hash("Privacy policy")


def test_a_translation_that_did_not_change_keeps_what_it_was_made_from() -> None:
    newer = source(edited("policies/privacy/sections/welcome", heading="Good day"))
    newer = newer.replace({GERMAN: unstamped().entries[GERMAN]})

    stamped, _ = stamp(newer, source())

    assert unit(stamped, "heading")["source_hash"] == text_hash("Welcome")


def test_a_translation_that_changed_was_made_from_the_present_text() -> None:
    newer = source(edited("policies/privacy/sections/welcome", heading="Good day"))
    newer = newer.replace({GERMAN: unstamped(heading="Guten Tag").entries[GERMAN]})

    stamped, _ = stamp(newer, source())

    assert unit(stamped, "heading")["source_hash"] == text_hash("Good day")


def test_a_translation_of_nothing_stays_without_a_stamp() -> None:
    stamped, _ = stamp(unstamped(**{"blocks/gone/markdown": "Weg."}), None)

    assert "source_hash" not in unit(stamped, "blocks/gone/markdown")


def test_an_override_was_made_from_what_it_replaces() -> None:
    found = source(overlay("shop", {**INTRO, "value": "We sell."}))

    stamped, count = stamp(found, None)

    assert op(stamped)["source_hash"] == text_hash(WELCOME)
    assert count == 1


def test_an_override_over_another_layer_was_made_from_that_layer() -> None:
    ops = overlay("main", {**INTRO, "value": "Base."}) | overlay("shop", {**INTRO, "value": "Top."})

    stamped, _ = stamp(source(ops), None)

    assert op(stamped)["source_hash"] == text_hash("Base.")


def test_an_override_of_facts_was_made_from_their_canonical_json() -> None:
    change = {
        "op": "override_row",
        "target": "tables/services/rows/payments",
        "field": "locations",
        "value": [{"country": "FR"}],
    }

    stamped, _ = stamp(source(overlay("shop", change)), None)

    assert op(stamped)["source_hash"] == value_hash([{"country": "US"}])


def test_an_override_of_what_was_not_stated_says_so() -> None:
    change = {
        "op": "override_row",
        "target": "tables/services/rows/payments",
        "field": "retention",
        "value": "A year.",
    }

    stamped, _ = stamp(source(overlay("shop", change)), None)

    assert op(stamped)["source_hash"] == value_hash(None)


def test_an_override_that_did_not_change_keeps_what_it_was_made_from() -> None:
    made = {**INTRO, "value": "We sell.", "source_hash": text_hash("Something older.")}
    base = source(overlay("shop", made))

    stamped, _ = stamp(source(overlay("shop", {**INTRO, "value": "We sell."})), base)

    assert op(stamped)["source_hash"] == text_hash("Something older.")


def test_an_override_that_cannot_be_carried_out_stays_as_it_is() -> None:
    lost = {**INTRO, "target": "sections/gone/blocks/intro", "value": "x"}

    stamped, count = stamp(source(overlay("shop", lost)), None)

    assert "source_hash" not in op(stamped)
    assert count == 0


def test_a_translation_of_an_overlays_text_was_made_from_that_text() -> None:
    path = "policies/privacy/locales/de/overlays/shop"
    address = "sections/welcome/blocks/intro/markdown"
    found = source(overlay("shop", {**INTRO, "value": "We sell."}))
    found = found.replace({path: {"units": {address: {"text": "Wir verkaufen."}}}})

    stamped, _ = stamp(found, None)

    assert unit(stamped, address, path)["source_hash"] == text_hash("We sell.")
