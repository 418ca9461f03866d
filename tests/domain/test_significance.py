"""How much changes matter, by type and as declared."""

from __future__ import annotations

import re

import pytest

from policy_api.domain.changes.significance import (
    CHANGE_TYPES,
    DEFAULTS,
    apply_declared,
    default_significance,
    highest,
)
from policy_api.domain.changes.types import Change, Op, Significance
from policy_api.resources import data_dir

TECHNICAL, EDITORIAL = Significance.TECHNICAL, Significance.EDITORIAL
NON_MATERIAL, MATERIAL = Significance.NON_MATERIAL, Significance.MATERIAL


def change(change_type: str, significance: Significance | None = None) -> Change:
    """Return a change at its default significance."""
    weight = default_significance(change_type) if significance is None else significance
    return Change(path="somewhere", op=Op.CHANGED, type=change_type, significance=weight)


def weights(changes: tuple[Change, ...]) -> list[Significance]:
    return [found.significance for found in changes]


def test_the_types_of_the_contract_are_all_known() -> None:
    aspects = "added removed purpose_changed legal_basis_changed data_changed location_changed"
    aspects += " transfer_changed retention_changed link_changed"
    facts = {f"{noun}.{what}" for noun in ("recipient", "processing") for what in aspects.split()}
    others = {
        *(f"section.{what}" for what in ("added", "removed", "moved", "retitled", "changed")),
        "recipient.replaced",
        "contact.changed",
        "right.added",
        "right.removed",
        "retention.changed",
        "translation.added",
        "translation.changed",
        "license.changed",
        "site.scope_changed",
    }

    assert facts | others <= DEFAULTS.keys()


def test_each_type_is_listed_once() -> None:
    names = [kind.name for kind in CHANGE_TYPES]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("change_type", "expected"),
    [
        ("recipient.added", MATERIAL),
        ("recipient.removed", NON_MATERIAL),
        ("recipient.replaced", MATERIAL),
        ("recipient.renamed", NON_MATERIAL),
        ("recipient.link_changed", EDITORIAL),
        ("recipient.moved", EDITORIAL),
        ("section.added", NON_MATERIAL),
        ("section.removed", MATERIAL),
        ("section.changed", NON_MATERIAL),
        ("right.removed", MATERIAL),
        ("cookie.removed", NON_MATERIAL),
        ("translation.changed", EDITORIAL),
    ],
)
def test_a_type_has_a_default(change_type: str, expected: Significance) -> None:
    assert DEFAULTS[change_type] is expected


def test_a_type_that_a_plugin_made_up_is_worth_a_line() -> None:
    assert default_significance("timeline.shifted") is NON_MATERIAL


def test_the_weightiest_change_counts() -> None:
    assert highest([change("section.moved"), change("recipient.added")]) is MATERIAL
    assert highest([]) is TECHNICAL


def test_raising_lifts_what_stands_highest_and_nothing_else() -> None:
    changes = (change("section.changed"), change("section.moved"))

    raised = apply_declared(changes, MATERIAL)

    assert weights(raised) == [MATERIAL, EDITORIAL]


def test_lowering_brings_down_all_that_stands_above() -> None:
    changes = (change("recipient.added"), change("section.changed"), change("section.moved"))

    lowered = apply_declared(changes, EDITORIAL)

    assert weights(lowered) == [EDITORIAL, EDITORIAL, EDITORIAL]


def test_declaring_what_is_the_case_changes_nothing() -> None:
    changes = (change("recipient.added"), change("section.moved"))

    assert apply_declared(changes, MATERIAL) == changes
    assert apply_declared(changes, None) == changes
    assert apply_declared((), MATERIAL) == ()


def test_the_documentation_lists_every_type_with_its_default() -> None:
    page = (data_dir("policy_api").parent / "docs/explanation/changes.md").read_text("utf-8")

    listed = [line for line in page.splitlines() if re.match(r"\| `[a-z]+\.[a-z_]+` \|", line)]

    assert listed == [
        f"| `{kind.name}` | {kind.significance.value} | {kind.meaning} |" for kind in CHANGE_TYPES
    ]
