"""How each rule is broken, where it says so, and when it has no case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from policy_api.domain.changes.types import Significance
from tests.linting.complete import NOW, POLICY, Edit, Entries, Situation

SERVICES = "tables/services/rows"
ITEM = "sections/data/blocks/own/items/orders"
RIGHTS = "sections/rights/blocks/all"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One rule."""

    rule: str
    breaks: Edit
    path: str
    """Where the rule points then."""

    ends: Edit
    """Takes away what the rule is about."""


def drop(entries: Entries, *names: str) -> None:
    for name in names:
        entries.pop(name, None)


def in_polish(situation: Situation) -> None:
    """Write the policy in a language without lists of words."""
    situation.policy["source_locale"] = "pl"
    situation.entries["sites/main"]["locales"] = ["pl"]
    situation.remove_block("policy-changes", "latest")


def english_only(situation: Situation) -> None:
    situation.entries["sites/main"]["locales"] = ["en"]


def without_release(situation: Situation) -> None:
    situation.release = None


def released(situation: Situation, **facts: object) -> None:
    assert situation.release is not None
    situation.release = replace(situation.release, **facts)  # type: ignore[arg-type]


def first_version(situation: Situation) -> None:
    released(situation, previous=None)


def editorial(situation: Situation) -> None:
    released(situation, significance=Significance.EDITORIAL)


def in_the_union(situation: Situation) -> None:
    situation.organization.update(established_in_eea=True)


def without_officer(situation: Situation) -> None:
    situation.organization.update(dpo_designated=False)
    situation.block("about", "people")["contacts"].remove("officer")


def no_interest(situation: Situation) -> None:
    situation.row("statistics").update(legal_basis="eu-gdpr:A6-1-b")


def no_objection(situation: Situation) -> None:
    no_interest(situation)
    situation.remove_right("eu-gdpr:A21")


def no_consent(situation: Situation) -> None:
    situation.row("research").update(legal_basis="eu-gdpr:A6-1-b")


def nothing_sensitive(situation: Situation) -> None:
    situation.row("research").update(data_categories=["name"])


def stay_home(situation: Situation) -> None:
    for row in situation.entries[f"{POLICY}/tables/services"]["rows"]:
        row.update(locations=[{"country": "DE"}], transfer=None)


def all_direct(situation: Situation) -> None:
    situation.row("payments").update(data_categories=["name"], source_of_data=None)


def untranslated(situation: Situation) -> None:
    english_only(situation)
    situation.remove_block("about", "switch")


def no_places(situation: Situation) -> None:
    situation.entries["sites/main"]["hosts"] = []
    situation.remove_block("data", "table")


def objection_among_others(situation: Situation) -> None:
    situation.block("rights", "objection")["rights"].append(
        {"key": "again", "right": "eu-gdpr:A15"}
    )


def vague(situation: Situation) -> None:
    text = situation.block("about", "text")
    text["markdown"] += " We may do some of it, and might often do more."


def lost_number(situation: Situation) -> None:
    address = "sections/about/blocks/text/markdown"
    situation.translations[address] = {
        "text": "{site.name}, {contact.office.email}, https://example.eu/rules"
    }


def ask_to_check_back(situation: Situation) -> None:
    text = situation.block("policy-changes", "text")
    text["markdown"] += " Please check this page regularly."


