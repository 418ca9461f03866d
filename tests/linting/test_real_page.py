"""The real page gets exactly the verdicts that were recorded for it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from policy_api.domain.content.source import Source
from policy_api.domain.linting.base import LINT_RULES, Severity, Verdict
from policy_api.domain.linting.findings import Report
from policy_api.domain.linting.rules.wording import MOST_HEDGES
from policy_api.domain.linting.runner import lint
from policy_api.domain.linting.view import Release
from policy_api.domain.linting.wording import WORDINGS, Hedging, hedging
from tests.linting.real_page import real_page

NOW = datetime(2025, 1, 15, 9, tzinfo=UTC)

PASSES = "CTL-003 CTL-004 PUR-001 REC-001 RTS-001 RTS-005 CHG-002 TXT-001 SIT-001"
FAILS = (
    "CTL-001 CTL-002 PUR-002 PUR-003 PUR-005 REC-002 REC-003 REC-004 REC-005 TRF-001 TRF-002 "
    "RET-001 RET-002 RTS-002 RTS-003 RTS-004 RTS-006 RTS-007 COO-001 CHG-001 CHG-005 LOC-002 "
    "LIC-001"
)
HAS_NO_CASE = "CTL-005 PUR-004 TRF-003 TRF-004 SRC-001 CHG-003 CHG-004 LOC-001"

WARNINGS = "CTL-002 REC-002 REC-004 TRF-004 RET-002 RTS-003 RTS-007 COO-001 SIT-001 LIC-001"
INFOS = "PUR-005 REC-003 REC-005 CHG-005 TXT-001"

WORDS_ON_THE_PAGE, HEDGES_ON_THE_PAGE = 1337, 10


@pytest.fixture(scope="module")
def page() -> Source:
    return real_page()


@pytest.fixture(scope="module")
def report(page: Source) -> Report:
    """Lint the page as what it is: a first version without number and dates."""
    releases = {(site, "privacy"): Release() for site in page.sites()}
    return lint(page, now=NOW, releases=releases)


def places(report: Report, rule: str) -> list[str]:
    """Return the rows, items and rules that a rule names, by key."""
    found = [each.path.split("/") for each in report.findings if each.rule == rule]
    return [path[5 if "items" in path or "rules" in path else 3] for path in found]


def recipients(report: Report, rule: str) -> list[str]:
    return [each.path.split("/")[1] for each in report.findings if each.rule == rule]


def test_the_page_gets_the_recorded_verdicts(report: Report) -> None:
    recorded = {
        **dict.fromkeys(PASSES.split(), Verdict.PASS),
        **dict.fromkeys(FAILS.split(), Verdict.FAIL),
        **dict.fromkeys(HAS_NO_CASE.split(), Verdict.NOT_APPLICABLE),
    }

    assert report.verdicts() == recorded
    assert Counter(report.verdicts().values()) == {
        Verdict.PASS: 9,
        Verdict.FAIL: 23,
        Verdict.NOT_APPLICABLE: 8,
    }


def test_each_rule_is_as_severe_as_recorded() -> None:
    found = {rule.id: rule.severity for rule in LINT_RULES if not rule.pack}

    assert [name for name, level in found.items() if level is Severity.WARNING] == WARNINGS.split()
    assert [name for name, level in found.items() if level is Severity.INFO] == INFOS.split()


def test_all_purposes_are_stated(page: Source, report: Report) -> None:
    stated = [each for each in report.judgements if each.rule == "PUR-001"]

    assert {each.verdict for each in stated} == {Verdict.PASS}
    assert len(stated) == len(page.sites())


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ("PUR-002", "email-contact usage-data cookies accounts"),
        (
            "PUR-003",
            (
                "web-analytics spam-protection video-playback live-chat support-mail static-files "
                "payments"
            ),
        ),
        ("PUR-005", "newsletter"),
        (
            "REC-004",
            (
                "email-contact usage-data accounts hosting web-analytics live-chat support-mail "
                "payments"
            ),
        ),
        ("REC-005", "static-files"),
        ("TRF-001", "static-files"),
        (
            "TRF-002",
            "spam-protection video-playback newsletter support-mail static-files payments",
        ),
        ("RET-001", "email-contact usage-data cookies accounts"),
        ("RET-002", "legal-needs aggregates"),
        ("RTS-007", "forum-account shop-account"),
    ],
)
def test_a_rule_names_the_recorded_places(report: Report, rule: str, keys: str) -> None:
    assert sorted(places(report, rule)) == sorted(keys.split())


def test_a_role_is_missing_or_wrong_for_every_recipient(report: Report) -> None:
    wrong = [each.text("en") for each in report.findings if each.rule == "REC-002"]

    assert len(recipients(report, "REC-002")) == 11
    assert [text for text in wrong if "sub-processor" in text] == [
        "AlwaysData is called a sub-processor, but the publisher is no processor itself."
    ]


def test_two_services_share_a_row(report: Report) -> None:
    assert recipients(report, "REC-003") == ["paypal-braintree"]


def test_neither_number_nor_dates_are_shown(report: Report) -> None:
    found = [each for each in report.findings if each.rule == "CHG-001"]

    assert len(found) == 3


def test_the_page_hedges_less_than_the_threshold() -> None:
    counted = Hedging(words=WORDS_ON_THE_PAGE, hedges=HEDGES_ON_THE_PAGE)

    assert round(counted.per_thousand, 1) == 7.5
    assert counted.per_thousand <= MOST_HEDGES


def test_a_text_with_the_page_s_numbers_is_counted_so() -> None:
    certain = ["We", "keep", "this", "short."] * 400
    hedged = ["It", "may", "be", "possible."] * (HEDGES_ON_THE_PAGE // 2)
    text = " ".join([*hedged, *certain][:WORDS_ON_THE_PAGE])

    counted = hedging(text, WORDINGS["en"])

    assert (counted.words, counted.hedges) == (WORDS_ON_THE_PAGE, HEDGES_ON_THE_PAGE)
