"""What changed in the other locales beyond what the source explains."""

from __future__ import annotations

from policy_api.domain.changes.compare import compare_locales
from policy_api.domain.changes.types import Change, Significance
from tests.domain.contents import Content, changed, content

INTRO = "sections/promise/blocks/intro/markdown"
SECTION = "locales/de/sections/promise"


def german(edits: dict[str, object] | None = None, *, state: str = "current") -> Content:
    """Return the German content, with one translated passage."""
    told = {INTRO: "Wir behalten *wenig*.", "sections/promise/translation": state}
    return changed({"locale": "de", "title": "Datenschutz", **told, **(edits or {})})


def brief(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    """Return type, op and path of changes."""
    return [(change.type, change.op.value, change.path) for change in changes]


def test_a_new_locale_is_a_new_translation() -> None:
    changes = compare_locales({"en": content()}, {"en": content(), "de": german()})

    assert brief(changes) == [("translation.added", "added", "locales/de")]
    assert changes[0].significance is Significance.EDITORIAL


def test_a_locale_that_is_gone_is_a_change_of_translations() -> None:
    changes = compare_locales({"en": content(), "de": german()}, {"en": content()})

    assert brief(changes) == [("translation.changed", "removed", "locales/de")]


def test_the_source_locale_is_no_translation() -> None:
    assert compare_locales({}, {"en": content()}) == ()
    assert compare_locales({"en": content()}, {"en": changed({INTRO: "New."})}) == ()


def test_better_words_over_the_same_source_are_told_once_per_section() -> None:
    better = german({INTRO: "Wir speichern *wenig*.", "sections/promise/heading": "Versprechen"})

    changes = compare_locales({"en": content(), "de": german()}, {"en": content(), "de": better})

    assert brief(changes) == [("translation.changed", "changed", SECTION)]


def test_words_that_follow_the_source_are_not_told_again() -> None:
    after = {"en": changed({INTRO: "We keep a lot."}), "de": german({INTRO: "Wir behalten viel."})}

    assert compare_locales({"en": content(), "de": german()}, after) == ()


def test_a_section_that_changes_its_language_is_told() -> None:
    left_behind = german({INTRO: "We keep a lot."}, state="fallback")
    source = changed({INTRO: "We keep a lot."})

    changes = compare_locales({"en": content(), "de": german()}, {"en": source, "de": left_behind})

    assert brief(changes) == [("translation.changed", "changed", SECTION)]
    assert (changes[0].before, changes[0].after) == ("current", "fallback")


def test_a_new_title_of_a_translation_is_told() -> None:
    changes = compare_locales(
        {"en": content(), "de": german()},
        {"en": content(), "de": german({"title": "Datenschutzerklärung"})},
    )

    assert brief(changes) == [("translation.changed", "changed", "locales/de/title")]


def test_translated_labels_of_codes_never_count() -> None:
    path = "sections/rights/blocks/rights/rights/access/label"

    assert (
        compare_locales(
            {"en": content(), "de": german({path: "Auskunft"})},
            {"en": content(), "de": german({path: "Auskunftsrecht"})},
        )
        == ()
    )