CASES: tuple[Case, ...] = (
    Case(
        rule="CTL-001",
        breaks=lambda s: drop(s.organization, "legal_name"),
        path="organization/legal_name",
        ends=Situation.terms_of_use,
    ),
    Case(
        rule="CTL-002",
        breaks=lambda s: drop(s.entries["contacts/office"], "address"),
        path="contacts/office",
        ends=Situation.terms_of_use,
    ),
    Case(
        rule="CTL-003",
        breaks=lambda s: s.entries["contacts/union"]["address"].update(country="US"),
        path="contacts/union",
        ends=in_the_union,
    ),
    Case(
        rule="CTL-004",
        breaks=lambda s: drop(s.entries["contacts/officer"], "email"),
        path="contacts/officer",
        ends=without_officer,
    ),
    Case(
        rule="CTL-005",
        breaks=lambda s: drop(s.entries["recipients/ally"], "arrangement_summary"),
        path="recipients/ally/arrangement_summary",
        ends=lambda s: s.entries["recipients/ally"].update(role="dpv:ThirdParty"),
    ),
    Case(
        rule="PUR-001",
        breaks=lambda s: drop(s.row("payments"), "purposes"),
        path=f"{SERVICES}/payments/purposes",
        ends=Situation.no_processing,
    ),
    Case(
        rule="PUR-002",
        breaks=lambda s: drop(s.item, "legal_basis"),
        path=f"{ITEM}/legal_basis",
        ends=Situation.no_processing,
    ),
    Case(
        rule="PUR-003",
        breaks=lambda s: drop(s.row("statistics"), "legitimate_interest"),
        path=f"{SERVICES}/statistics/legitimate_interest",
        ends=no_interest,
    ),
    Case(
        rule="PUR-004",
        breaks=lambda s: drop(s.row("research"), "special_basis"),
        path=f"{SERVICES}/research/special_basis",
        ends=nothing_sensitive,
    ),
    Case(
        rule="PUR-005",
        breaks=lambda s: drop(s.row("research"), "special_basis"),
        path=f"{SERVICES}/research/legal_basis",
        ends=no_consent,
    ),
    Case(
        rule="REC-001",
        breaks=lambda s: drop(s.entries["recipients/carriers"], "sector"),
        path="recipients/carriers",
        ends=Situation.no_rows,
    ),
    Case(
        rule="REC-002",
        breaks=lambda s: drop(s.entries["recipients/payer"], "role"),
        path="recipients/payer/role",
        ends=Situation.no_rows,
    ),
    Case(
        rule="REC-003",
        breaks=lambda s: s.entries["recipients/payer"].update(name="Payer and Saver"),
        path="recipients/payer/name",
        ends=Situation.no_rows,
    ),
    Case(
        rule="REC-004",
        breaks=lambda s: s.item.update(data_categories_open=True),
        path=f"{ITEM}/data_categories_open",
        ends=Situation.no_processing,
    ),
    Case(
        rule="REC-005",
        breaks=lambda s: s.row("hosting").update(data_categories=[]),
        path=f"{SERVICES}/hosting/data_categories",
        ends=lambda s: s.row("hosting").update(purposes=["dpv:RecordManagement"]),
    ),
    Case(
        rule="TRF-001",
        breaks=lambda s: s.row("parcels").update(locations=[{"region": "150"}]),
        path=f"{SERVICES}/parcels/locations",
        ends=Situation.no_rows,
    ),
    Case(
        rule="TRF-002",
        breaks=lambda s: drop(s.row("payments"), "transfer"),
        path=f"{SERVICES}/payments/transfer/mechanism",
        ends=stay_home,
    ),
    Case(
        rule="TRF-003",
        breaks=lambda s: drop(s.row("payments")["transfer"], "copy"),
        path=f"{SERVICES}/payments/transfer/copy",
        ends=stay_home,
    ),
    Case(
        rule="TRF-004",
        breaks=lambda s: s.row("research").update(locations=[{"country": "IN"}]),
        path=f"{SERVICES}/research/transfer/mechanism",
        ends=stay_home,
    ),
    Case(
        rule="RET-001",
        breaks=lambda s: drop(s.item, "retention"),
        path=f"{ITEM}/retention",
        ends=Situation.no_processing,
    ),
    Case(
        rule="RET-002",
        breaks=lambda s: s.block("data", "storage")["rules"][0].update(
            duration=None, kind="dpv:EndlessDuration"
        ),
        path="sections/data/blocks/storage/rules/all",
        ends=lambda s: s.remove_block("data", "storage"),
    ),
    Case(
        rule="RTS-001",
        breaks=lambda s: s.remove_right("eu-gdpr:A15"),
        path=RIGHTS,
        ends=Situation.terms_of_use,
    ),
    Case(
        rule="RTS-002",
        breaks=lambda s: s.remove_right("eu-gdpr:A21"),
        path=RIGHTS,
        ends=no_interest,
    ),
    Case(
        rule="RTS-003",
        breaks=objection_among_others,
        path="sections/rights/blocks/objection/rights/object",
        ends=no_objection,
    ),
    Case(
        rule="RTS-004",
        breaks=lambda s: s.remove_right("eu-gdpr:A7-3"),
        path=RIGHTS,
        ends=no_consent,
    ),
    Case(
        rule="RTS-005",
        breaks=lambda s: s.remove_right("eu-gdpr:A77"),
        path=RIGHTS,
        ends=Situation.terms_of_use,
    ),
    Case(
        rule="RTS-006",
        breaks=lambda s: drop(s.block("rights", "all"), "automated_decisions"),
        path=RIGHTS,
        ends=Situation.terms_of_use,
    ),
    Case(
        rule="RTS-007",
        breaks=lambda s: drop(s.item, "required"),
        path=f"{ITEM}/required",
        ends=Situation.no_processing,
    ),
    Case(
        rule="SRC-001",
        breaks=lambda s: drop(s.row("payments"), "source_of_data"),
        path=f"{SERVICES}/payments/source_of_data",
        ends=all_direct,
    ),
    Case(
        rule="COO-001",
        breaks=lambda s: drop(s.block("data", "cookies")["items"][0], "third_party"),
        path="sections/data/blocks/cookies/items/session/third_party",
        ends=lambda s: s.remove_block("data", "cookies"),
    ),
    Case(
        rule="CHG-001",
        breaks=lambda s: released(s, version=None),
        path="title",
        ends=without_release,
    ),
    Case(
        rule="CHG-002",
        breaks=ask_to_check_back,
        path="sections/policy-changes",
        ends=in_polish,
    ),
    Case(
        rule="CHG-003",
        breaks=lambda s: released(s, effective_at=NOW + timedelta(days=20)),
        path="title",
        ends=first_version,
    ),
    Case(
        rule="CHG-004",
        breaks=lambda s: released(s, summary={"en": "Another recipient."}),
        path="title",
        ends=editorial,
    ),
    Case(
        rule="CHG-005",
        breaks=lambda s: s.remove_block("policy-changes", "latest"),
        path="sections/policy-changes",
        ends=in_polish,
    ),
    Case(
        rule="LOC-001",
        breaks=lambda s: s.translations.update({"title": {"state": "draft"}}),
        path="sites/main/locales",
        ends=english_only,
    ),
    Case(
        rule="LOC-002",
        breaks=lost_number,
        path="sections/about/blocks/text/markdown",
        ends=untranslated,
    ),
    Case(
        rule="TXT-001",
        breaks=vague,
        path="sections",
        ends=in_polish,
    ),
    Case(
        rule="SIT-001",
        breaks=lambda s: s.remove_block("about", "sites"),
        path="sites/main/hosts",
        ends=no_places,
    ),
    Case(
        rule="LIC-001",
        breaks=lambda s: s.policy["license"].update(spdx="CC-BY"),
        path="license/spdx",
        ends=lambda s: drop(s.policy, "license"),
    ),
)
