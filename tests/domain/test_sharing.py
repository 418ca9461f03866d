"""What sites share is composed and written once; nobody can tell from the result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from policy_api.domain.changes.compare import compare
from policy_api.domain.content.source import Source
from policy_api.domain.planning.recurring import RecurringSections
from policy_api.domain.proof.canonical import digest
from policy_api.domain.proof.spelling import Speller
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.rendering.sharing import Shared, SharedSections, Watched
from policy_api.domain.variants.effective import policies_of
from tests.domain.sources import edited, overlay, source

SIGNED = {"op": "override", "target": "sections/welcome/blocks/intro", "field": "markdown"}


def variety() -> Source:
    """Return sites that share some sections and not others, for every reason there is."""
    own = edited("sites/shop", vars={"city": "Berlin"}) | edited(
        "sites/forum", vars={"city": "Rom"}
    )
    named = edited(
        "policies/privacy/sections/contact",
        heading="Contact in {site.city}",
    )
    declared = edited("policies/privacy", placeholders={"site.city": "text"})
    written = overlay("shop", {**SIGNED, "value": "The shop keeps *less*."})
    main = edited("sites/main", vars={"city": "Wien"})
    more = {
        f"sites/twin-{number}": {
            "name": "Example shop",
            "hosts": [f"twin-{number}.example.org"],
            "base": "shop",
            "locales": ["en", "de"],
        }
        for number in (1, 2)
    }
    return source(own | named | declared | written | main | more)


def every(of: Source) -> Iterator[tuple[str, str, str]]:
    """Yield every site, policy and locale."""
    for site in of.sites():
        for policy in policies_of(of, site):
            for locale in Composer(of).locales(site, policy):
                yield site, policy, locale


@pytest.mark.parametrize("order", [1, -1])
def test_an_edition_is_the_same_whoever_was_composed_before(order: int) -> None:
    of = variety()
    together = Composer(of)

    composed = {key: together.content(*key) for key in list(every(of))[::order]}

    assert composed == {key: Composer(of).content(*key) for key in every(of)}
    assert len(composed) == 9


def test_sites_that_differ_in_nothing_share_a_section() -> None:
    composer = Composer(variety())

    one, two = (composer.content(site, "privacy", "en") for site in ("twin-1", "twin-2"))

    assert all(a is b for a, b in zip(one["sections"], two["sections"], strict=True))


def test_only_so_many_texts_are_kept() -> None:
    sections = SharedSections(most_texts=10)
    values = Watched({"site.name": "Shop"})
    for number in range(100):
        made = Shared(section={"key": str(number)}, counted={"current": 3})
        sections.keep(number, values, made, locale="en")

    kept = [number for number in range(100) if sections.text_locale(number) is not None]

    assert kept == [98, 99]


def test_a_value_that_was_looked_at_decides() -> None:
    sections = SharedSections()
    values = Watched({"site.name": "Shop", "site.key": "shop"})
    assert values.get("site.name") == "Shop"
    sections.keep("welcome", values, Shared(section={}, counted={}), locale="en")

    assert sections.find("welcome", Watched({"site.name": "Shop", "site.key": "forum"}))
    assert not sections.find("welcome", Watched({"site.name": "Forum", "site.key": "shop"}))


@pytest.mark.parametrize(
    "odd", [{}, {"größe": 1}, {"\ue000": 1, "\U0001f600": 2}, {"nested": {"\uffff": [], "😀": {}}}]
)
def test_what_is_written_in_parts_is_written_as_a_whole(odd: dict[str, Any]) -> None:
    content = Composer(variety()).content("shop", "privacy", "de") | odd
    content["sections"][0] = content["sections"][0] | odd
    speller = Speller(most_bytes=1000)

    for _ in range(2):
        spelled = speller.spell(content)

        assert (spelled.digest, spelled.text) == (digest(content), orjson.dumps(content))


def test_equal_sections_become_the_same_until_there_are_too_many() -> None:
    sections = RecurringSections(most_bytes=100)
    first, same = {"key": "a", "blocks": []}, {"key": "a", "blocks": []}

    assert sections.shared(first) is first
    assert sections.shared(same) is first
    for number in range(10):
        sections.shared({"key": str(number), "blocks": [], "text": "x" * 30})
    assert sections.shared(same) is same


def test_a_table_that_one_more_section_shows_brings_no_new_rows() -> None:
    composer = Composer(variety())
    before = composer.content("shop", "privacy", "en")
    sections = {section["key"]: section for section in before["sections"]}
    shown = sections["recipients"]["blocks"][0]
    again = sections["welcome"] | {"blocks": [*sections["welcome"]["blocks"], shown]}
    after = before | {"sections": [again, *before["sections"][1:]]}

    assert {change.type for change in compare(before, after)} == {"section.changed"}
