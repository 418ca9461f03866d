"""What a parameter accepts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.reading.parameters import EditionQuery, StatusQuery, VersionsQuery

INSTANTS = st.integers(
    int(datetime(1990, 1, 2, tzinfo=UTC).timestamp()),
    int(datetime(2100, 12, 30, tzinfo=UTC).timestamp()),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(instant=INSTANTS, zone=ZONES)
def test_an_instant_in_any_zone_is_read_in_utc(instant: datetime, zone: timezone) -> None:
    query = EditionQuery().load({"at": instant.astimezone(zone).isoformat()})

    assert query["at"] == instant


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-04-09", datetime(2026, 4, 9, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2026-04-09T00:00:00Z", datetime(2026, 4, 9, tzinfo=UTC)),
        ("2026-04-09t00:00:00z", datetime(2026, 4, 9, tzinfo=UTC)),
        ("2026-04-09T00:00:00-00:00", datetime(2026, 4, 9, tzinfo=UTC)),
        ("2026-04-09T00:00:00.999999999Z", datetime(2026, 4, 9, tzinfo=UTC)),
        ("2026-04-09T02:00:00+02:00", datetime(2026, 4, 9, tzinfo=UTC)),
    ],
)
def test_an_instant_has_several_spellings(written: str, instant: datetime) -> None:
    assert EditionQuery().load({"at": written})["at"] == instant


@given(name=st.sampled_from(["at", "locale", "fallback"]), text=st.text(max_size=40))
def test_any_other_text_is_refused_and_nothing_worse(name: str, text: str) -> None:
    found = EditionQuery().validate({name: text})

    assert set(found) <= {name}


def test_a_locale_is_read_in_canonical_form() -> None:
    assert EditionQuery().load({"locale": "DE-at"})["locale"] == "de-AT"


def test_what_is_not_given_has_its_default() -> None:
    assert VersionsQuery().load({}) == {"limit": 50}
    assert StatusQuery().load({}) == {"seen": None}
