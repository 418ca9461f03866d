"""What one site shows: scope of rows, overlays, locks and stale overrides."""

from __future__ import annotations

import pytest

from policy_api.domain.content.texts import text_hash
from policy_api.domain.variants.effective import EffectivePolicy, effective_policy
from policy_api.errors import BadInput
from tests.domain.sources import edited, entries, overlay, row, source

SECTION = {
    "key": "extra",
    "heading": "Extra",
    "blocks": [{"key": "body", "kind": "text", "markdown": "More."}],
}


def rows(effective: EffectivePolicy) -> list[str]:
    return [shown["key"] for shown in effective.tables["services"]["rows"]]


def sections(effective: EffectivePolicy) -> list[str]:
    return [section["key"] for section in effective.sections]


def test_a_site_shows_the_rows_that_apply_to_it() -> None:
    assert rows(effective_policy(source(), "shop", "privacy")) == ["hosting", "payments"]
    assert rows(effective_policy(source(), "forum", "privacy")) == ["hosting"]


def test_an_umbrella_shows_every_row_and_where_it_is_used() -> None:
    table = effective_policy(source(), "main", "privacy").tables["services"]

    assert {shown["key"]: shown["used_on"] for shown in table["rows"]} == {
        "hosting": ["forum", "main", "shop"],
        "payments": ["shop"],
    }
    assert table["columns"] == ["recipient", "used_on", "purpose", "legal_basis", "locations"]


def test_an_umbrella_shows_rows_that_only_an_overlay_adds() -> None:
    added = row("chat", "payer", ["shop"])
    edits = overlay("shop", {"op": "append_row", "target": "tables/services", "row": added})

    table = effective_policy(source(edits), "main", "privacy").tables["services"]

    assert [shown["key"] for shown in table["rows"]] == ["hosting", "payments", "chat"]
    assert table["rows"][2]["used_on"] == ["shop"]


def test_a_row_hidden_on_a_site_is_not_used_there() -> None:
    edits = overlay("shop", {"op": "hide_row", "target": "tables/services/rows/payments"})

    table = effective_policy(source(edits), "main", "privacy").tables["services"]

    assert [shown["key"] for shown in table["rows"]] == ["hosting"]


def test_sections_are_inserted_hidden_and_overridden_in_order() -> None:
    edits = overlay(
        "forum",
        {"op": "insert_after", "target": "sections/welcome", "section": SECTION},
        {"op": "hide", "target": "sections/contact"},
        {
            "op": "override",
            "target": "sections/welcome/blocks/intro",
            "field": "markdown",
            "value": "Hello.",
        },
    )

    effective = effective_policy(source(edits), "forum", "privacy")

    assert sections(effective) == ["welcome", "extra", "recipients"]
    assert effective.sections[0]["blocks"][0]["markdown"] == "Hello."
    assert effective.unit_id("sections/extra/heading") == "overlays/forum/sections/extra/heading"
    assert effective.origin("sections/extra") == "site"
    assert effective.origin("sections/recipients") == "base"


def test_other_sites_keep_the_base_text() -> None:
    edits = overlay("forum", {"op": "hide", "target": "sections/contact"})

    assert "contact" in sections(effective_policy(source(edits), "shop", "privacy"))


def test_a_site_inherits_the_overlay_of_its_base() -> None:
    edits = overlay(
        "main", {"op": "insert_after", "target": "sections/welcome", "section": SECTION}
    )

    effective = effective_policy(source(edits), "forum", "privacy")

    assert sections(effective) == ["welcome", "extra", "recipients", "contact"]
    assert effective.unit_id("sections/extra/heading") == "overlays/main/sections/extra/heading"


def test_an_inherited_op_on_a_row_of_another_site_is_passed_over() -> None:
    edits = overlay("main", {"op": "hide_row", "target": "tables/services/rows/payments"})

    assert rows(effective_policy(source(edits), "forum", "privacy")) == ["hosting"]
    assert rows(effective_policy(source(edits), "shop", "privacy")) == ["hosting"]


