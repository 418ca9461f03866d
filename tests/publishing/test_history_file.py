"""Bringing a history along: dates of the past are believed if they are in order."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from policy_api.domain.entries.bundle import write_bundle
from policy_api.errors import BadInput
from policy_api.publishing.history_file import read_history
from tests.domain.sources import edited, source


def written(folder: Path, *dates: str) -> Path:
    """Write a history that changes a heading on each of some dates."""
    steps = []
    for number, published_at in enumerate(dates):
        heading = edited("policies/privacy/sections/contact", heading=f"Contact {number}")
        write_bundle(source(heading), folder / f"step-{number}")
        steps.append(f"- folder: step-{number}\n  published_at: {published_at}\n")
    (folder / "history.yaml").write_text("".join(steps), encoding="utf-8")
    return folder


def test_a_history_is_read_in_order(tmp_path: Path, now: datetime) -> None:
    folder = written(tmp_path, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "now")

    steps = list(read_history(folder, now=now))

    assert [step.published_at.year for step in steps] == [2025, 2025, 2026]
    assert steps[-1].published_at == now


def test_dates_out_of_order_and_in_the_future_are_refused_all_at_once(
    tmp_path: Path, now: datetime
) -> None:
    folder = written(
        tmp_path, "2025-03-01T00:00:00Z", "2025-02-01T00:00:00Z", "2099-01-01T00:00:00Z", "now+1d"
    )

    with pytest.raises(BadInput) as refusal:
        list(read_history(folder, now=now))

    assert [(problem.pointer, problem.expected) for problem in refusal.value.problems] == [
        ("/1/published_at", "2025-03-01T00:00:00Z or later"),
        ("/2/published_at", "now, or an earlier instant"),
        ("/3/published_at", "now, or an earlier instant"),
    ]
