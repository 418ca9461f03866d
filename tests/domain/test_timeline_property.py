"""Whatever is published in whatever order: at every instant readers see the text they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_api.domain.planning.release import Announcement, PlannedVersion
from policy_api.errors import CorrectionConflict, NothingToPublish
from tests.domain.histories import History
from tests.domain.sources import entries, source

START = datetime(2026, 1, 1, tzinfo=UTC)
SECTIONS = ("welcome", "recipients", "contact")

acts = st.lists(
    st.tuples(
        st.sampled_from(SECTIONS),
        st.integers(min_value=0, max_value=4).map(lambda number: f"Heading {number}"),
        st.integers(min_value=1, max_value=5).map(lambda days: timedelta(days=days)),
        st.integers(min_value=0, max_value=12).map(lambda days: timedelta(days=days)),
    ),
    min_size=1,
    max_size=6,
)
"""Section, its new heading, time since the act before, time until it takes effect."""


class Newsstand:
    """A model of what should be read: per section, what takes effect when."""

    def __init__(self) -> None:
        self.written = {key: entries()[f"policies/privacy/sections/{key}"] for key in SECTIONS}
        self.due: dict[str, list[tuple[datetime, str]]] = {
            key: [(START, section["heading"])] for key, section in self.written.items()
        }

    def heading(self, key: str, at: datetime) -> str:
        """Return what the last act says that has taken effect: it is carried into all later."""
        return [heading for when, heading in self.due[key] if when <= at][-1]


def read(history: History, site: str, at: datetime) -> PlannedVersion:
    reached = [found for found in history.of(site) if found.effective_at <= at]
    return max(reached, key=lambda found: (found.effective_at, found.number))


@settings(max_examples=30)
@given(acts)
def test_every_instant_has_its_text(written: list[tuple[str, str, timedelta, timedelta]]) -> None:
    history, model, now = History(now=START), Newsstand(), START
    history.publish(source())
    edits: dict[str, object] = {}
    for key, heading, pause, delay in written:
        now += pause
        edit = {f"policies/privacy/sections/{key}": {**model.written[key], "heading": heading}}
        told = Announcement(effective_at=now + delay)
        try:
            history.publish(source(edits | edit), at=now, announcement=told)
        except (NothingToPublish, CorrectionConflict):
            continue
        edits |= edit
        model.due[key].append((now + delay, heading))

    for site in ("main", "shop", "forum"):
        numbers = [found.number for found in history.of(site)]
        assert numbers == list(range(1, len(numbers) + 1))
        for days in range(45):
            at = START + timedelta(days=days)
            shown = {item["key"]: item["heading"] for item in read_sections(history, site, at)}
            assert shown == {key: model.heading(key, at) for key in SECTIONS}


def read_sections(history: History, site: str, at: datetime) -> list[dict[str, object]]:
    sections: list[dict[str, object]] = read(history, site, at).editions["en"]["sections"]
    return sections


@settings(max_examples=25)
@given(acts)
def test_what_changed_is_told_against_what_was_in_force(
    written: list[tuple[str, str, timedelta, timedelta]],
) -> None:
    history, now = History(now=START), START
    history.publish(source())
    edits: dict[str, object] = {}
    for key, heading, pause, delay in written:
        now += pause
        path = f"policies/privacy/sections/{key}"
        edit = {path: {**entries()[path], "heading": heading}}
        told = Announcement(effective_at=now + delay)
        try:
            history.publish(source(edits | edit), at=now, announcement=told)
        except (NothingToPublish, CorrectionConflict):
            continue
        edits |= edit

    by_number = {found.number: found for found in history.of("shop")}
    for found in by_number.values():
        if found.previous is None:
            continue
        before = by_number[found.previous]
        assert before.effective_at <= found.effective_at
        changed = {change.path.split("/")[1] for change in found.changes}
        assert changed == {
            new["key"]
            for old, new in zip(
                before.editions["en"]["sections"], found.editions["en"]["sections"], strict=True
            )
            if old["heading"] != new["heading"]
        }
