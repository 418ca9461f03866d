"""What a rule lets pass, and what it does not: the cases beside the plain ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_api.domain.linting.base import Verdict
from policy_api.domain.linting.rules.locales import tokens
from policy_api.domain.linting.wording import WORDINGS, wording_of
from tests.linting.cases import drop
from tests.linting.complete import POLICY, Edit, Situation, spoiled


def messages(edit: Edit, rule: str) -> list[str]:
    """Return what a rule says after an edit."""
    return [each.text("en") for each in spoiled(edit).report().findings if each.rule == rule]


def verdict(edit: Edit, rule: str) -> Verdict:
    return spoiled(edit).report().verdicts()[rule]


def not_shown(situation: Situation, *contacts: str) -> None:
    people = situation.block("about", "people")
    people["contacts"] = [key for key in people["contacts"] if key not in contacts]


def test_a_contact_that_is_recorded_and_not_shown_does_not_count() -> None:
    said = messages(lambda s: not_shown(s, "union"), "CTL-003")

    assert said == [
        (
            "The organization is not established in the EEA, and the policy shows no "
            "representative there."
        )
    ]


def test_a_recorded_exemption_stands_in_for_a_representative() -> None:
    def edit(situation: Situation) -> None:
        not_shown(situation, "union")
        situation.organization["representative_exemption"] = "Occasional, Art. 27(2)(a)."

    assert verdict(edit, "CTL-003") is Verdict.PASS


def test_where_it_is_not_stated_the_country_tells_whether_a_representative_is_needed() -> None:
    def edit(situation: Situation) -> None:
        drop(situation.organization, "established_in_eea")
        not_shown(situation, "union")

    assert verdict(edit, "CTL-003") is Verdict.FAIL


def test_an_officer_who_is_designated_and_not_shown_is_missed() -> None:
    assert len(messages(lambda s: not_shown(s, "officer"), "CTL-004")) == 1


def test_the_service_of_a_processor_says_what_it_is_for() -> None:
    def without_service(situation: Situation) -> None:
        drop(situation.row("hosting"), "purpose")
        drop(situation.entries["recipients/host"], "service")

    assert verdict(lambda s: drop(s.row("hosting"), "purpose"), "PUR-001") is Verdict.PASS
    assert messages(without_service, "PUR-001") == ["Host: the purpose is not stated in words."]


def test_a_purpose_needs_words_as_well_as_codes() -> None:
    said = messages(lambda s: drop(s.row("payments"), "purpose"), "PUR-001")

    assert said == ["Payer: the purpose is not stated in words."]


def test_a_term_is_sensitive_without_anybody_saying_so() -> None:
    said = messages(lambda s: s.row("payments").update(data_categories=["pd:Religion"]), "PUR-004")

    assert said == ["Payer: Religion is sensitive and needs a legal basis of Art. 9(2) as well."]


@pytest.mark.parametrize("name", ["Payer & Saver", "Payer / Saver", "Payer und Saver"])
def test_names_that_sound_like_two_are_told(name: str) -> None:
    said = messages(lambda s: s.entries["recipients/payer"].update(name=name), "REC-003")

    assert len(said) == 1


def test_a_registered_name_makes_one_company_of_two_words() -> None:
    def edit(situation: Situation) -> None:
        payer = situation.entries["recipients/payer"]
        payer.update(name="Smith and Sons", legal_name="Smith and Sons Ltd")

    assert verdict(edit, "REC-003") is Verdict.PASS


def test_a_controller_lists_no_sub_processors() -> None:
    said = messages(
        lambda s: s.entries["recipients/host"].update(role="dpv:DataSubProcessor"), "REC-002"
    )

    assert said == ["Host is called a sub-processor, but the publisher is no processor itself."]


def test_who_sets_cookies_learns_addresses() -> None:
    def edit(situation: Situation) -> None:
        situation.block("data", "cookies")["items"][0]["provider"] = "payer"

    said = messages(edit, "REC-005")

    assert said == ["Payer serves browsers and learns IP addresses, which are not listed."]


def test_data_that_is_not_stated_is_told_once() -> None:
    said = messages(lambda s: drop(s.row("hosting"), "data_categories"), "REC-004")

    assert said == ["Host: the data is not listed."]


@pytest.mark.parametrize("places", [[], [{"region": "001"}], [{"place": "Somewhere"}]])
def test_the_world_is_no_country(places: list[dict[str, str]]) -> None:
    said = messages(lambda s: s.row("parcels").update(locations=places), "TRF-001")

    assert said == ["Carriers: no country is stated in which the data is handled."]


def test_worldwide_handling_leaves_the_eea() -> None:
    said = messages(lambda s: s.row("parcels").update(locations=[{"region": "001"}]), "TRF-002")

    assert len(said) == 1


def test_what_is_stated_about_a_transfer_wins_over_places() -> None:
    said = messages(lambda s: s.row("parcels").update(transfer={"outside_eea": True}), "TRF-002")

    assert len(said) == 1


def test_a_partial_decision_needs_a_word_about_this_recipient() -> None:
    claim = {"mechanism": "eu-gdpr:A45-3"}
    covered = {**claim, "copy": "Listed in the framework's register."}

    said = messages(lambda s: s.row("payments").update(transfer=claim), "TRF-004")

    assert said == [
        (
            "Payer: the adequacy decision for United States covers some recipients only; "
            "say where to see that it covers this one."
        )
    ]
    assert verdict(lambda s: s.row("payments").update(transfer=covered), "TRF-004") is Verdict.PASS


def test_a_storage_rule_with_the_key_of_an_item_speaks_for_it() -> None:
    def edit(situation: Situation) -> None:
        drop(situation.item, "retention")
        situation.block("data", "storage")["rules"].append(
            {"key": "orders", "applies_to": "Orders", "duration": "P10Y"}
        )

    assert verdict(edit, "RET-001") is Verdict.PASS


def test_an_automated_decision_is_explained_at_the_right_against_it() -> None:
    def explained(situation: Situation) -> None:
        block = situation.block("rights", "all")
        block["automated_decisions"] = True
        (right,) = (each for each in block["rights"] if each["right"] == "eu-gdpr:A22")
        right["text"] = "A score decides on payment by invoice; low ones mean paying first."

    said = messages(lambda s: s.block("rights", "all").update(automated_decisions=True), "RTS-006")

    assert said == [
        "Decisions are made by automated means alone; explain their logic and consequences."
    ]
    assert verdict(explained, "RTS-006") is Verdict.PASS


def test_the_way_to_withdraw_consent_is_asked_for() -> None:
    def edit(situation: Situation) -> None:
        block = situation.block("rights", "all")
        drop(block, "exercise_contact")
        drop(block["rights"][-1], "text")

    said = messages(edit, "RTS-004")

    assert said == ["The right to withdraw consent is named, but not how to do so."]


def test_marketing_alone_gives_a_right_to_object() -> None:
    def edit(situation: Situation) -> None:
        situation.remove_right("eu-gdpr:A21")
        situation.row("statistics").update(
            legal_basis="eu-gdpr:A6-1-b", purposes=["dpv:DirectMarketing"]
        )

    assert verdict(edit, "RTS-002") is Verdict.FAIL


def test_all_missing_rights_are_named_at_once() -> None:
    def edit(situation: Situation) -> None:
        situation.remove_right("eu-gdpr:A15")
        situation.remove_right("eu-gdpr:A20")

    assert messages(edit, "RTS-001") == ["Rights are missing: Access and Data portability."]


def test_cookies_among_the_data_need_a_list() -> None:
    def edit(situation: Situation) -> None:
        situation.remove_block("data", "cookies")
        situation.item["data_categories"] = ["tech:Cookie"]

    assert messages(edit, "COO-001") == ["Cookies are used, and there is no list of them."]


def test_a_recorded_reason_lets_an_urgent_change_through() -> None:
    def edit(situation: Situation) -> None:
        assert situation.release is not None
        situation.release = replace(
            situation.release,
            effective_at=situation.release.published_at,
            waived=frozenset({"notice-period"}),
        )

    assert verdict(edit, "CHG-003") is Verdict.PASS


def test_a_policy_without_a_section_on_changes_says_so() -> None:
    def edit(situation: Situation) -> None:
        situation.policy["sections"].remove("policy-changes")
        drop(situation.entries, f"{POLICY}/sections/policy-changes")

    assert messages(edit, "CHG-002") == ["No section says how changes are announced."]


def test_silence_about_notice_is_told() -> None:
    said = messages(
        lambda s: s.block("policy-changes", "text").update(markdown="This page grows."), "CHG-002"
    )

    assert said == ["The section on changes does not promise to tell readers."]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "We encourage you to review this policy from time to time."),
        ("de", "Bitte lesen Sie diese Seite. Sie sollten sie regelmäßig prüfen."),
        ("fr", "Nous vous invitons à consulter cette page régulièrement."),
        ("es", "Le pedimos que consulte esta página periódicamente."),
    ],
)
def test_requests_to_check_back_are_known_in_four_languages(locale: str, text: str) -> None:
    assert WORDINGS[locale].check_back.search(text)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "You are told by e-mail. You can visit us at any time. We review this page yearly."),
        ("de", "Wir kündigen Änderungen an. Besuchen Sie uns."),
        ("fr", "Nous annonçons les modifications. Visitez notre site."),
        ("es", "Anunciamos los cambios. Visite nuestra página."),
    ],
)
def test_promises_are_no_requests_to_check_back(locale: str, text: str) -> None:
    assert not WORDINGS[locale].check_back.search(text)


def test_regional_locales_share_the_words_of_their_language() -> None:
    assert wording_of("de-AT") is WORDINGS["de"]
    assert wording_of("es-MX") is WORDINGS["es"]
    assert wording_of("tlh") is None


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Kept for 24 months.", "٢٤ شهرًا"),
        ("Costs 1,000 points.", "Kostet 1.000 Punkte."),
        ("See [this](https://example.org/a).", "Siehe <https://example.org/a>."),
        ("Write to a@example.org.", "Schreiben an a@example.org"),
        ("From {site.name}, on 15 May 2025.", "Am 15. Mai 2025, von {site.name}."),
    ],
)
def test_a_translation_may_write_the_same_differently(source: str, translation: str) -> None:
    assert tokens(source) == tokens(translation)


def test_a_placeholder_without_a_value_is_told() -> None:
    def edit(situation: Situation) -> None:
        situation.policy["placeholders"] = {"site.form": "url"}
        situation.translations["title"] = {"text": "Datenschutz {site.form}"}

    assert messages(edit, "LOC-002") == ["German: {site.form} has no value on this site."]


def test_a_translation_of_an_older_text_is_outdated_and_not_compared() -> None:
    def edit(situation: Situation) -> None:
        situation.translations["sections/about/blocks/text/markdown"] = {
            "text": "Kurz.",
            "source_hash": f"sha256:{'0' * 64}",
        }

    said = messages(edit, "LOC-001")

    assert messages(edit, "LOC-002") == []
    assert "outdated: 1" in said[0]


def test_a_control_needs_words_beside_it() -> None:
    said = messages(
        lambda s: s.block("about", "switch").update(fallback="<https://example.org/switch>"),
        "LOC-002",
    )

    assert said[0] == "The control “Switch” has no text for those who cannot use it."


def test_a_host_below_or_a_mailbox_is_not_the_host() -> None:
    def edit(situation: Situation) -> None:
        situation.remove_block("about", "sites")
        text = situation.block("about", "text")
        text["markdown"] += " See shop.example.org and me@example.org."

    assert messages(edit, "SIT-001") == ["The policy does not say that it applies to example.org."]


def test_a_table_without_rows_for_a_site_is_told_unless_it_is_empty_for_all() -> None:
    def elsewhere(situation: Situation) -> None:
        situation.entries["sites/other"] = {
            "name": "Other",
            "hosts": ["other.example"],
            "locales": ["en"],
            "policies": [],
        }
        for row in situation.entries[f"{POLICY}/tables/services"]["rows"]:
            row["applies_to"] = ["other"]

    assert len(messages(elsewhere, "SIT-001")) == 1
    assert verdict(Situation.no_rows, "SIT-001") is Verdict.PASS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attribution": None}, "It is not stated whom to name when the text is reused."),
        (
            {"adapted_from": "A policy, changed, https://example.eu/model"},
            "The text that was reused needs a title, an author and a link.",
        ),
        (
            {"adapted_from": "“Model policy” by A. Writer, https://example.eu/model"},
            "It is not stated that the reused text was changed.",
        ),
    ],
)
def test_reused_text_is_credited(changes: dict[str, str | None], said: str) -> None:
    assert messages(lambda s: s.policy["license"].update(changes), "LIC-001") == [said]


def test_a_license_that_is_only_shown_is_incomplete() -> None:
    def edit(situation: Situation) -> None:
        drop(situation.policy, "license")
        situation.entries[f"{POLICY}/sections/about"]["blocks"].append(
            {"key": "license", "kind": "license", "markdown": "Free to reuse."}
        )

    assert messages(edit, "LIC-001") == ["The license is named without an identifier and a link."]
