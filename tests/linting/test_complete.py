"""The complete policy passes every rule, so that each test spoils exactly one thing."""

from __future__ import annotations

from policy_api.domain.linting.base import LINT_RULES, Verdict
from tests.linting.complete import Situation


def test_a_complete_policy_passes_every_rule() -> None:
    report = Situation().report()

    assert [found.text("en") for found in report.findings] == []
    assert set(report.verdicts().values()) == {Verdict.PASS}
    assert set(report.verdicts()) == {rule.id for rule in LINT_RULES if not rule.pack}
