"""An edition: one site's policy in one locale, in one language per section."""

from __future__ import annotations

from typing import Any

import pytest

from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.translation.staleness import Lineage, UnitChange
from policy_api.errors import BadInput
from tests.domain.sources import WELCOME, edited, overlay, source, units


def content(
    of: Source, site: str = "shop", locale: str = "de", lineage: Lineage | None = None
) -> dict[str, Any]:
    return Composer(of, lineage or Lineage()).content(site, "privacy", locale)


def section(edition: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in edition["sections"] if item["key"] == key)
    return found


def test_a_translated_section_is_current() -> None:
    welcome = section(content(source()), "welcome")

    assert welcome["heading"] == "Willkommen"
    assert welcome["locale"] == "de"
    assert welcome["translation"] == "current"
    assert welcome["blocks"][0]["markdown"] == "Wir behalten *wenig* auf Example shop."
    assert "<em>wenig</em>" in welcome["blocks"][0]["html"]


def test_a_section_without_translation_is_shown_in_the_source_locale() -> None:
    contact = section(content(source()), "contact")

    assert contact["heading"] == "Contact"
    assert contact["locale"] == "en"
    assert contact["translation"] == "fallback"


def test_codes_are_in_the_requested_language_even_in_a_fallback_section() -> None:
    table = section(content(source()), "recipients")["blocks"][0]
    contact = section(content(source()), "contact")["blocks"][0]["contacts"][0]

    assert table["rows"][0]["locations"][0]["label"] == "Paris, Frankreich"
    assert table["rows"][0]["data_categories"][0]["label"] == "IP-Adresse"
    assert contact["role"]["label"] == "Datenschutzbeauftragter"


def test_one_missing_unit_makes_the_whole_section_fall_back() -> None:
    partly = units(heading=("Who receives data", "Wer Daten erhält"))
    edits = {"policies/privacy/locales/de/tables/services": None} | {
        "policies/privacy/locales/de/sections/recipients": partly
    }

    recipients = section(content(source(edits)), "recipients")

    assert recipients["heading"] == "Who receives data"
    assert recipients["blocks"][0]["rows"][0]["purpose"] == "Runs servers."


def test_rows_of_other_sites_need_no_translation_here() -> None:
    table = units(
        caption=("Services", "Dienste"),
        **{"rows/hosting/purpose": ("Runs servers.", "Betreibt Server.")},
    )
    site = edited("sites/forum", locales=["en", "de"])
    edits = {"policies/privacy/locales/de/tables/services": table} | site

    of = source(edits)

    assert section(content(of, "forum"), "recipients")["translation"] == "current"
    assert section(content(of, "shop"), "recipients")["translation"] == "fallback"


def changed_welcome(*, material: bool) -> tuple[Source, Lineage]:
    text = "We keep very little at {site.name}."
    block = {"key": "intro", "kind": "text", "markdown": text}
    change = UnitChange(
        unit="sections/welcome/blocks/intro/markdown",
        from_hash=text_hash(WELCOME),
        to_hash=text_hash(text),
        material=material,
    )
    return source(edited("policies/privacy/sections/welcome", blocks=[block])), Lineage.of([change])


def test_an_editorial_change_leaves_the_translation_outdated_but_shown() -> None:
    of, lineage = changed_welcome(material=False)

    welcome = section(content(of, lineage=lineage), "welcome")

    assert welcome["translation"] == "outdated"
    assert welcome["locale"] == "de"


def test_a_material_change_leaves_the_translation_behind() -> None:
    of, lineage = changed_welcome(material=True)

    welcome = section(content(of, lineage=lineage), "welcome")

    assert welcome["translation"] == "fallback"
    assert welcome["blocks"][0]["markdown"] == "We keep very little at Example shop."


def test_completeness_counts_what_is_shown() -> None:
    edition = content(source())

    assert edition["completeness"] == {"units": 8, "current": 7, "outdated": 0, "fallback": 1}


def test_the_source_edition_is_complete() -> None:
    edition = content(source(), locale="en")

    assert {item["translation"] for item in edition["sections"]} == {"source"}
    assert edition["completeness"]["fallback"] == 0


def test_values_are_escaped_where_they_land_in_markdown() -> None:
    edits = overlay("shop", {"op": "set_var", "name": "site.name", "value": "*<b>Shop</b>*"})

    html = section(content(source(edits), locale="en"), "welcome")["blocks"][0]["html"]

    assert "*&lt;b&gt;Shop&lt;/b&gt;*" in html


def test_a_placeholder_without_value_is_an_error_that_names_the_place() -> None:
    block = {"key": "intro", "kind": "text", "markdown": "See {contact.dpo.phone}."}
    of = source(edited("policies/privacy/sections/welcome", blocks=[block]))

    with pytest.raises(BadInput) as refusal:
        content(of, locale="en")

    assert "contact.dpo.phone" in refusal.value.problems[0].detail
    assert refusal.value.problems[0].file == "policies/privacy/sections/welcome"


def test_not_stated_is_null() -> None:
    shown = section(content(source(), locale="en"), "recipients")["blocks"][0]["rows"][0]

    assert shown["legitimate_interest"] is None
    assert shown["transfer"] == {"outside_eea": False, "mechanism": None, "copy": None}
    assert shown["retention"] is None


def test_a_site_name_is_in_the_locale_of_the_edition() -> None:
    assert content(source(), "main")["site"]["name"] == "Beispielseite"
    assert content(source(), "main", "en")["site"]["name"] == "Example website"


def test_the_title_has_its_placeholders_filled_in_the_language_it_is_in() -> None:
    names = {"en": "Example website", "de": "Beispielseite"}
    title = "Privacy at {site.name}"
    edits = edited("policies/privacy", title=title) | edited("sites/main", name=names)
    german = {
        "policies/privacy/locales/de/policy": units(title=(title, "Datenschutz: {site.name}"))
    }

    translated = content(source(edits | german), site="main")["title"]
    untranslated = content(
        source(edits | {"policies/privacy/locales/de/policy": None}), site="main"
    )["title"]

    assert translated == "Datenschutz: Beispielseite"
    assert untranslated == "Privacy at Example website"


def test_a_placeholder_of_the_title_must_have_a_value() -> None:
    declared = {"placeholders": {"site.owner": "text"}, "title": "Privacy at {site.owner}"}

    with pytest.raises(BadInput) as refusal:
        content(source(edited("policies/privacy", **declared)), locale="en")

    assert [problem.file for problem in refusal.value.problems] == ["policies/privacy"]


def test_a_control_without_an_address_is_named_with_its_section() -> None:
    control = {
        "key": "opt-out",
        "kind": "embed",
        "provider": "stats",
        "url": "{site.opt_out}",
        "title": "Opt out",
        "fallback": "Write to us.",
    }
    edits = edited("policies/privacy", placeholders={"site.opt_out": "url"}) | edited(
        "policies/privacy/sections/welcome", blocks=[control]
    )

    with pytest.raises(BadInput) as refusal:
        content(source(edits), locale="en")

    assert [problem.file for problem in refusal.value.problems] == [
        "policies/privacy/sections/welcome"
    ]
