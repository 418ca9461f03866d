"""Each rule passes, fails and has no case."""

from __future__ import annotations

import pytest

from policy_api.domain.linting.base import LINT_RULES, Verdict
from tests.linting.cases import CASES, Case
from tests.linting.complete import Situation, spoiled

by_rule = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)


def test_there_is_a_case_for_each_rule() -> None:
    assert [case.rule for case in CASES] == [rule.id for rule in LINT_RULES if not rule.pack]


@by_rule
def test_a_rule_passes_where_everything_is_said(case: Case) -> None:
    verdicts = Situation().report().verdicts()

    assert verdicts[case.rule] is Verdict.PASS


@by_rule
def test_a_rule_fails_and_points_at_what_is_missing(case: Case) -> None:
    report = spoiled(case.breaks).report()

    found = [each for each in report.findings if each.rule == case.rule]

    assert report.verdicts()[case.rule] is Verdict.FAIL
    assert [each.path for each in found] == [case.path]
    assert "{" not in found[0].text("en").replace("{site.name}", "")


@by_rule
def test_a_rule_has_no_case_without_what_it_is_about(case: Case) -> None:
    verdicts = spoiled(case.ends).report().verdicts()

    assert verdicts[case.rule] is Verdict.NOT_APPLICABLE


@by_rule
def test_a_finding_names_an_entry_that_exists(case: Case) -> None:
    situation = spoiled(case.breaks)
    source = situation.source()

    found = [each for each in situation.report().findings if each.rule == case.rule]

    assert all(each.entry in source for each in found)
