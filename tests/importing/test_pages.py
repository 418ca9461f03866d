"""Nothing of a page gets lost on its way to a draft, and everything is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.content.yaml_writer import yaml_text
from policy_api.domain.entries.checks import check_source
from policy_api.domain.importing.draft_bundle import Drafted
from policy_api.domain.importing.page import Dropping
from policy_api.domain.importing.reading import Kind, read_page
from policy_api.domain.rendering.edition import Composer
from tests.importing.pages import HTML, TEXT, drafted

PREFIX = "policies/privacy"


def headings(found: Drafted) -> list[str]:
    order = found.source.entries[PREFIX]["sections"]
    return [found.source.entries[f"{PREFIX}/sections/{key}"]["heading"] for key in order]


def row(found: Drafted, table: str, key: str) -> dict[str, object]:
    rows = found.source.entries[f"{PREFIX}/tables/{table}"]["rows"]
    return next(each for each in rows if each["key"] == key)


def everything(found: Drafted) -> str:
    return "\n".join(yaml_text(entry) for entry in found.source.entries.values())


def told(found: Drafted, kind: str) -> list[str]:
    return [note.text for note in found.notes if note.kind == kind]


@pytest.mark.parametrize("page", [TEXT, HTML])
def test_every_sentence_and_cell_is_in_the_edition(page: str) -> None:
    found, count = drafted(page)

    assert count.missing == ()
    assert count.share == 100.0
    assert count.sentences > 20
    assert count.cells > 20
    assert check_source(found.source) == ()


@pytest.mark.parametrize("page", [TEXT, HTML])
def test_a_sentence_that_is_taken_out_is_missed(page: str) -> None:
    reading = read_page(page.encode())
    found, _ = drafted(page)
    sections = [p for p in found.source.paths(f"{PREFIX}/sections/") if "what-we-keep" in p]
    entry = found.source.entries[sections[0]]
    shorter = {**entry, "blocks": [{**entry["blocks"][0], "markdown": "Gone."}]}

    source = found.source.replace({sections[0]: shorter})
    count = reading.count(Composer(source).content("main", "privacy", "en"))

    assert count.missing
    assert count.share < 100


@pytest.mark.parametrize("field", ["legal_basis", "locations", "data_categories", "purpose"])
def test_a_fact_that_is_changed_is_missed(field: str) -> None:
    reading = read_page(TEXT.encode())
    found, _ = drafted(TEXT)
    path = f"{PREFIX}/tables/others-who-get-something"
    other = {
        "legal_basis": "eu-gdpr:A6-1-c",
        "locations": [{"country": "JP"}],
        "data_categories": [],
        "purpose": "Something else",
    }
    rows = found.source.entries[path]["rows"]
    changed = {
        **found.source.entries[path],
        "rows": [{**rows[0], field: other[field]}, *rows[1:]],
    }

    source = found.source.replace({path: changed})
    count = reading.count(Composer(source).content("main", "privacy", "en"))

    assert [each.what for each in count.missing] == ["cell"]


def test_a_page_that_says_something_twice_wants_it_twice() -> None:
    page = "<h1>Policy</h1><h2>One</h2><p>We keep nothing.</p><h2>Two</h2><p>We keep nothing.</p>"
    reading = read_page(page.encode())
    found, count = drafted(page)
    path = f"{PREFIX}/sections/two"
    entry = found.source.entries[path]
    other = {**entry, "blocks": [{**entry["blocks"][0], "markdown": "We keep all."}]}

    less = reading.count(
        Composer(found.source.replace({path: other})).content("main", "privacy", "en")
    )

    assert count.missing == ()
    assert [each.text for each in less.missing] == ["We keep nothing."]


def test_headings_of_plain_text_become_sections() -> None:
    found, _ = drafted(TEXT)

    wanted = ["Who we are", "What we keep", "Helpers", "Others who get something", "How long"]
    assert [each for each in headings(found) if each in wanted] == wanted
    assert found.source.entries[PREFIX]["title"] == "Privacy notice"
    assert "What we keep" in told(found, "guessed")


def test_headings_of_html_become_sections_and_lower_ones_stay_inside() -> None:
    found, _ = drafted(HTML)

    assert headings(found) == [
        "Before the policy", "Introduction", "What we keep", "Who gets it", "Opening hours",
        "Opt out",
    ]  # fmt: skip
    kept = found.source.entries[f"{PREFIX}/sections/what-we-keep"]
    assert [block["key"] for block in kept["blocks"]] == ["text", "in-detail"]
    assert kept["blocks"][1]["markdown"].startswith("#### In detail\n\n1\\. not a list")


def test_a_flattened_table_is_recognised_with_its_columns() -> None:
    found, count = drafted(TEXT)

    pay = row(found, "others-who-get-something", "plot-pay")
    assert pay["legal_basis"] == "eu-gdpr:A6-1-b"
    assert pay["locations"] == [{"country": "US"}]
    assert pay["data_categories"] == ["card-number", "name"]
    assert pay["data_categories_open"] is True
    assert row(found, "others-who-get-something", "map-tiles")["data_categories"] == []
    assert row(found, "others-who-get-something", "map-tiles")["locations"] == [{"region": "001"}]
    assert count.by_meaning


def test_a_cell_of_two_lines_does_not_shift_the_row() -> None:
    found, _ = drafted(TEXT)

    shed = row(found, "others-who-get-something", "chat-shed")

    assert shed["locations"] == [{"country": "FR", "place": "Lyon"}]
    assert shed["data_categories"] == ["email-address", "nickname", "messages"]


def test_a_table_without_links_or_bases_ends_where_a_section_begins() -> None:
    found, _ = drafted(TEXT)

    rows = found.source.entries[f"{PREFIX}/tables/helpers"]["rows"]

    assert [each["key"] for each in rows] == ["server-farm"]
    assert found.source.entries["recipients/server-farm"]["service"].startswith("Machines,")
    assert rows[0]["locations"] == [{"country": "FR", "region": "150"}]


def test_what_no_field_takes_stands_below_the_table() -> None:
    found, _ = drafted(HTML)

    blocks = found.source.entries[f"{PREFIX}/sections/who-gets-it"]["blocks"]

    assert [block["kind"] for block in blocks] == ["recipients_table", "text"]
    below = blocks[1]["markdown"]
    assert "- **Plot Pay** Remarks: only in the **shop**" in below
    assert "- **Mail Pigeon** Legal basis: Consent (in the form)" in below
    assert "/pigeon" in below
    assert "Consent (in the form)" in told(found, "not_placed")


def test_addresses_of_html_are_kept_with_their_recipients() -> None:
    found, _ = drafted(HTML)

    pay = found.source.entries["recipients/plot-pay"]

    assert pay["url"] == "https://pay.example"
    assert pay["privacy_policy_url"] == "https://pay.example/privacy"
    assert "link" in told(found, "changed")


def test_relative_links_follow_the_address_of_the_page() -> None:
    found, count = drafted(HTML, base_url="https://allotment.example/privacy")

    text = everything(found)

    assert "[write](https://allotment.example/contact)" in text
    assert count.missing == ()


def test_other_tables_stay_tables_in_the_text() -> None:
    found, _ = drafted(HTML)

    block = found.source.entries[f"{PREFIX}/sections/opening-hours"]["blocks"][0]

    assert block["markdown"].splitlines()[:3] == [
        "| Day | Hours \\| from – to |", "| --- | --- |", "| Monday | 9–12 |",
    ]  # fmt: skip
    assert block["markdown"].count("Friday") == 2


def test_what_is_no_text_is_told() -> None:
    found, _ = drafted(HTML)

    left_out = " ".join(told(found, "left_out"))

    for each in ("color: green", "not a text", "stats.example/optout", "Jane"):
        assert each in left_out
    assert "A seed" in told(found, "guessed")
    assert "javascript:alert(1)" in told(found, "not_placed")


def test_nothing_is_dropped_unless_asked() -> None:
    text = everything(drafted(TEXT)[0])

    for each in ("Jump to the text", "OPEN AN ACCOUNT", "Imprint", "Jobs", "seeds"):
        assert each in text


def test_what_is_dropped_as_asked_is_told() -> None:
    dropping = Dropping(patterns=("Menu", "imp*", "<nav>"), lines=((1, 1), (4, 5)))

    plain, count = drafted(TEXT, dropping=dropping)
    html, html_count = drafted(HTML, dropping=Dropping(patterns=("<nav>", "<footer>")))

    assert told(plain, "dropped") == [
        "Jump to the text",
        "Menu",
        "Blog",
        "OPEN AN ACCOUNT",
        "Imprint",
    ]
    assert told(html, "dropped") == ["Home Shop", "Imprint"]
    assert "Before the policy" not in headings(html)
    assert count.missing == html_count.missing == ()


def test_every_note_has_the_line_it_is_about() -> None:
    for page in (TEXT, HTML):
        found, _ = drafted(page)
        lines = page.splitlines()
        for note in found.notes:
            assert 1 <= note.line <= len(lines)
            if note.kind == "guessed" and note.detail.startswith("Taken for the column"):
                assert note.text in lines[note.line - 1]


def test_wrapped_text_is_joined_and_addresses_keep_their_lines() -> None:
    page = (
        "# Privacy policy\n\n## Who we are\n\n"
        "We are a club of gardeners who all meet every week in\n"
        "the garden behind the station.\n\nGarden Lane 4\n69001 Lyon\n\n## Data\n\n- one thing\n"
        "  that goes on\n- another\n\n| Recipient | Country |\n|---|---|\n| A | France |\n"
    )

    found, count = drafted(page, kind=Kind.TEXT)

    text = found.source.entries[f"{PREFIX}/sections/who-we-are"]["blocks"][0]["markdown"]
    assert "every week in the garden behind" in text
    assert "Garden Lane 4\\\n69001 Lyon" in text
    assert row(found, "data", "a")["locations"] == [{"country": "FR"}]
    assert count.missing == ()


def test_a_heading_can_be_named() -> None:
    page = "Privacy policy\nWe keep nothing at all about you, and that is the whole truth.\nodd\nx"

    reading = read_page(page.encode(), headings=("odd",))

    assert [piece.line for piece in reading.page.pieces if type(piece).__name__ == "Heading"] == [
        1,
        3,
    ]


WORDS = st.text(
    alphabet=st.sampled_from("aB9 .,:;!?-+*_`[](){}<>#|~&\\/\"'@=éß字“…–"), min_size=1, max_size=40
).filter(lambda text: any(char.isalnum() for char in text))
TAGS = st.sampled_from(["p", "div", "h2", "h3", "li", "ul", "b", "em", "a", "td", "tr", "table"])


@given(st.lists(WORDS, min_size=1, max_size=12))
def test_any_lines_of_text_are_all_there(lines: list[str]) -> None:
    _, count = drafted("\n".join(lines), kind=Kind.TEXT)

    assert count.missing == ()


@given(st.lists(st.tuples(TAGS, WORDS, st.booleans()), min_size=1, max_size=12))
def test_any_html_is_all_there(parts: list[tuple[str, str, bool]]) -> None:
    page = "".join(
        f"<{tag}>{words.replace('&', '&amp;').replace('<', '&lt;')}{f'</{tag}>' if closed else ''}"
        for tag, words, closed in parts
    )

    _, count = drafted(page, kind=Kind.HTML)

    assert count.missing == ()
