"""The sample, read as bundles and planned release by release, gives what it promises to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.entries.bundle import check_source, read_bundle
from policy_api.domain.planning.release import Announcement, Content, Kind, PlannedVersion, Waiver
from policy_api.drafts.stamping import stamp
from tests.domain.histories import History
from tests.sample.facts import HOSTS, ROWS_BY_SITE
from tests.sample.states import SAMPLE, Entry, SampleRelease, releases

LOADED = datetime(2026, 3, 1, 8, tzinfo=UTC)
"""What the history's ``now`` means here."""

RELATIVE = {"now": LOADED, "now+30d": LOADED + timedelta(days=30)}
OTHER_LOCALES = ("de", "fr", "es", "ar")


def instant(told: object) -> datetime | None:
    """Return an instant of the history."""
    return RELATIVE[told] if isinstance(told, str) else told if isinstance(told, datetime) else None


def announcement(told: Entry) -> Announcement:
    """Return what a release says about itself."""
    return Announcement(
        kind=Kind(told["kind"]),
        significance=Significance(told["significance"]),
        title=told["title"],
        summary=told["summary"],
        effective_at=instant(told.get("effective_at")),
        waivers=tuple(Waiver(**waiver) for waiver in told.get("waivers", [])),
    )


def with_release(source: Source, release: SampleRelease) -> Source:
    """Return a source with the files of a release laid over it."""
    part = read_bundle(SAMPLE / release.told["folder"]).source
    return source.replace({**part.entries, **dict.fromkeys(release.told.get("removed", []))})


@pytest.fixture(scope="module")
def history() -> History:
    """Return the whole history as it stands when the sample has just been loaded."""
    planned = History(now=LOADED)
    source = Source.from_entries({})
    for release in releases():
        source, _ = stamp(with_release(source, release), source)
        at = instant(release.told["published_at"])
        planned.publish(source, at=at, announcement=announcement(release.told))
    return planned


def in_force(history: History, site: str) -> PlannedVersion:
    """Return the version of a site in force at the moment of loading."""
    reached = [found for found in history.of(site) if found.effective_at <= LOADED]
    return max(reached, key=lambda found: (found.effective_at, found.number))


def sections(edition: Content) -> dict[str, Content]:
    """Return the sections of an edition by key."""
    return {section["key"]: section for section in edition["sections"]}


def shown(edition: Content) -> str:
    """Return the keys of all rows that an edition shows, in order."""
    return " ".join(
        row["key"]
        for section in edition["sections"]
        for block in section["blocks"]
        for row in block.get("rows", ())
    )


def test_every_state_reads_and_fits_together() -> None:
    source = Source.from_entries({})
    for release in releases():
        source = with_release(source, release)

        assert check_source(source) == ()
        assert set(source.entries) == set(release.entries)


def test_each_site_shows_its_own_rows_and_the_umbrella_all(history: History) -> None:
    first = {site: shown(history.of(site)[0].editions["en"]) for site in HOSTS}

    assert first["main"].split() == [
        "hosting",
        "web-analytics",
        "spam-protection",
        "video-playback",
        "live-chat",
        "newsletter",
        "forum-account",
        "shop-account",
        "support-mail",
        "static-files",
        "payments",
    ]
    own = {site: rows for site, rows in ROWS_BY_SITE.items() if site != "main"}
    assert {site: first[site] for site in own} == own


def test_the_shop_shows_its_six_rows_in_german(history: History) -> None:
    edition = in_force(history, "shop").editions["de"]
    tables = [sections(edition)[key] for key in ("processors", "third-party-services")]

    assert len(shown(edition).split()) == 6
    assert [table["translation"] for table in tables] == ["current", "current"]


@pytest.mark.parametrize("locale", OTHER_LOCALES)
def test_every_state_of_a_translation_occurs(history: History, locale: str) -> None:
    for version in (in_force(history, "main"), history.of("main")[-1]):
        states = {section["translation"] for section in version.editions[locale]["sections"]}

        assert states == {"current", "outdated", "fallback"}


def test_the_translations_go_to_different_lengths(history: History) -> None:
    def count(locale: str) -> int:
        edition = in_force(history, "main").editions[locale]
        return sum(section["translation"] != "fallback" for section in edition["sections"])

    assert len(in_force(history, "main").editions["en"]["sections"]) == 16
    assert {locale: count(locale) for locale in OTHER_LOCALES} == {
        "de": 15,
        "fr": 12,
        "es": 10,
        "ar": 6,
    }


def test_the_german_text_is_outdated_where_the_telephone_came_in(history: History) -> None:
    edition = in_force(history, "main").editions["de"]
    states = {key: section["translation"] for key, section in sections(edition).items()}

    assert {key: state for key, state in states.items() if state != "current"} == {
        "eu-representative": "outdated",
        "reuse": "fallback",
    }


def test_a_section_left_behind_says_where_its_translation_was_last(history: History) -> None:
    edition = in_force(history, "main").editions["fr"]

    assert sections(edition)["retention"]["translation"] == "fallback"
    assert sections(edition)["retention"]["translated_from"] == 5


def test_the_telephone_number_overtakes_the_announced_newsletter(history: History) -> None:
    told = [
        (found.number, found.origin_release, found.significance.value)
        for found in history.of("main")
    ]

    assert told == [
        (1, 1, "material"),
        (2, 2, "editorial"),
        (3, 3, "material"),
        (4, 4, "non_material"),
        (5, 3, "material"),
        (6, 5, "material"),
        (7, 6, "editorial"),
        (8, 7, "material"),
    ]


def test_only_sites_with_videos_wait_for_a_new_version(history: History) -> None:
    waiting = {site for site in HOSTS if history.of(site)[-1].effective_at > LOADED}

    assert waiting == {"main", "forum", "plugins"}


def test_the_newsletter_is_told_as_a_replacement(history: History) -> None:
    announced = history.of("main")[2]

    assert "recipient.replaced" in {change.type for change in announced.changes}


def test_a_site_writes_its_own_words_over_the_base(history: History) -> None:
    forum = sections(in_force(history, "forum").editions["de"])
    demo = in_force(history, "demo").editions["de"]
    (row,) = [
        row
        for block in sections(demo)["third-party-services"]["blocks"]
        for row in block.get("rows", ())
    ]

    assert "processors" not in forum
    assert "public-posts" in forum
    assert "Community" in forum["scope"]["blocks"][0]["markdown"]
    assert "Demo" in row["purpose"]
    assert "analytics-opt-out" not in sections(in_force(history, "ios").editions["en"])


def test_each_site_has_its_own_opt_out_address(history: History) -> None:
    def address(site: str) -> str:
        section = sections(in_force(history, site).editions["en"])["analytics-opt-out"]
        url: str = next(block["url"] for block in section["blocks"] if block["kind"] == "embed")
        return url

    assert {site: address(site) for site in HOSTS if site != "ios"} == {
        site: f"https://matomo.org/analytics/opt-out?site={site}" for site in HOSTS if site != "ios"
    }
