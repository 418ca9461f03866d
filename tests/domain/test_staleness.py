"""A translation fits while nothing material happened to its source text."""

from __future__ import annotations

from policy_api.domain.translation.staleness import Fit, Lineage, UnitChange


def changes(*steps: tuple[str, str, bool]) -> Lineage:
    return Lineage.of(
        UnitChange(unit="u", from_hash=old, to_hash=new, material=material)
        for old, new, material in steps
    )


def test_a_translation_of_the_present_text_is_current() -> None:
    assert Lineage().fit("u", made_from="a", present="a") is Fit.CURRENT


def test_a_translation_of_an_earlier_text_is_outdated() -> None:
    lineage = changes(("a", "b", False), ("b", "c", False))

    assert lineage.fit("u", made_from="a", present="c") is Fit.OUTDATED


def test_one_material_change_on_the_way_leaves_it_behind() -> None:
    lineage = changes(("a", "b", True), ("b", "c", False))

    assert lineage.fit("u", made_from="a", present="c") is Fit.FALLBACK
    assert lineage.fit("u", made_from="b", present="c") is Fit.OUTDATED


def test_a_text_that_nobody_published_proves_nothing() -> None:
    assert changes(("a", "b", False)).fit("u", made_from="z", present="b") is Fit.FALLBACK


def test_a_text_that_came_back_is_current_again() -> None:
    lineage = changes(("a", "b", True), ("b", "a", True))

    assert lineage.fit("u", made_from="a", present="a") is Fit.CURRENT


def test_a_change_that_was_withdrawn_does_not_count() -> None:
    lineage = changes(("a", "b", True), ("a", "c", False))

    assert lineage.fit("u", made_from="a", present="c") is Fit.OUTDATED


def test_newer_changes_stand_behind_the_known_ones() -> None:
    lineage = changes(("a", "b", False)).extended(
        [UnitChange(unit="u", from_hash="b", to_hash="c", material=False)]
    )

    assert lineage.fit("u", made_from="a", present="c") is Fit.OUTDATED


def test_another_unit_is_another_story() -> None:
    assert changes(("a", "b", False)).fit("v", made_from="a", present="b") is Fit.FALLBACK
