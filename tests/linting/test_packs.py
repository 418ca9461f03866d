"""Regime packs: off unless named; each of their rules passes, fails and has no case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from policy_api.domain.linting.base import LINT_RULES, Verdict
from policy_api.domain.linting.runner import packs
from tests.linting.cases import drop, nothing_sensitive, released, stay_home, without_release
from tests.linting.complete import NOW, POLICY, Edit, Situation

PACKS = ("us-ca", "br", "gb", "ch", "processor")


@dataclass(frozen=True, kw_only=True)
class PackCase:
    """One rule of a pack; the complete policy need not pass it."""

    rule: str
    meets: Edit
    breaks: Edit
    ends: Edit


def nothing(_: Situation) -> None:
    """Leave the policy as it is."""


def rights(*codes: str) -> Edit:
    """Return an edit that adds rights."""

    def edit(situation: Situation) -> None:
        situation.block("rights", "all")["rights"] += [
            {"key": f"more-{number}", "right": code} for number, code in enumerate(codes)
        ]

    return edit


def sell(situation: Situation) -> None:
    situation.row("statistics").update(purposes=["dpv:SellDataToThirdParties"])


def sell_with_opt_out(situation: Situation) -> None:
    sell(situation)
    rights("x:OptOutOfSale")(situation)


def protect_all(situation: Situation) -> None:
    for row in situation.entries[f"{POLICY}/tables/services"]["rows"]:
        row["transfer"] = {"mechanism": "eu-gdpr:A46-2-c", "copy": "On request."}


def in_brazil(situation: Situation) -> None:
    for row in situation.entries[f"{POLICY}/tables/services"]["rows"]:
        row["locations"] = [{"country": "BR"}]


def in_portuguese(situation: Situation) -> None:
    situation.entries["sites/main"]["locales"] = ["en", "pt-BR"]


def without_country(situation: Situation) -> None:
    situation.row("parcels").update(locations=[{"region": "150"}])


def only_by_letter(situation: Situation) -> None:
    drop(situation.entries["contacts/office"], "email")
    text = situation.block("about", "text")
    text["markdown"] = text["markdown"].replace("{contact.office.email}", "our office")


def unreachable(situation: Situation) -> None:
    only_by_letter(situation)
    drop(situation.entries["contacts/office"], "address")


def as_processor(situation: Situation) -> None:
    for key in ("host", "ally", "payer", "lab", "carriers"):
        situation.entries[f"recipients/{key}"].update(
            role="dpv:DataSubProcessor", legal_name=f"{key} Ltd", country="DE"
        )


def in_polish_without_translation(situation: Situation) -> None:
    situation.policy["source_locale"] = "pl"
    situation.entries["sites/main"]["locales"] = ["pl"]


PACK_CASES = (
    PackCase(
        rule="CCPA-001",
        meets=rights("x:EqualTreatment"),
        breaks=nothing,
        ends=Situation.terms_of_use,
    ),
    PackCase(rule="CCPA-002", meets=sell_with_opt_out, breaks=sell, ends=nothing),
    PackCase(
        rule="CCPA-003",
        meets=rights("x:LimitedUseOfSensitiveData"),
        breaks=nothing,
        ends=nothing_sensitive,
    ),
    PackCase(rule="CCPA-004", meets=nothing, breaks=only_by_letter, ends=Situation.terms_of_use),
    PackCase(
        rule="CCPA-005",
        meets=nothing,
        breaks=lambda s: released(s, published_at=NOW - timedelta(days=400)),
        ends=without_release,
    ),
    PackCase(
        rule="CCPA-006",
        meets=nothing,
        breaks=lambda s: drop(s.row("payments"), "retention"),
        ends=Situation.no_processing,
    ),
    PackCase(
        rule="LGPD-001",
        meets=nothing,
        breaks=lambda s: drop(s.entries["contacts/officer"], "name"),
        ends=Situation.terms_of_use,
    ),
    PackCase(
        rule="LGPD-002",
        meets=nothing,
        breaks=lambda s: s.remove_right("eu-gdpr:A20"),
        ends=Situation.terms_of_use,
    ),
    PackCase(rule="LGPD-003", meets=protect_all, breaks=nothing, ends=in_brazil),
    PackCase(rule="LGPD-004", meets=in_portuguese, breaks=nothing, ends=Situation.terms_of_use),
    PackCase(
        rule="UK-001",
        meets=nothing,
        breaks=lambda s: s.entries["contacts/kingdom"]["address"].update(country="IE"),
        ends=lambda s: s.organization.update(country="GB"),
    ),
    PackCase(
        rule="UK-002",
        meets=nothing,
        breaks=lambda s: drop(s.row("payments"), "transfer"),
        ends=stay_home,
    ),
    PackCase(
        rule="UK-003",
        meets=nothing,
        breaks=lambda s: s.entries["contacts/regulator"].update(url="https://example.eu/"),
        ends=Situation.terms_of_use,
    ),
    PackCase(
        rule="UK-004",
        meets=nothing,
        breaks=lambda s: drop(s.block("rights", "all"), "exercise_contact"),
        ends=Situation.terms_of_use,
    ),
    PackCase(
        rule="FADP-001",
        meets=nothing,
        breaks=unreachable,
        ends=Situation.terms_of_use,
    ),
    PackCase(rule="FADP-002", meets=nothing, breaks=without_country, ends=Situation.no_rows),
    PackCase(
        rule="FADP-003",
        meets=nothing,
        breaks=lambda s: drop(s.row("payments"), "transfer"),
        ends=stay_home,
    ),
    PackCase(
        rule="FADP-004",
        meets=nothing,
        breaks=lambda s: drop(s.block("rights", "all"), "automated_decisions"),
        ends=Situation.terms_of_use,
    ),
    PackCase(rule="PRC-001", meets=as_processor, breaks=nothing, ends=Situation.no_rows),
    PackCase(rule="PRC-002", meets=as_processor, breaks=nothing, ends=Situation.no_rows),
    PackCase(
        rule="PRC-003",
        meets=nothing,
        breaks=lambda s: s.block("policy-changes", "text").update(markdown="It grows."),
        ends=in_polish_without_translation,
    ),
)

by_rule = pytest.mark.parametrize("case", PACK_CASES, ids=lambda case: case.rule)


def verdict(case: PackCase, edit: Edit) -> Verdict:
    """Return what the rule says after an edit, with every pack named."""
    situation = Situation(packs=PACKS)
    edit(situation)
    return situation.report().verdicts()[case.rule]


def test_the_packs_are_known_by_name() -> None:
    assert packs() == PACKS


def test_there_is_a_case_for_each_rule_of_a_pack() -> None:
    assert [case.rule for case in PACK_CASES] == [rule.id for rule in LINT_RULES if rule.pack]


def test_no_pack_runs_by_itself() -> None:
    assert not Situation().report().verdicts().keys() & {case.rule for case in PACK_CASES}


def test_a_pack_brings_its_own_rules_only() -> None:
    found = Situation(packs=("ch",)).report().verdicts()

    assert [rule for rule in found if rule in {case.rule for case in PACK_CASES}] == [
        "FADP-001",
        "FADP-002",
        "FADP-003",
        "FADP-004",
    ]


def test_in_a_processor_s_list_sub_processors_are_right() -> None:
    situation = Situation(packs=("processor",))
    as_processor(situation)

    assert situation.report().verdicts()["REC-002"] is Verdict.PASS


@by_rule
def test_a_rule_of_a_pack_passes(case: PackCase) -> None:
    assert verdict(case, case.meets) is Verdict.PASS


@by_rule
def test_a_rule_of_a_pack_fails(case: PackCase) -> None:
    assert verdict(case, case.breaks) is Verdict.FAIL


@by_rule
def test_a_rule_of_a_pack_has_no_case(case: PackCase) -> None:
    assert verdict(case, case.ends) is Verdict.NOT_APPLICABLE
