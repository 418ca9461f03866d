"""Language tags: what is accepted, what they fall back to, what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain import languages
from policy_api.domain.languages import accept_language, canonical, direction, lookup, parents

TAGS = st.sampled_from(
    [
        "ar", "ar-XB", "az-IR", "ca-valencia", "cmn-TW", "de", "de-AT", "de-CH-1901",
        "de-DE-u-co-phonebk", "en", "en-001", "en-150", "en-CH", "en-GB", "en-US", "en-XA",
        "en-x-twain", "es", "es-419", "es-ES", "es-MX", "fa-AF", "he", "hi-Latn", "ht", "iw-IL",
        "nb", "nn-NO", "no", "pa-PK", "pt", "pt-AO", "pt-BR", "pt-PT", "sh-CS", "sl-rozaj-biske",
        "sr", "sr-latn-rs", "sr-ME", "tlh", "uz-AF", "yue-HK", "zh", "zh-Hans", "zh-Hant",
        "zh-HK", "zh-MO", "zh-TW",
    ]
)  # fmt: skip

REFUSED = [
    "", "e", "en_US", "en-", "-en", "en--US", "en-aaaaaaaaa", "en-a-bb-a-cc", "de-DE-1901-1901",
    "x-private", "i-klingon", "zh-Hant-Hans", "\u0435n", "en\0", "en\n", "../../etc/passwd", "*",
    "a" * 9000, ",".join(["en"] * 900), "und", "mul", "zxx", "xq", "en-a-bb", "de-DE-u", " en",
]  # fmt: skip


@pytest.mark.parametrize("tag", REFUSED)
def test_a_tag_that_names_no_language_is_refused_with_a_sentence(tag: str) -> None:
    with pytest.raises(ValueError, match=r"^.{20,200}\.$") as refusal:
        canonical(tag)

    assert str(refusal.value).isprintable()


def test_the_refusal_of_an_underscore_says_what_to_write() -> None:
    with pytest.raises(ValueError, match="write “en-US”"):
        canonical("en_US")


@pytest.mark.parametrize("tag", ["xx_", "en_aaaaaaaaa", "_", "\u0435n", "e_\u0435"])
def test_a_refusal_never_suggests_what_would_be_refused_again(tag: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*write)"):
        canonical(tag)


@pytest.mark.parametrize(
    ("tag", "form"),
    [
        ("EN-us", "en-US"),
        ("iw", "he"),
        ("in", "id"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("sh-CS", "sr-Latn-RS"),
        ("deu", "de"),
        ("cmn-Hant", "zh-Hant"),
        ("zh-yue-hk", "yue-HK"),
        ("de-1996", "de-1996"),
        ("DE-de-U-CO-phonebk", "de-DE-u-co-phonebk"),
        ("en-u-ca-gregory-t-de", "en-t-de-u-ca-gregory"),
        ("TLH", "tlh"),
        ("en-xa", "en-XA"),
        ("ar-xb", "ar-XB"),
    ],
)
def test_a_tag_has_one_canonical_form(tag: str, form: str) -> None:
    assert canonical(tag) == form


@given(TAGS)
def test_the_canonical_form_of_a_canonical_form_is_itself(tag: str) -> None:
    assert canonical(canonical(tag)) == canonical(tag)


@given(st.text(max_size=50))
def test_any_text_is_a_stable_tag_or_a_value_error(text: str) -> None:
    try:
        form = canonical(text)
    except ValueError:
        return

    assert canonical(form) == form
    assert parents(form) == parents(text)


@pytest.mark.parametrize(
    ("tag", "chain"),
    [
        ("es-MX", ("es-419", "es")),
        ("es-ES", ("es",)),
        ("en-CH", ("en-150", "en-001", "en")),
        ("en-US", ("en",)),
        ("pt-PT", ("pt",)),
        ("pt-AO", ("pt-PT", "pt")),
        ("zh-TW", ("zh-Hant-TW", "zh-Hant")),
        ("zh-MO", ("zh-Hant-MO", "zh-Hant-HK", "zh-Hant")),
        ("zh-CN", ("zh",)),
        ("zh-Hans-CN", ("zh-Hans", "zh")),
        ("sr-ME", ("sr-Latn-ME", "sr-Latn")),
        ("pa-PK", ("pa-Arab-PK", "pa-Arab")),
        ("nb-NO", ("nb", "no")),
        ("nn", ("no",)),
        ("ht", ()),
        ("hi-Latn", ()),
        ("de-DE-u-co-phonebk", ("de-DE", "de")),
        ("ca-valencia", ("ca",)),
        ("en-x-twain", ("en",)),
        ("en-XA", ("en",)),
        ("ar-XB", ("ar",)),
        ("tlh", ()),
    ],
)
def test_parents_follow_cldr_and_stay_in_the_language(tag: str, chain: tuple[str, ...]) -> None:
    assert parents(tag) == chain


@given(TAGS)
def test_every_chain_of_parents_ends_and_is_a_chain(tag: str) -> None:
    chain = (canonical(tag), *parents(tag))

    assert len(set(chain)) == len(chain) <= 8
    assert all(parents(each) == chain[at + 1 :] for at, each in enumerate(chain))


@pytest.mark.parametrize(
    ("ranges", "available", "found"),
    [
        (["de-AT", "fr"], ["fr", "de"], "de"),
        (["de-CH", "fr"], ["en", "fr"], "fr"),
        (["es-MX"], ["es", "es-419"], "es-419"),
        (["es-MX"], ["es"], "es"),
        (["es-MX"], ["es-ES"], "es-ES"),
        (["zh-TW"], ["zh", "zh-Hant"], "zh-Hant"),
        (["zh-TW"], ["zh", "zh-Hant-TW"], "zh-Hant-TW"),
        (["zh-TW"], ["zh"], None),
        (["zh-HK"], ["zh-Hant"], "zh-Hant"),
        (["zh-CN"], ["zh-Hans"], "zh-Hans"),
        (["zh-Hans"], ["zh"], "zh"),
        (["cmn-TW"], ["zh-Hant"], "zh-Hant"),
        (["en-CH"], ["en-US", "en-001"], "en-001"),
        (["pt-PT"], ["pt-BR", "pt-PT"], "pt-PT"),
        (["nn"], ["nb"], "nb"),
        (["no"], ["nn", "nb"], "nb"),
        (["nb"], ["nn"], None),
        (["sr-Latn"], ["sr"], None),
        (["ht"], ["fr"], None),
        (["iw"], ["he"], "he"),
        (["he"], ["iw"], "iw"),
        (["de-DE-u-co-phonebk"], ["de"], "de"),
        (["de"], ["de-AT"], None),
        (["en"], ["en-US", "en"], "en"),
        (["*"], ["de"], None),
        (["en_US", "de"], ["en", "de"], "de"),
        ([], ["de"], None),
        (["de"], [], None),
    ],
)
def test_lookup_serves_the_first_range_it_can(
    ranges: list[str], available: list[str], found: str | None
) -> None:
    assert lookup(ranges, available) == found


@given(st.lists(TAGS | st.text(max_size=12), max_size=6), st.lists(TAGS, max_size=6))
def test_lookup_returns_only_what_is_available(ranges: list[str], available: list[str]) -> None:
    found = lookup(ranges, available)

    assert found is None or found in available


@given(TAGS, st.lists(TAGS, max_size=6))
def test_a_tag_that_is_available_is_found(tag: str, others: list[str]) -> None:
    assert lookup([tag], [*others, tag]) is not None


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        ("", ()),
        ("de", ("de",)),
        ("de-AT, fr;q=0.8, *;q=0.1", ("de-AT", "fr", "*")),
        ("fr;q=0.2, de ; q=0.9,en;Q=1.000", ("en", "de", "fr")),
        ("fr, de", ("fr", "de")),
        ("en;q=0, de", ("de",)),
        ("de;q=2, fr;q=x, es;q=0.1234, it;level=1;q=0.5, pt;q=0.5", ("pt",)),
        ("en_US, de--AT, x-private, i-klingon, en-*, fr", ("fr",)),
        ("DE-at, iw", ("de-AT", "he")),
        ("de;q=0.1, de;q=0.7, fr;q=0.5", ("de", "fr")),
        (",,, ;q=1, ;;, de", ("de",)),
        ("*", ("*",)),
    ],
)
def test_accept_language_is_read_by_weight(header: str, ranges: tuple[str, ...]) -> None:
    assert accept_language(header) == ranges


def test_accept_language_looks_at_no_more_than_32_ranges() -> None:
    header = ",".join(["xx-bad"] * 32) + ",de"

    assert accept_language(header) == ()


def test_a_range_that_the_limit_cuts_in_two_is_not_used() -> None:
    header = "de," + " " * 4088 + "es-MX,fr"

    assert accept_language(header) == ("de",)


@given(st.text() | st.text(alphabet="abcDE-*;q=01., \t", max_size=200))
def test_accept_language_never_fails(header: str) -> None:
    ranges = accept_language(header)

    assert len(ranges) <= 32
    assert all(each == "*" or canonical(each) == each for each in ranges)


@pytest.mark.parametrize(
    "tag",
    [
        "ar", "ar-XB", "he", "iw", "fa", "ur", "ps", "yi", "dv", "ckb", "sd", "ug", "nqo", "syr",
        "az-Arab", "az-IR", "uz-Arab", "uz-AF", "pa-Arab", "pa-PK", "ku-Arab", "ff-Adlm", "rhg",
    ],
)  # fmt: skip
def test_languages_in_these_scripts_run_from_right_to_left(tag: str) -> None:
    assert direction(tag) == "rtl"


@pytest.mark.parametrize(
    "tag", ["de", "en-XA", "az", "uz", "pa", "ku", "zh-Hant", "tlh", "ar-Latn"]
)
def test_all_others_run_from_left_to_right(tag: str) -> None:
    assert direction(tag) == "ltr"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "de"),
        ("pt-BR", "pt_BR"),
        ("zh-TW", "zh_Hant_TW"),
        ("sr-ME", "sr_Latn_ME"),
        ("de-DE-u-co-phonebk", "de_DE"),
        ("en-XA", "en"),
        ("ar-XB", "ar"),
        ("tlh", "en"),
        ("x-private", "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_babel_gets_only_what_it_knows(tag: str, name: str) -> None:
    assert str(languages.babel_locale(tag)) == name


@given(st.text(max_size=40) | TAGS)
def test_there_is_a_babel_locale_for_any_text(text: str) -> None:
    assert languages.babel_locale(text).languages


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "Deutsch"),
        ("de-AT", "Österreichisches Deutsch"),
        ("fr", "français"),
        ("ar", "العربية"),
        ("zh-TW", "中文 (台灣)"),
        ("sr-Latn-RS", "srpski (latinica, Srbija)"),
        ("tlh", "Klingon"),
        ("qaa", "qaa"),
    ],
)
def test_a_language_is_called_by_its_own_name(tag: str, name: str) -> None:
    assert languages.autonym(tag) == name


def test_details_of_a_name_share_one_pair_of_brackets() -> None:
    name = languages.display_name("zh-Hans-CN", locale="de")

    assert name == "Chinesisch (vereinfacht, China)"
