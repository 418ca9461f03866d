"""What changed between two editions: by key, by type, and nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.changes.compare import compare
from policy_api.domain.changes.types import Significance
from tests.domain.comparing import brief, now, only, since
from tests.domain.contents import (
    ROWS,
    at,
    block,
    changed,
    content,
    row,
    section,
    sorted_as,
    text,
    with_more,
    without,
)

TECHNICAL, EDITORIAL = Significance.TECHNICAL, Significance.EDITORIAL
NON_MATERIAL, MATERIAL = Significance.NON_MATERIAL, Significance.MATERIAL

INTRO = "sections/promise/blocks/intro/markdown"


def test_nothing_changed() -> None:
    assert compare(content(), content()) == ()


def test_the_first_version_has_no_changes() -> None:
    assert compare(None, content()) == ()


# ── Sections ─────────────────────────────────────────────────────────────────────────────────


def test_a_new_section_is_told_with_its_heading() -> None:
    after = with_more("sections", section("children", text("intro", "You are sixteen.")))

    change = only(after)

    assert brief(change) == ("section.added", "added", "sections/children", NON_MATERIAL)
    assert change.before is None
    assert change.after == {"key": "children", "heading": "Children"}


def test_a_lost_section_is_material() -> None:
    assert now(without("sections/promise")) == [
        ("section.removed", "removed", "sections/promise", MATERIAL)
    ]


def test_one_section_that_moves_is_one_move() -> None:
    order = ["promise", "collect", "recipients", "rights", "cookies", "about"]

    first = sorted_as("sections", ["about", *order[:-1]])
    last = sorted_as("sections", [*order[1:], "promise"])

    assert now(first) == [("section.moved", "moved", "sections/about", EDITORIAL)]
    assert now(last) == [("section.moved", "moved", "sections/promise", EDITORIAL)]
    assert (only(first).before, only(first).after) == (5, 0)


def test_a_new_heading_is_editorial() -> None:
    change = only(changed({"sections/promise/heading": "What we promise"}))

    assert brief(change) == (
        "section.retitled",
        "changed",
        "sections/promise/heading",
        EDITORIAL,
    )
    assert (change.before, change.after) == ("Promise", "What we promise")


def test_what_shapes_the_page_says_nothing() -> None:
    after = changed({"sections/promise/anchor": "our-promise", "sections/promise/layer": 2})

    assert now(after) == [
        ("section.changed", "changed", "sections/promise/anchor", TECHNICAL),
        ("section.changed", "changed", "sections/promise/layer", EDITORIAL),
    ]


# ── Texts and blocks ─────────────────────────────────────────────────────────────────────────


def test_other_words_are_a_change_of_the_section() -> None:
    change = only(changed({INTRO: "We keep *much*."}))

    assert brief(change) == ("section.changed", "changed", INTRO, NON_MATERIAL)
    assert (change.before, change.after) == ("We keep *little*.", "We keep *much*.")


@pytest.mark.parametrize(
    "same_words",
    ["We keep little.", "We  keep\n*little*.", "We keep [little](https://example.org)."],
)
def test_the_same_words_with_other_markup_are_editorial(same_words: str) -> None:
    assert now(changed({INTRO: same_words})) == [("section.changed", "changed", INTRO, EDITORIAL)]


def test_another_target_of_a_link_is_editorial() -> None:
    before = changed({INTRO: "See [there](https://old.example)."})
    after = changed({INTRO: "See [there](https://new.example)."})

    assert since(before, after) == [("section.changed", "changed", INTRO, EDITORIAL)]


def test_words_struck_through_are_not_the_same_words() -> None:
    before = changed({INTRO: "We do not sell data."})
    after = changed({INTRO: "We do ~~not~~ sell data."})

    assert since(before, after) == [("section.changed", "changed", INTRO, NON_MATERIAL)]


def test_rendered_html_never_counts() -> None:
    assert now(changed({"sections/promise/blocks/intro/html": "<p class='x'>…</p>"})) == []


def test_a_new_block_comes_with_what_it_says() -> None:
    change = only(with_more("sections/promise/blocks", text("more", "And more.")))

    assert brief(change) == (
        "section.changed",
        "added",
        "sections/promise/blocks/more",
        NON_MATERIAL,
    )
    assert change.after == {"key": "more", "kind": "text", "markdown": "And more."}


def test_a_block_that_moves_in_its_section_is_editorial() -> None:
    assert now(sorted_as("sections/promise/blocks", ["never", "intro"])) == [
        ("section.changed", "moved", "sections/promise/blocks/never", EDITORIAL)
    ]


def test_a_block_that_goes_to_another_section_is_editorial() -> None:
    before = with_more("sections/about/blocks", at("sections/promise/blocks/never"))
    before = changed({"sections/promise/blocks": [at("sections/promise/blocks/intro")]}, before)

    change = only(content(), before)

    assert brief(change) == (
        "section.changed",
        "moved",
        "sections/promise/blocks/never",
        EDITORIAL,
    )
    assert change.before == "sections/about/blocks/never"


def test_a_block_of_another_kind_is_another_block() -> None:
    notice = block("never", "notice", tone="promise", markdown="We sell nothing.", html="")
    after = changed({"sections/promise/blocks": [at("sections/promise/blocks/intro"), notice]})

    change = only(after)

    assert brief(change) == (
        "section.changed",
        "replaced",
        "sections/promise/blocks/never",
        NON_MATERIAL,
    )


def test_an_embed_is_compared_by_field() -> None:
    switch = "sections/cookies/blocks/optout"

    assert now(changed({f"{switch}/fallback/markdown": "Write!", f"{switch}/height": 300})) == [
        ("section.changed", "changed", f"{switch}/height", TECHNICAL),
        ("section.changed", "changed", f"{switch}/fallback/markdown", NON_MATERIAL),
    ]


def test_automated_decisions_are_material_from_the_day_they_begin() -> None:
    path = "sections/rights/blocks/rights/automated_decisions"
    begun = changed({path: True})

    assert now(begun) == [("section.changed", "changed", path, MATERIAL)]
    assert since(begun, content()) == [("section.changed", "changed", path, NON_MATERIAL)]


# ── The policy itself ────────────────────────────────────────────────────────────────────────


def test_a_new_title_is_editorial() -> None:
    assert now(content(title="Privacy notice")) == [
        ("policy.retitled", "changed", "title", EDITORIAL)
    ]


def test_the_license_is_told_once_though_a_block_repeats_it() -> None:
    terms = {**at("license"), "spdx": "CC0-1.0"}

    after = changed({"license": terms, "sections/about/blocks/terms/license": terms})

    assert now(after) == [("license.changed", "changed", "license", NON_MATERIAL)]


def test_the_hosts_of_a_site_are_its_scope_and_told_once() -> None:
    hosts = ["forum.example.org"]
    before = changed({"sections/about/blocks/sites/sites/forum/hosts": at("site/hosts")})

    after = changed({"site/hosts": hosts})

    change = only(after, before)
    assert brief(change) == ("site.scope_changed", "changed", "site/hosts", NON_MATERIAL)
    assert change.members_removed == ("talk.example.org",)


def test_a_site_that_the_policy_no_longer_covers() -> None:
    path = "sections/about/blocks/sites/sites"

    assert now(without(f"{path}/shop")) == [
        ("site.scope_changed", "removed", f"{path}/shop", NON_MATERIAL)
    ]


def test_changes_are_told_in_reading_order() -> None:
    after = changed(
        {
            "title": "Privacy notice",
            INTRO: "New.",
            f"{ROWS}/mail/purpose": "New.",
            "sections/rights/heading": "New",
            "sections/collect/heading": "New",
        }
    )

    assert [change[2] for change in now(after)] == [
        "title",
        INTRO,
        "sections/collect/heading",
        "tables/services/rows/mail/purpose",
        "sections/rights/heading",
    ]


def test_what_an_overlay_wrote_says_so() -> None:
    after = with_more(ROWS, row("video", "tuber", origin="site"))

    assert only(after).origin == "site"


# ── Odd content ──────────────────────────────────────────────────────────────────────────────


def test_a_kind_that_nobody_knows_is_compared_field_by_field() -> None:
    before = with_more("sections/about/blocks", block("x", "starmap", stars=[1, 2], dust={"a": 1}))
    after = with_more("sections/about/blocks", block("x", "starmap", stars=[2, 1], dust={"a": 2}))

    assert since(before, after) == [
        ("section.changed", "changed", "sections/about/blocks/x/stars", NON_MATERIAL),
        ("section.changed", "changed", "sections/about/blocks/x/dust/a", NON_MATERIAL),
    ]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "code", "label", "recipient", "rows", "items", "license", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(["rows", "items", "table", "contacts", "exercise_contact", "license", "x"]),
    ODD,
    max_size=4,
)
KINDS = st.sampled_from(["recipients_table", "processing", "rights", "contacts", "starmap"])


@given(KINDS, FIELDS, KINDS, FIELDS)
def test_no_content_is_too_odd_to_be_compared(
    kind: str, fields: dict[str, Any], other_kind: str, other_fields: dict[str, Any]
) -> None:
    before = with_more("sections", section("odd", block("x", kind, **fields)))
    after = with_more("sections", section("odd", block("x", other_kind, **other_fields)))

    changes = compare(before, after)

    assert compare(before, before) == ()
    assert all(change.to_json() for change in changes)


@given(st.permutations(["promise", "collect", "recipients", "rights", "cookies", "about"]))
def test_any_new_order_is_told_by_moves_alone(order: list[str]) -> None:
    found = now(sorted_as("sections", order))

    assert {change[0] for change in found} <= {"section.moved"}
    assert len(found) < len(order)
