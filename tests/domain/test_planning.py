"""What a release would do: who gets a version, when it takes effect, how much it matters."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.planning.affected import affected
from policy_api.domain.planning.release import Announcement, Kind, Waiver
from policy_api.domain.planning.units import unit_changes
from policy_api.errors import (
    CorrectionConflict,
    NothingToPublish,
    NoticeTooShort,
    SignificanceLowered,
)
from tests.domain.histories import History
from tests.domain.sources import PAYMENT, WELCOME, edited, entries, overlay, row, source, units

LOWERED = Waiver(rule="significance-lowered", reason="Only a typo.", name="A. Editor")


def table(**payments: object) -> dict[str, object]:
    """Return an edit of the payments row."""
    rows = entries()["policies/privacy/tables/services"]["rows"]
    return edited("policies/privacy/tables/services", rows=[rows[0], rows[1] | payments])


def heading(text: str) -> dict[str, object]:
    return edited("policies/privacy/sections/contact", heading=text)


@pytest.fixture
def history(now: datetime) -> History:
    found = History(now=now)
    found.publish(source())
    return found


def test_a_first_release_gives_every_site_version_one(now: datetime) -> None:
    plan, versions = History(now=now).publish(source())

    assert [(made.site, made.number, made.material_number) for made in versions] == [
        ("forum", 1, 1),
        ("main", 1, 1),
        ("shop", 1, 1),
    ]
    assert plan.effective_at == now
    assert plan.significance is Significance.MATERIAL


def test_only_sites_that_show_a_changed_row_get_a_version(history: History) -> None:
    moved = source(table(locations=[{"country": "CA"}]))

    _, versions = history.publish(moved)

    assert [(made.site, made.number) for made in versions] == [("main", 2), ("shop", 2)]
    assert {change.type for made in versions for change in made.changes} == {
        "recipient.location_changed"
    }


def test_the_same_source_is_nothing_to_publish(history: History) -> None:
    with pytest.raises(NothingToPublish):
        history.publish(source())


def test_an_edit_that_no_reader_sees_gives_no_version(history: History) -> None:
    _, versions = history.publish(source(edited("sites/shop", purpose="Selling things")))

    assert versions == []


def test_a_material_change_waits_for_the_notice_period(history: History, now: datetime) -> None:
    plan, versions = history.publish(source(table(locations=[{"country": "CA"}])))

    assert plan.effective_at == now + timedelta(days=30)
    assert {made.material_number for made in versions} == {2}


def test_a_material_change_cannot_take_effect_too_soon(history: History, now: datetime) -> None:
    with pytest.raises(NoticeTooShort) as refusal:
        history.publish(
            source(table(locations=[{"country": "CA"}])),
            announcement=Announcement(effective_at=now + timedelta(days=29)),
        )

    assert refusal.value.extra["earliest"] == now + timedelta(days=30)


def test_a_waiver_shortens_the_notice(history: History, now: datetime) -> None:
    waiver = Waiver(rule="notice-period", reason="Court order.", name="A. Lawyer")

    plan, _ = history.publish(
        source(table(locations=[{"country": "CA"}])),
        announcement=Announcement(effective_at=now, waivers=(waiver,)),
    )

    assert plan.effective_at == now


def test_a_change_below_material_takes_effect_at_once(history: History, now: datetime) -> None:
    plan, versions = history.publish(source(heading("Reach us")))

    assert plan.effective_at == now
    assert {(made.significance, made.material_number) for made in versions} == {
        (Significance.EDITORIAL, 1)
    }


def test_lowering_a_significance_needs_a_reason(history: History) -> None:
    changed = source(table(purpose="Takes payments!"))
    lower = Announcement(kind=Kind.CORRECTION, significance=Significance.EDITORIAL)

    with pytest.raises(SignificanceLowered):
        history.publish(changed, announcement=lower)


def test_a_lowered_change_keeps_its_translation(history: History) -> None:
    changed = source(table(purpose="Takes payments!"))
    lower = Announcement(
        kind=Kind.CORRECTION, significance=Significance.EDITORIAL, waivers=(LOWERED,)
    )

    _, versions = history.publish(changed, announcement=lower)

    shop = versions[-1].editions["de"]
    recipients = next(item for item in shop["sections"] if item["key"] == "recipients")
    assert recipients["translation"] == "outdated"
    assert {change.significance for change in versions[-1].changes} == {Significance.EDITORIAL}


def test_a_raised_release_leaves_translations_behind(history: History) -> None:
    block = {"key": "intro", "kind": "text", "markdown": "We keep a lot."}
    changed = source(edited("policies/privacy/sections/welcome", blocks=[block]))

    _, versions = history.publish(
        changed, announcement=Announcement(significance=Significance.MATERIAL)
    )

    welcome = versions[-1].editions["de"]["sections"][0]
    assert welcome["translation"] == "fallback"
    assert welcome["translated_from"] == 1


def test_sections_and_rows_say_in_which_version_they_changed(history: History) -> None:
    _, versions = history.publish(source(table(locations=[{"country": "CA"}])))

    shop = versions[-1].editions["en"]
    assert {item["key"]: item["changed_in"] for item in shop["sections"]} == {
        "welcome": 1,
        "recipients": 2,
        "contact": 1,
    }
    shown = shop["sections"][1]["blocks"][0]["rows"]
    assert {item["key"]: item["changed_in"] for item in shown} == {"hosting": 1, "payments": 2}


def announced(history: History, now: datetime) -> datetime:
    """Announce a material change and return when it takes effect."""
    moved = source(table(locations=[{"country": "CA"}]))
    told = Announcement(title={"en": "Payments move"}, summary={"en": "To Canada."})
    plan, _ = history.publish(moved, at=now, announcement=told)
    return plan.effective_at


def test_a_correction_applies_to_the_text_in_force_and_is_carried(
    history: History, now: datetime
) -> None:
    later = announced(history, now)
    corrected = source(table(locations=[{"country": "CA"}]) | heading("Reach us"))

    history.publish(corrected, at=now + timedelta(days=1))

    shop = [
        (made.number, made.effective_at, made.editions["en"]["sections"][2]["heading"])
        for made in history.of("shop")
    ]
    assert shop == [
        (1, now, "Contact"),
        (2, later, "Contact"),
        (3, now + timedelta(days=1), "Reach us"),
        (4, later, "Reach us"),
    ]
    countries = [
        made.editions["en"]["sections"][1]["blocks"][0]["rows"][1]["locations"][0]["country"]
        for made in history.of("shop")
    ]
    assert countries == ["US", "CA", "US", "CA"]


def test_a_carried_version_keeps_its_announcement(history: History, now: datetime) -> None:
    announced(history, now)
    corrected = source(table(locations=[{"country": "CA"}]) | heading("Reach us"))

    history.publish(corrected, at=now + timedelta(days=1))

    carried = history.of("shop")[-1]
    assert carried.title == {"en": "Payments move"}
    assert carried.significance is Significance.MATERIAL
    assert carried.material_number == history.of("shop")[1].material_number == 2
    assert carried.previous == 3
    assert {change.type for change in carried.changes} == {"recipient.location_changed"}


def test_a_site_without_announced_version_is_corrected_once(
    history: History, now: datetime
) -> None:
    announced(history, now)
    corrected = source(table(locations=[{"country": "CA"}]) | heading("Reach us"))

    history.publish(corrected, at=now + timedelta(days=1))

    assert [made.number for made in history.of("forum")] == [1, 2]


def test_a_correction_of_what_is_announced_to_change_is_refused(
    history: History, now: datetime
) -> None:
    announced(history, now)
    waiver = Waiver(rule="notice-period", reason="Error.", name="A. Lawyer")

    with pytest.raises(CorrectionConflict) as refusal:
        history.publish(
            source(table(locations=[{"country": "DE"}])),
            at=now + timedelta(days=1),
            announcement=Announcement(effective_at=now + timedelta(days=1), waivers=(waiver,)),
        )

    assert "policies/privacy/tables/services" in str(refusal.value.extra["paths"])


def test_a_release_after_the_announced_one_builds_on_it(history: History, now: datetime) -> None:
    later = announced(history, now)
    further = source(table(locations=[{"country": "CA"}]) | heading("Reach us"))

    history.publish(
        further,
        at=now + timedelta(days=1),
        announcement=Announcement(effective_at=later + timedelta(days=1)),
    )

    assert [made.number for made in history.of("forum")] == [1, 2]
    assert history.of("shop")[-1].previous == 2


def test_a_new_site_starts_with_version_one(history: History) -> None:
    added = {"sites/blog": {"name": "Blog", "hosts": ["blog.example.org"], "locales": ["en"]}}

    plan, versions = history.publish(source(added))

    blog = next(made for made in versions if made.site == "blog")
    assert (blog.number, blog.previous, blog.changes) == (1, None, ())
    assert plan.effective_at == history.now


def test_adding_a_locale_is_a_translation_added(history: History) -> None:
    _, versions = history.publish(source(edited("sites/forum", locales=["en", "de"])))

    assert [made.site for made in versions] == ["forum"]
    assert {change.type for change in versions[0].changes} == {"translation.added"}


def test_edits_name_the_sites_they_may_touch() -> None:
    before = source()

    assert affected(before, source(table(purpose=PAYMENT + "!"))) == {
        ("main", "privacy"),
        ("shop", "privacy"),
    }
    assert affected(before, source(edited("recipients/payer", name="Payer Ltd"))) == {
        ("main", "privacy"),
        ("shop", "privacy"),
    }
    hidden = overlay("forum", {"op": "hide", "target": "sections/contact"})
    assert ("shop", "privacy") not in affected(before, source(hidden))
    assert len(affected(before, source(heading("X")))) == len(("forum", "main", "shop"))


def test_an_appended_row_reaches_the_umbrella(history: History) -> None:
    added = row("chat", "hoster", ["forum"])
    edits = overlay("forum", {"op": "append_row", "target": "tables/services", "row": added})

    _, versions = history.publish(source(edits))

    assert [made.site for made in versions] == ["forum", "main"]


def test_giving_up_a_locale_is_told_on_the_sites_that_lose_it(history: History) -> None:
    plan, versions = history.publish(source(edited("sites/shop", locales=["en"])))

    assert [made.site for made in versions] == ["shop"]
    assert [(change.type, change.path) for change in versions[0].changes] == [
        ("translation.changed", "locales/de")
    ]
    assert versions[0].significance is plan.significance is Significance.EDITORIAL


def test_translations_that_are_declared_material_owe_their_readers_notice(
    history: History, now: datetime
) -> None:
    better = units(
        heading=("Welcome", "Herzlich willkommen"),
        **{"blocks/intro/markdown": (WELCOME, "Wir behalten *wenig* auf {site.name}.")},
    )

    plan, versions = history.publish(
        source({"policies/privacy/locales/de/sections/welcome": better}),
        announcement=Announcement(significance=Significance.MATERIAL),
    )

    assert {made.significance for made in versions} == {Significance.MATERIAL}
    assert plan.effective_at == now + timedelta(days=30)


def test_a_change_inside_a_processing_item_weighs_the_same_in_an_overlay(now: datetime) -> None:
    def written(purpose: str, overridden: str) -> Source:
        items = [{"key": "usage", "label": "Usage", "purpose": purpose}]
        block = {"key": "own", "kind": "processing", "items": items}
        op = {
            "op": "override",
            "target": "sections/welcome/blocks/own",
            "field": "items/usage/purpose",
            "value": overridden,
        }
        blocks = {"blocks": [block]}
        return source(edited("policies/privacy/sections/welcome", **blocks) | overlay("shop", op))

    changed = unit_changes(
        written("To count.", "To sell."), written("To learn.", "To advertise."), lift=lambda it: it
    )

    assert {change.unit: level for change, level in changed["privacy"]} == {
        "sections/welcome/blocks/own/items/usage/purpose": Significance.MATERIAL,
        "overlays/shop/sections/welcome/blocks/own/items/usage/purpose": Significance.MATERIAL,
    }
