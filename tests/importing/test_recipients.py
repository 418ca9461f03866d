"""Lists of recipients become entries and rows; known ones are updated, never doubled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from policy_api.domain.content.source import Source
from policy_api.domain.entries.checks import check_source
from policy_api.domain.importing.columns import chosen_columns, column_of, columns_of
from policy_api.domain.importing.recipients import ImportedRecipients, import_recipients
from policy_api.domain.importing.spreadsheet import read_spreadsheet
from policy_api.errors import BadInput
from tests.domain.sources import source
from tests.importing.workbooks import workbook, zipped

CSV = """\
Company;Country;Data location;What for;Legal basis;Personal data;Privacy policy;Comment
Payer;US;USA;Takes cards;Contract;"Name, Card number";https://payer.example/privacy;old
Post Office;FR;Paris, France;Sends letters;legitimate interests;Address;http://post.example/p;
;;;;;;;nobody
"""


def imported(text: str, *maps: str, table: str = "services") -> ImportedRecipients:
    grid = read_spreadsheet(text.encode())
    heads = [cell.text for cell in grid.head]
    return import_recipients(
        source(),
        grid,
        chosen=chosen_columns(maps, heads),
        locale="en",
        policy="privacy",
        table=table,
    )


MAPS = ("Country=country", "What for=purpose")


def test_recipients_and_rows_come_of_a_list() -> None:
    done = imported(CSV, *MAPS)

    after = source().replace(done.edits)
    assert check_source(after) == ()
    assert after.entries["recipients/post-office"] == {
        "name": "Post Office",
        "country": "FR",
        "privacy_policy_url": "https://post.example/p",
    }
    rows = {each["key"]: each for each in after.entries["policies/privacy/tables/services"]["rows"]}
    assert rows["post-office"]["purpose"] == "Sends letters"
    assert rows["post-office"]["locations"] == [{"country": "FR", "place": "Paris"}]
    assert rows["post-office"]["applies_to"] == ["*"]


def test_a_known_recipient_keeps_its_row_and_its_sites() -> None:
    done = imported(CSV, *MAPS)

    rows = done.edits["policies/privacy/tables/services"]["rows"]
    paid = [each for each in rows if each["recipient"] == "payer"]
    assert [each["key"] for each in paid] == ["payments"]
    assert paid[0]["applies_to"] == ["shop"]
    assert paid[0]["purpose"] == "Takes cards"
    assert paid[0]["purposes"] == ["dpv:TechnicalServiceProvision"]


def test_what_is_stated_already_is_kept_and_the_difference_told() -> None:
    done = imported("Name,Country\nPayer,Canada\n", "Country=country", table="")

    assert "recipients/payer" not in done.edits
    assert [(note.kind, note.text) for note in done.notes] == [("not_placed", "Canada")]


def test_without_a_table_only_the_recipients_are_taken() -> None:
    done = imported(CSV, *MAPS, table="")

    assert set(done.edits) == {"recipients/payer", "recipients/post-office"}
    assert any("--table" in note.detail for note in done.notes)


def test_a_comment_and_a_line_without_a_name_are_told() -> None:
    told = [note.text for note in imported(CSV, *MAPS).notes if note.kind == "not_placed"]

    assert "old" in told
    assert "nobody" in told


def test_importing_again_changes_nothing() -> None:
    grid = read_spreadsheet(CSV.encode())
    chosen = chosen_columns(MAPS, [cell.text for cell in grid.head])
    wanted = {"chosen": chosen, "locale": "en", "policy": "privacy", "table": "services"}
    after = source().replace(imported(CSV, *MAPS).edits)

    assert import_recipients(after, grid, **wanted).edits == {}  # type: ignore[arg-type]


def test_a_list_without_names_is_refused() -> None:
    with pytest.raises(BadInput, match="names the recipients"):
        imported("Colour,Size\nred,1\n")


@pytest.mark.parametrize("wrong", ["Company=nothing", "Nothing=purpose", "Company"])
def test_a_mapping_that_leads_nowhere_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput):
        chosen_columns([wrong], ["Company"])


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("Lawful basis", "legal_basis"),
        ("Personal data collected by the third party", "data_categories"),
        ("Zweck der Verarbeitung", "purpose"),
        ("Destinataire", "recipient"),
        ("País", "locations"),
        ("Opening hours", None),
        ("A very long sentence that only mentions the purpose of it all among other words", None),
    ],
)
def test_heads_are_understood_in_several_languages(head: str, column: str | None) -> None:
    assert column_of(head) == column


def test_each_column_is_taken_once_and_the_user_wins() -> None:
    heads = ["Provider", "Company", "Country"]

    assert columns_of(heads) == ("recipient", "", "locations")
    assert columns_of(heads, {"company": "recipient"}) == ("", "recipient", "locations")


def test_marks_that_guard_against_formulas_are_taken_off() -> None:
    grid = read_spreadsheet(b"Name,Purpose\nA,'=1+1\nB,'it''s\n")

    assert [row[1].text for row in grid.rows] == ["=1+1", "'it''s"]


def test_the_first_sheet_of_a_workbook_is_read() -> None:
    strings = "<si><t>Name</t></si><si><r><t>Pay</t></r><r><t>er</t></r><rPh><t>x</t></rPh></si>"
    sheet = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Why</t></is></c>'
        '</row><row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4"><v>12</v></c><c r="C4" t="str">'
        '<f>1</f><v>Cards</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>'
    )

    grid = read_spreadsheet(workbook(sheet, strings=strings))

    assert [cell.text for cell in grid.head] == ["Name", "", "Why", "", ""]
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["Payer", "12", "Cards", "true", ""]
    ]
    assert grid.rows[0][0].line == 4


def test_sheets_that_are_not_read_are_named() -> None:
    sheet = '<row><c t="str"><v>Recipient</v></c></row><row><c t="str"><v>Payer</v></c></row>'

    grid = read_spreadsheet(workbook(sheet))
    done = import_recipients(Source.from_entries({}), grid, chosen={}, locale="en")

    (note,) = done.notes
    assert (note.kind, note.text) == ("not_placed", "B")
    assert note.detail == "Only the first sheet is read."


def bomb() -> bytes:
    return zipped({"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 50_000_000})


def entity() -> bytes:
    return zipped(
        {"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x/>'}
    )


def many_parts() -> bytes:
    return zipped({f"part{number}": b"" for number in range(600)})


def encrypted() -> bytes:
    raw = bytearray(workbook("<row/>"))
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive:
        offset = archive.getinfo("xl/worksheets/first.xml").header_offset
    raw[offset + 6] |= 1
    return bytes(raw)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb": bomb,
    "entity": entity,
    "many parts": many_parts,
    "encrypted": encrypted,
    "cut off": lambda: workbook("<row/>")[:-40],
    "empty zip": lambda: zipped({}),
    "far column": lambda: workbook('<row><c r="XFD1"><v>1</v></c></row>'),
    "no zip": lambda: b"PK\x03\x04 nonsense",
    "not utf-8": lambda: "Name\nCafé\n".encode("latin-1"),
    "utf-16 without mark": lambda: "Name\nA\n".encode("utf-16-be"),
    "open quote": lambda: b'Name\n"never closed',
    "many rows": lambda: b"Name\n" + b"A\n" * 10_000,
    "many fields": lambda: b"Name\n" + b"," * 500_000,
    "long field": lambda: b"Name\n" + b"a" * 500_000,
    "too large": lambda: b"a" * 3_000_000,
    "empty": lambda: b"",
    "control": lambda: b"Name\nA\x07\n",
    "turned": lambda: b"Name\nA\xe2\x80\xaeB\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tables_are_refused(name: str) -> None:
    with pytest.raises(BadInput):
        read_spreadsheet(HOSTILE[name]())
