"""The history of the sample: seven releases, each with something of its own to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.sample.states import SAMPLE, Entry, SampleRelease, releases

PRIVACY = "policies/privacy"
TABLE = f"{PRIVACY}/tables/third-party-services"

TOLD = [
    # published, effective (None: at once), kind, significance
    (datetime(2025, 1, 15, 9, tzinfo=UTC), None, "change", "material"),
    (datetime(2025, 2, 3, 10, tzinfo=UTC), None, "correction", "editorial"),
    (
        datetime(2025, 3, 10, 8, tzinfo=UTC),
        datetime(2025, 4, 9, 8, tzinfo=UTC),
        "change",
        "material",
    ),
    (datetime(2025, 3, 11, 8, tzinfo=UTC), None, "change", "non_material"),
    (
        datetime(2025, 6, 2, 8, tzinfo=UTC),
        datetime(2025, 7, 2, 8, tzinfo=UTC),
        "change",
        "material",
    ),
    (datetime(2025, 9, 15, 8, tzinfo=UTC), None, "change", "editorial"),
    ("now", "now+30d", "change", "material"),
]
LOCALES = {"en", "de", "fr", "es", "ar"}


@pytest.fixture(scope="module")
def history() -> list[SampleRelease]:
    """Return the releases, oldest first."""
    return releases()


def row(release: SampleRelease, key: str) -> Entry:
    """Return one row of the table of other services."""
    found: Entry = next(row for row in release.entries[TABLE]["rows"] if row["key"] == key)
    return found


def test_the_history_tells_when_and_how_much(history: list[SampleRelease]) -> None:
    found = [
        (told["published_at"], told.get("effective_at"), told["kind"], told["significance"])
        for told in (release.told for release in history)
    ]

    assert found == TOLD


def test_each_material_change_after_the_first_keeps_thirty_days_of_notice() -> None:
    announced = [
        (published, effective)
        for published, effective, _, significance in TOLD[1:-1]
        if significance == "material"
    ]

    assert announced
    for published, effective in announced:
        assert isinstance(published, datetime)
        assert isinstance(effective, datetime)
        assert effective - published >= timedelta(days=30)


def test_each_release_is_told_in_every_locale(history: list[SampleRelease]) -> None:
    for release in history:
        assert set(release.told["title"]) == LOCALES
        assert set(release.told["summary"]) == LOCALES


def test_each_folder_belongs_to_a_release(history: list[SampleRelease]) -> None:
    folders = {path.name for path in SAMPLE.iterdir() if path.is_dir()}

    assert folders == {release.told["folder"] for release in history}


def test_a_later_folder_holds_only_what_it_changes(history: list[SampleRelease]) -> None:
    for before, after in pairwise(history):
        same = [path for path in after.written if before.entries.get(path) == after.entries[path]]

        assert same == []
        assert set(after.told.get("removed", [])) <= before.entries.keys()


def test_the_correction_repairs_two_spelling_mistakes(history: list[SampleRelease]) -> None:
    first, corrected = str(history[0].entries), str(history[1].entries)

    assert "sofware" in first
    assert "guarentee" in first
    assert "sofware" not in corrected
    assert "guarentee" not in corrected
    assert [waiver["rule"] for waiver in history[1].told["waivers"]] == ["significance-lowered"]


def test_the_newsletter_keeps_its_row_when_its_sender_changes(
    history: list[SampleRelease],
) -> None:
    before, after = row(history[1], "newsletter"), row(history[2], "newsletter")
    new = history[2].entries["recipients/example-post"]

    assert (before["recipient"], after["recipient"]) == ("madmimi", "example-post")
    assert after["locations"] == [{"country": "DE", "region": "150"}]
    assert "transfer" not in after
    assert new["replaces"] == "madmimi"
    assert "(fictional)" in new["name"]
    assert "recipients/madmimi" not in history[2].entries


def test_the_telephone_number_is_one_that_is_kept_free(history: list[SampleRelease]) -> None:
    before = history[2].entries["contacts/eu-representative"]
    after = history[3].entries["contacts/eu-representative"]

    assert "phone" not in before
    assert after["phone"].startswith("+49 40 66969")


def test_the_right_to_object_gets_a_section_behind_the_other_rights(
    history: list[SampleRelease],
) -> None:
    entries = history[4].entries
    order = entries[PRIVACY]["sections"]
    rules = entries[f"{PRIVACY}/sections/retention"]["blocks"][0]["rules"]
    rights = entries[f"{PRIVACY}/sections/right-to-object"]["blocks"][0]["rights"]

    assert order.index("right-to-object") == order.index("your-rights") + 1
    assert [right["right"] for right in rights] == ["eu-gdpr:A21"]
    assert {rule["key"]: rule.get("duration") for rule in rules}["usage-data"] == "P24M"


def test_the_sixth_release_only_translates(history: list[SampleRelease]) -> None:
    assert history[5].written
    assert all(path.startswith(f"{PRIVACY}/locales/es/") for path in history[5].written)


def test_what_is_announced_is_marked_as_fictional(history: list[SampleRelease]) -> None:
    captions = row(history[6], "video-captions")
    recipient = history[6].entries[f"recipients/{captions['recipient']}"]

    assert captions["applies_to"] == ["main", "plugins", "forum"]
    assert "(fictional)" in recipient["name"]
