"""The vocabulary: which terms there are and what is known of them."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.content import vocabulary
from policy_api.domain.content.vocabulary import Scheme, english, fits, iri, is_curie, suggest, term

CODES = st.sampled_from(sorted(vocabulary.TERMS))

USED_BY_THE_SAMPLE = [
    "dpv:AccountManagement", "dpv:CommunicationForCustomerCare", "dpv:CustomerOrderManagement",
    "dpv:DataController", "dpv:DataProcessor", "dpv:DataProtectionOfficer",
    "dpv:DataSubjectDataSource", "dpv:DirectMarketing", "dpv:EndlessDuration",
    "dpv:ImproveExistingProductsAndServices", "dpv:IndeterminateDuration",
    "dpv:MisusePreventionAndDetection", "dpv:PaymentManagement", "dpv:PrivacyNotice",
    "dpv:RecordManagement", "dpv:RequestedServiceProvision", "dpv:ServiceOptimisation",
    "dpv:ServiceRegistration", "dpv:ServiceUsageAnalytics", "dpv:TechnicalServiceProvision",
    "dpv:ThirdParty", "dpv:UntilEventDuration", "dpv:hasContact", "eu-gdpr:A15", "eu-gdpr:A16",
    "eu-gdpr:A17", "eu-gdpr:A18", "eu-gdpr:A20", "eu-gdpr:A21", "eu-gdpr:A22", "eu-gdpr:A6-1-a",
    "eu-gdpr:A6-1-b", "eu-gdpr:A6-1-f", "eu-gdpr:A7-3", "eu-gdpr:A77",
    "eu-gdpr:DataProtectionAuthority", "eu-gdpr:Representative", "pd:BrowsingBehaviour",
    "pd:BrowsingReferral", "pd:Communication", "pd:Country", "pd:DeviceBased",
    "pd:DeviceOperatingSystem", "pd:EmailAddress", "pd:Financial", "pd:IPAddress", "pd:Language",
    "pd:Name", "pd:Password", "pd:PhysicalAddress", "pd:TelephoneNumber", "pd:Transactional",
    "pd:UserAgent", "pd:Username", "tech:Cookie", "x:Keystrokes", "x:OrganisationDetails",
    "x:PointerMovement", "x:ScreenResolution", "x:UserContent", "x:VisitTime",
]  # fmt: skip


@pytest.mark.parametrize("code", USED_BY_THE_SAMPLE)
def test_the_terms_a_website_policy_needs_have_labels(code: str) -> None:
    found = term(code)

    assert found is not None
    assert found.label


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [
        (Scheme.LEGAL_BASIS, [f"eu-gdpr:A6-1-{letter}" for letter in "abcdef"]),
        (Scheme.SPECIAL_BASIS, [f"eu-gdpr:A9-2-{letter}" for letter in "abcdefghij"]),
        (Scheme.RIGHT, [f"eu-gdpr:A{number}" for number in [*range(13, 23), "7-3", 77]]),
        (Scheme.TRANSFER, ["eu-gdpr:A45-3", *(f"eu-gdpr:A46-2-{letter}" for letter in "abcdef")]),
        (
            Scheme.TRANSFER,
            ["eu-gdpr:A46-3-a", *(f"eu-gdpr:A49-1-{letter}" for letter in "abcdefg")],
        ),
    ],
)
def test_the_gdpr_is_covered_article_by_article(scheme: Scheme, codes: list[str]) -> None:
    schemes = {each.scheme for each in map(term, codes) if each is not None}

    assert schemes == {scheme}
    assert all(map(term, codes))


def test_purposes_and_categories_are_there_in_number() -> None:
    schemes = [each.scheme for each in vocabulary.TERMS.values()]

    assert schemes.count(Scheme.PURPOSE) >= 40
    assert schemes.count(Scheme.DATA_CATEGORY) >= 70


@given(CODES)
def test_a_term_is_a_curie_that_expands_to_its_iri(code: str) -> None:
    found = vocabulary.TERMS[code]

    assert is_curie(code)
    assert found.iri == iri(code)


@pytest.mark.parametrize(
    ("code", "expanded"),
    [
        ("dpv:PrivacyNotice", "https://w3id.org/dpv#PrivacyNotice"),
        ("eu-gdpr:A6-1-f", "https://w3id.org/dpv/legal/eu/gdpr#A6-1-f"),
        ("pd:IPAddress", "https://w3id.org/dpv/pd#IPAddress"),
        ("loc:FR", "https://w3id.org/dpv/loc#FR"),
        ("tech:Cookie", "https://w3id.org/dpv/tech#Cookie"),
        ("x:VisitTime", "urn:policy-api:term:VisitTime"),
        ("pd:NotInOurTable", "https://w3id.org/dpv/pd#NotInOurTable"),
    ],
)
def test_a_known_prefix_expands_even_if_the_term_is_unknown(code: str, expanded: str) -> None:
    assert iri(code) == expanded


@pytest.mark.parametrize(
    "text",
    ["", "pd", "pd:", ":Name", "foaf:name", "pd:Na me", "PD:Name", "pd:Name\n", "pd:Né", "p:a/b"],
)
def test_what_is_no_term_is_refused(text: str) -> None:
    assert not is_curie(text)
    with pytest.raises(ValueError, match="is not a term; terms begin with one of dpv:"):
        iri(text)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("pd:IPAddress", "IP address"),
        ("pd:FavouriteColour", "Favourite colour"),
        ("pd:GPSTrack", "GPS track"),
        ("x:ShoeSize", "Shoe size"),
        ("eu-gdpr:A99-1", "A 99 1"),
    ],
)
def test_a_term_without_a_label_is_spelled_out(code: str, label: str) -> None:
    assert english(code) == label


@pytest.mark.parametrize(
    ("code", "scheme", "expected"),
    [
        ("pd:IPAddress", Scheme.DATA_CATEGORY, True),
        ("tech:Cookie", Scheme.DATA_CATEGORY, True),
        ("x:ShoeSize", Scheme.DATA_CATEGORY, True),
        ("x:ShoeSize", Scheme.PURPOSE, True),
        ("pd:IPAddress", Scheme.PURPOSE, False),
        ("pd:Unknown", Scheme.DATA_CATEGORY, False),
        ("x:not a term", Scheme.DATA_CATEGORY, False),
        ("dpv:Marketing", Scheme.LEGAL_BASIS, False),
    ],
)
def test_a_term_answers_only_its_own_question(code: str, scheme: Scheme, *, expected: bool) -> None:
    assert fits(code, scheme) is expected


@pytest.mark.parametrize(
    ("code", "scheme", "meant"),
    [
        ("pd:IpAdress", Scheme.DATA_CATEGORY, "pd:IPAddress"),
        ("dpv:EmailAddress", Scheme.DATA_CATEGORY, "pd:EmailAddress"),
        ("dpv:Analytics", Scheme.PURPOSE, "dpv:ServiceUsageAnalytics"),
        ("eu-gdpr:A6-1-F", Scheme.LEGAL_BASIS, "eu-gdpr:A6-1-f"),
        ("legitimate interest", Scheme.LEGAL_BASIS, "eu-gdpr:A6-1-f"),
        ("dpv:Controller", Scheme.ROLE, "eu-gdpr:Controller"),
        ("dpv:UntilEvent", Scheme.DURATION, "dpv:UntilEventDuration"),
    ],
)
def test_a_misspelled_term_brings_the_one_that_was_meant(
    code: str, scheme: Scheme, meant: str
) -> None:
    assert meant in suggest(code, scheme)


@given(st.text(max_size=200), st.sampled_from(Scheme))
def test_suggestions_are_few_and_fit(code: str, scheme: Scheme) -> None:
    suggestions = suggest(code, scheme)

    assert len(suggestions) <= 3
    assert all(fits(each, scheme) for each in suggestions)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pd:Health", True),
        ("pd:PoliticalOpinion", True),
        ("pd:TradeUnionMembership", True),
        ("pd:Fingerprint", True),
        ("eu-gdpr:GeneticData", True),
        ("pd:CriminalConviction", False),
        ("pd:EmailAddress", False),
        ("x:ShoeSize", False),
    ],
)
def test_article_9_data_is_known(code: str, *, expected: bool) -> None:
    assert vocabulary.is_special(code) is expected


def test_every_role_of_a_contact_has_a_term() -> None:
    assert all(fits(code, Scheme.ROLE) for code in vocabulary.CONTACT_TERMS.values())


def test_the_economic_area_has_thirty_countries() -> None:
    assert len(vocabulary.EEA) == 30
    assert {"DE", "FR", "IS", "LI", "NO"} <= vocabulary.EEA
    assert not {"CH", "GB", "US"} & vocabulary.EEA


def test_overseas_parts_of_a_member_state_are_inside() -> None:
    assert vocabulary.in_eea("RE")
    assert not vocabulary.in_eea("GL")


def test_countries_are_those_of_iso_3166() -> None:
    assert len(vocabulary.COUNTRIES) == 249
    assert vocabulary.EEA | vocabulary.EEA_TERRITORIES <= vocabulary.COUNTRIES
    assert set(Locale("en").territories) >= vocabulary.COUNTRIES


def test_regions_are_known_to_cldr() -> None:
    assert set(vocabulary.REGIONS) <= set(Locale("en").territories)


def test_an_adequacy_decision_is_dated_and_about_a_third_country() -> None:
    assert set(vocabulary.ADEQUACY) <= vocabulary.COUNTRIES - vocabulary.EEA
    assert all(" of " in note and "Decision" in note for note in vocabulary.ADEQUACY.values())
    assert set(vocabulary.ADEQUACY) >= vocabulary.PARTIAL_ADEQUACY
