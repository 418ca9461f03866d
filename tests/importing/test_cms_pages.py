"""Pages of content management systems: every sentence and cell of them is on the served page."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from policy_api.domain.importing.draft_bundle import Drafted, Wanted, draft_source
from policy_api.domain.importing.reading import Reading, read_page
from policy_api.domain.planning.stamp import Stamp, stamped
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.rendering.html import PageView, page
from policy_api.errors import BadInput
from tests.importing.cms import CELLS, PAGE, SENTENCES
from tests.importing.pages import drafted

TABLES = "policies/privacy/tables"
SECTIONS = "policies/privacy/sections"


NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
FIRST = Stamp(
    number=1,
    material_number=1,
    kind="change",
    significance="material",
    title={},
    summary={},
    published_at=NOW,
    effective_at=NOW,
)


class Words(HTMLParser):
    """The words of a page, whatever stands between them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def seen(html: str) -> str:
    """Return what a reader sees of a page, on one line; tags inside a sentence part nothing."""
    words = Words()
    words.feed(html)
    return " ".join("".join(words.found).split())


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_page(PAGE.encode("windows-1252"))


@pytest.fixture(scope="module")
def found(reading: Reading) -> Drafted:
    return draft_source(reading.page, Wanted(base_url="https://bees.example/privacy"))


@pytest.fixture(scope="module")
def served(found: Drafted) -> str:
    content = Composer(found.source).content("main", "privacy", "en")
    edition = stamped(content, FIRST, before=None)
    rest = {"status": "current", "superseded_at": None, "upcoming": None, "digest": None}
    return seen(page({**edition, **rest, "links": {}}, view=PageView()))


@pytest.mark.parametrize("sentence", [*SENTENCES, *CELLS])
def test_each_sentence_and_cell_is_on_the_page_that_is_served(sentence: str, served: str) -> None:
    assert sentence in served


def test_the_count_agrees(reading: Reading, found: Drafted) -> None:
    count = reading.count(Composer(found.source).content("main", "privacy", "en"))

    assert count.missing == ()
    assert count.sentences + count.cells > 60


def test_two_lines_of_heads_name_the_columns(found: Drafted) -> None:
    table = found.source.entries[f"{TABLES}/who-receives-data"]

    assert table["columns"] == ["recipient", "purpose", "legal_basis", "data_categories"]
    assert [row["recipient"] for row in table["rows"]] == ["payco", "payco"]
    assert table["rows"][1]["purpose"] == "Fraud checks"
    assert table["rows"][1]["data_categories"] == ["ip-address", "device"]


def test_a_line_across_a_table_is_no_recipient(found: Drafted) -> None:
    blocks = found.source.entries[f"{SECTIONS}/who-receives-data"]["blocks"]

    names = [found.source.entries[path]["name"] for path in found.source.paths("recipients/")]
    assert names == ["MailBird", "Päyco"]
    assert [block.get("table") or block["markdown"] for block in blocks] == [
        "who-receives-data",
        "- Processing: Purpose, Legal basis",
        "The following only with your consent:",
        "who-receives-data-2",
        "As of March 2024.",
    ]


def test_a_table_that_only_arranges_the_page_is_no_table(found: Drafted) -> None:
    texts = [
        block.get("markdown", "")
        for block in found.source.entries[f"{SECTIONS}/your-rights"]["blocks"]
    ]

    assert any("### Write to us\n\nBy letter.\n\nBy mail.\n\nAnna" in text for text in texts)
    assert sum("| Right | Article |" in text for text in texts) == 2


def test_what_was_struck_through_stays_so(found: Drafted) -> None:
    texts = "".join(
        block.get("markdown", "")
        for block in found.source.entries[f"{SECTIONS}/your-rights"]["blocks"]
    )

    assert "~~§ 19~~ § 34" in texts
    assert "15¹" in texts