def test_every_op_that_does_not_fit_is_named() -> None:
    edits = overlay(
        "forum",
        {"op": "hide", "target": "sections/nothing"},
        {"op": "hide_row", "target": "tables/services/rows/payments"},
        {
            "op": "override",
            "target": "sections/welcome/blocks/intro",
            "field": "key",
            "value": "x",
        },
    )

    with pytest.raises(BadInput) as refusal:
        effective_policy(source(edits), "forum", "privacy")

    assert [problem.pointer for problem in refusal.value.problems] == [
        "/ops/0/target",
        "/ops/1/target",
        "/ops/2/field",
    ]
    assert "welcome" in refusal.value.problems[0].expected


def test_an_override_that_makes_content_invalid_is_refused() -> None:
    edits = overlay(
        "forum", {"op": "override", "target": "sections/welcome", "field": "heading", "value": 7}
    )

    with pytest.raises(BadInput) as refusal:
        effective_policy(source(edits), "forum", "privacy")

    assert "sections/welcome/heading" in refusal.value.problems[0].detail


def test_a_locked_section_cannot_be_changed_by_a_site() -> None:
    locked = edited("policies/privacy/sections/contact", locked=True)
    edits = locked | overlay("forum", {"op": "hide", "target": "sections/contact/blocks/people"})

    with pytest.raises(BadInput, match="locked"):
        effective_policy(source(edits), "forum", "privacy")


def test_something_may_be_inserted_beside_a_locked_section() -> None:
    locked = edited("policies/privacy/sections/contact", locked=True)
    beside = overlay(
        "forum", {"op": "insert_before", "target": "sections/contact", "section": SECTION}
    )

    assert "extra" in sections(effective_policy(source(locked | beside), "forum", "privacy"))


def test_an_override_is_stale_once_its_base_text_changed() -> None:
    base = "Welcome"
    op = {
        "op": "override",
        "target": "sections/welcome",
        "field": "heading",
        "value": "Hi",
        "source_hash": text_hash(base),
    }
    fresh = effective_policy(source(overlay("forum", op)), "forum", "privacy")
    changed = edited("policies/privacy/sections/welcome", heading="Good day")

    stale = effective_policy(source(overlay("forum", op) | changed), "forum", "privacy")

    assert fresh.stale == ()
    assert [found.target for found in stale.stale] == ["sections/welcome/heading"]
    assert stale.stale[0].pointer == "/ops/0"


def test_set_var_gives_a_placeholder_another_value() -> None:
    edits = overlay("forum", {"op": "set_var", "name": "site.name", "value": "the forum"})

    assert effective_policy(source(edits), "forum", "privacy").variables == {
        "site.name": "the forum"
    }


def test_building_a_variant_leaves_the_source_as_it_was() -> None:
    edits = overlay(
        "forum",
        {"op": "override", "target": "sections/welcome", "field": "heading", "value": "Hi"},
        {"op": "hide_row", "target": "tables/services/rows/hosting"},
    )
    content = source(edits)
    digest = content.digest

    effective_policy(content, "forum", "privacy")

    assert content.digest == digest
    assert len(content.entries["policies/privacy/tables/services"]["rows"]) == len(
        entries()["policies/privacy/tables/services"]["rows"]
    )


@pytest.mark.parametrize(
    ("op", "detail"),
    [
        (
            {
                "op": "override",
                "target": "sections/contact/blocks/people",
                "field": "contacts",
                "value": ["dpo", "nobody"],
            },
            "sections/contact/blocks/people/contacts/1: There is no contacts/nobody.",
        ),
        (
            {
                "op": "override",
                "target": "sections/welcome",
                "field": "anchor",
                "value": "contact",
            },
            "sections/welcome/anchor: Another section has the anchor “contact” too.",
        ),
        (
            {
                "op": "insert_after",
                "target": "sections/contact",
                "section": SECTION | {"anchor": "welcome"},
            },
            "sections/extra/anchor: Another section has the anchor “welcome” too.",
        ),
    ],
)
def test_an_overlay_leaves_nothing_that_leads_nowhere_or_to_two_places(
    op: dict[str, object], detail: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        effective_policy(source(overlay("shop", op)), "shop", "privacy")

    assert [problem.detail for problem in refusal.value.problems] == [detail]
