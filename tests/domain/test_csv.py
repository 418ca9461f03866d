"""Tables as CSV keep to RFC 4180 and never start a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.rendering.csv import FORMULA_STARTS, harmless, recipients_csv
from tests.domain.editions import edition


def table(locale: str = "en") -> dict[str, Any]:
    found: dict[str, Any] = edition(locale)["sections"][2]["blocks"][0]
    return found


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_heads_are_the_labels_and_lines_end_as_the_standard_says() -> None:
    text = recipients_csv(table())

    assert lines(text)[0][:3] == ["Recipient", "Used on", "Purpose"]
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n") == 3


def test_lists_are_joined_and_addresses_kept() -> None:
    row = lines(recipients_csv(table()))[1]

    assert row[0] == "PayPal; PayPal, Inc.; United States; Payment"
    assert row[1] == "Example forum; Shop"
    assert row[4] == "Name; E-mail address; and more"
    assert row[8] == "https://pay.example.com/privacy"


def test_what_is_not_stated_is_empty_and_none_is_the_word_for_it() -> None:
    english = lines(recipients_csv(table()))[2]
    german = lines(recipients_csv(table("de"), locale="de"))[2]

    assert english[3:8] == ["", "none", "", "", ""]
    assert german[3:8] == ["", "keine", "", "", ""]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_would_start_a_formula_starts_with_an_apostrophe(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless(f" {start}1+1") == f"' {start}1+1"


@given(st.text(max_size=40))
def test_no_field_and_no_part_of_one_starts_a_formula(text: str) -> None:
    block = table()
    block["rows"][0]["purpose"] = text
    block["rows"][0]["recipient"]["name"] = text
    block["rows"][0]["locations"] = [{"label": text}, {"label": text}]
    block["columns"][0]["label"] = text

    fields = [field for line in lines(recipients_csv(block)) for field in line]

    parts = [part for field in fields for part in field.split(";")]
    assert not [part for part in parts if part.lstrip(" \u00a0").startswith(FORMULA_STARTS)]


def test_quotes_commas_and_breaks_survive_the_way_through_a_spreadsheet() -> None:
    block = table()
    block["columns"] = [{"key": "purpose", "label": 'Say "why",\nplease'}]
    block["rows"][0]["purpose"] = 'To "pay",\r\nand more'

    read = lines(recipients_csv(block))

    assert read[:2] == [['Say "why",\nplease'], ['To "pay", and more']]


def test_a_table_without_rows_has_its_heads() -> None:
    assert len(lines(recipients_csv({**table(), "rows": []}))) == 1


@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\u3000", "\ufeff", "\u2003"])
@pytest.mark.parametrize("start", [each for each in FORMULA_STARTS if each.strip()])
def test_no_space_hides_a_formula(before: str, start: str) -> None:
    assert harmless(f"{before}{start}1+1") == f"'{before}{start}1+1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_computes_whatever_a_spreadsheet_splits_at(delimiter: str) -> None:
    rows = table()
    rows["rows"][0]["purpose"] = 'Pay;=HYPERLINK("https://evil.example")\t=1+1'

    text = recipients_csv(rows)

    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = [cell for line in read for cell in line]
    assert [cell for cell in found if cell.lstrip(' "').startswith(FORMULA_STARTS)] == []