def test_items_keep_their_numbers_and_the_words_behind_an_inner_list(found: Drafted) -> None:
    rights = found.source.entries[f"{SECTIONS}/your-rights"]["blocks"][0]["markdown"]
    data = found.source.entries[f"{SECTIONS}/which-data"]["blocks"][0]["markdown"]

    assert rights.startswith("3. Access.\n\n    In writing, if you like.\n4. Erasure")
    assert "- Orders\n    - of honey\n    - of wax\n\n    and what was paid" in data


def test_terms_and_summaries_stand_out(found: Drafted) -> None:
    texts = [found.source.entries[path] for path in found.source.paths(f"{SECTIONS}/")]

    told = "\n".join(block.get("markdown", "") for entry in texts for block in entry["blocks"])
    assert "**Cookies**\n\nSmall files." in told
    assert "**Who is responsible?**" in told


def test_what_readers_do_not_see_at_once_is_told(found: Drafted) -> None:
    told = {(note.kind, note.text) for note in found.notes}

    assert ("left_out", "Federal Data Protection Act") in told
    assert ("guessed", "windows-1252") in told
    assert ("guessed", "<p>") in told
    assert ("changed", "As of March 2024.") in told


def test_hundreds_of_paragraphs_without_an_end_are_not_deep() -> None:
    html = "<h1>Policy</h1>" + "".join(f"<p>Sentence {n}. " for n in range(900))
    rows = "".join(f"<tr><td>Name {n}<td>Why {n}" for n in range(400))

    _, count = drafted(f"{html}<table><tr><th>Recipient<th>Purpose{rows}</table>")

    assert count.missing == ()
    assert (count.sentences, count.cells) == (901, 802)


def test_a_stray_end_tag_in_a_cell_does_not_end_the_table() -> None:
    html = (
        "<h1>Policy</h1><div><table><tr><th>Recipient</th><th>Purpose</th></tr>"
        "<tr><td>A</td></div><td>Letters</td></tr></table></div>"
    )

    found, count = drafted(html)

    assert count.missing == ()
    assert found.source.entries[f"{TABLES}/introduction"]["rows"][0]["purpose"] == "Letters"


TEXT = "<h1>Política</h1><p>Größe – “ñ” 5 €.</p>"


@pytest.mark.parametrize(
    ("raw", "stated"),
    [
        (f'<meta charset="utf-8">{TEXT}'.encode(), ""),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("utf-16"), ""),
        (f"<meta charset=windows-1252>{TEXT}".encode("cp1252"), ""),
        (f"<META CHARSET='ISO-8859-1'>{TEXT}".encode("cp1252"), ""),
        (f'<meta charset="windows-1252">{TEXT}'.encode(), ""),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode("utf-16-be"), "utf-16be"),
    ],
)
def test_a_page_is_read_in_its_encoding(raw: bytes, stated: str) -> None:
    reading = read_page(raw, encoding=stated)

    assert "Größe – “ñ” 5 €." in reading.text


@pytest.mark.parametrize(
    ("raw", "stated", "reason"),
    [
        (TEXT.encode("cp1252"), "", "The file is not UTF-8."),
        (TEXT.encode("cp1252"), "utf-8", "The file is not utf-8."),
        (b'<meta charset="windows-1252"><p>\x81</p>', "", "The file is not windows-1252."),
        (TEXT.encode("utf-32"), "", "The file is UTF-32."),
        ("<p>text</p>".encode("utf-16-le"), "", "The file holds NUL characters"),
        (b"<p>+ADw-script+AD4-</p>", "utf-7", "The encoding utf-7 is not known."),
    ],
)
def test_an_encoding_nobody_names_is_not_guessed(raw: bytes, stated: str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_page(raw, encoding=stated)

    assert reason in str(refusal.value)


def test_marks_that_turn_the_direction_do_not_refuse_a_page() -> None:
    found, count = drafted("<h1>Policy</h1><p>one &#x202e;two</p><p>thr&shy;ee&#8203;</p>")

    assert count.missing == ()
    assert "The text" not in " ".join(note.detail for note in found.notes)
    assert [note.text for note in found.notes if note.kind == "changed"] == ["one two"]
