"""When to try again, to rest and to give up, by the clock of the row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.notification.pace import pace_of
from policy_api.notification.retry import Health, Schedule, after
from policy_api.notification.wire import Outcome, Verdict
from policy_api.settings import SettingsError, load_settings

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
STEADY = Schedule(random=lambda _low, _high: 1.0)
BUSY, REFUSED = Outcome(verdict=Verdict.BUSY), Outcome(verdict=Verdict.RETRY)
DELIVERED, GONE = Outcome(verdict=Verdict.DELIVERED), Outcome(verdict=Verdict.GONE)
HEALTHY = Health(state="active")


def pauses(schedule: Schedule) -> list[timedelta]:
    found = (schedule.pause(attempts) for attempts in range(1, 14))
    return [pause for pause in found if pause is not None]


def test_fourteen_attempts_take_a_week() -> None:
    assert round(sum(pauses(STEADY), timedelta()) / timedelta(days=1), 2) == 7.15
    assert STEADY.pause(14) is None


@given(st.integers(1, 13))
def test_jitter_stays_within_a_fifth(attempts: int) -> None:
    steady, random = STEADY.pause(attempts), Schedule().pause(attempts)

    assert steady is not None
    assert random is not None
    assert 0.8 <= random / steady <= 1.2


@given(st.timedeltas(timedelta(0), timedelta(days=365_000)))
def test_a_receiver_can_ask_for_a_day_of_rest_and_no_more(wished: timedelta) -> None:
    pause = STEADY.pause(1, retry_after=wished)

    assert pause == max(timedelta(seconds=5), min(wished, timedelta(hours=24)))


def test_a_busy_receiver_is_given_rest() -> None:
    health = after(HEALTHY, BUSY, now=START, schedule=STEADY)

    assert health.state == "suspect"
    assert health.held_until == START + timedelta(seconds=5)


def test_a_refused_message_does_not_hold_others_back() -> None:
    health = after(HEALTHY, REFUSED, now=START, schedule=STEADY)

    assert not health.is_held
    assert health.state == "active"


def test_five_refusals_in_a_row_do() -> None:
    health = HEALTHY
    for _ in range(5):
        health = after(health, REFUSED, now=START, schedule=STEADY)

    assert health.is_held


def test_one_success_is_enough_to_be_trusted_again() -> None:
    troubled = Health(state="suspect", failures=9, failing_since=START, held_until=START)

    assert after(troubled, DELIVERED, now=START, schedule=STEADY) == HEALTHY


def test_gone_means_gone_at_once() -> None:
    assert after(HEALTHY, GONE, now=START, schedule=STEADY).state == "gone"


def test_a_week_of_failures_disables() -> None:
    health, now = HEALTHY, START
    for failures in range(1, 15):
        health = after(health, BUSY, now=now, schedule=STEADY)
        if failures < 14:
            assert health.state == "suspect"
            now += STEADY.rest(failures)

    assert health.state == "disabled"
    assert now - START >= timedelta(days=7)


def test_a_week_with_few_failures_does_not() -> None:
    health = Health(state="suspect", failures=3, failing_since=START)

    assert after(health, BUSY, now=START + timedelta(days=8), schedule=STEADY).state == "suspect"


def test_many_failures_in_an_hour_do_not() -> None:
    health = Health(state="suspect", failures=500, failing_since=START)

    assert after(health, BUSY, now=START + timedelta(hours=1), schedule=STEADY).state == "suspect"


def test_a_clock_set_back_does_not_make_trouble_negative() -> None:
    health = Health(state="suspect", failures=3, failing_since=START)

    moved = after(health, BUSY, now=START - timedelta(hours=1), schedule=STEADY)

    assert moved.failing_since == START - timedelta(hours=1)


def test_an_operator_may_choose_the_pauses() -> None:
    settings = load_settings({"POLICY_API_RETRY_PAUSES": "1, 60,3600"})

    assert pace_of(settings).schedule.pauses == tuple(
        timedelta(seconds=seconds) for seconds in (1, 60, 3600)
    )
    assert len(pace_of(load_settings({})).schedule.pauses) == 13


@pytest.mark.parametrize("value", ["0", "5,-1", "soon", "5;6", "604801", "1.5"])
def test_pauses_that_are_none_are_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="POLICY_API_RETRY_PAUSES"):
        load_settings({"POLICY_API_RETRY_PAUSES": value})
