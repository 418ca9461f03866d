"""Pages and lists over HTTP: they become entries of a draft, beside what there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from policy_api.domain.content.source import Source
from policy_api.domain.importing.page import PAGE_BYTES
from tests.access.people import Person, Someone, minted
from tests.domain.sources import edited, source
from tests.importing.cms import PAGE
from tests.importing.pages import HTML, TEXT
from tests.importing.workbooks import workbook

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET: Final = (
    '<row r="1"><c t="inlineStr"><is><t>Company</t></is></c>'
    '<c t="inlineStr"><is><t>Why</t></is></c></row>'
    '<row r="2"><c t="inlineStr"><is><t>Plot Pay</t></is></c>'
    '<c t="inlineStr"><is><t>Payments</t></is></c></row>'
)


def page(
    person: Person, raw: bytes, kind: str = "text/html", policy: str = "notice", **more: str
) -> TestResponse:
    asked = "&".join(f"{name}={value}" for name, value in {"policy": policy, **more}.items())
    return person.send("POST", f"/import/page?{asked}", data=raw, content_type=kind)


def listed(person: Person, raw: bytes, kind: str = "text/csv", query: str = "") -> TestResponse:
    return person.send("POST", f"/import/recipients{query}", data=raw, content_type=kind)


def entry(person: Person, draft: int, path: str) -> Any:  # noqa: ANN401 -- any JSON
    answer = person.get(f"/drafts/{draft}/entries/{path}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.fixture
def first(app: Flask, now: datetime) -> Person:
    """Return somebody who may do everything where nothing is published yet."""
    with time_machine.travel(now, tick=False):
        token, token_id = minted(app, "*:*", holder="Ada", now=now)
    return Person(client=app.test_client(), token=token, token_id=token_id)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (TEXT.encode(), "text/plain"),
        (HTML.encode(), "text/html"),
        (PAGE.encode("windows-1252"), "text/html"),
        (TEXT.encode("windows-1252"), "text/plain; charset=windows-1252"),
    ],
)
def test_a_page_becomes_a_draft_that_holds_all_of_it(editor: Person, raw: bytes, kind: str) -> None:
    answer = page(editor, raw, kind, site="shop")

    told = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == told["href"]
    assert (told["count"]["percent"], told["count"]["missing"]) == (100.0, [])
    assert "policies/notice" in told["entries"]
    assert entry(editor, told["draft"], "policies/notice")["source_locale"] == "en"


def test_what_there_is_stays_as_it_is(editor: Person) -> None:
    told = page(editor, HTML.encode(), site="shop", organization="Somebody else").get_json()

    assert "organization" not in told["entries"]
    assert not [path for path in told["entries"] if path.startswith("sites/")]


def test_the_first_page_of_all_brings_its_organization_and_site(
    first: Person, now: datetime
) -> None:
    with time_machine.travel(now, tick=False):
        told = page(
            first, HTML.encode(), organization="Allotments", hosts="a.example,b.example"
        ).get_json()
        site = entry(first, told["draft"], "sites/main")
        organization = entry(first, told["draft"], "organization")

    assert site["hosts"] == ["a.example", "b.example"]
    assert organization["name"] == "Allotments"


def test_nobody_s_name_is_told(first: Person, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        notes = page(first, HTML.encode()).get_json()["notes"]

    assert [note["detail"] for note in notes if note["text"] == "Example organization"] == [
        "Nobody said who publishes the policy; put the name in."
    ]


def test_a_site_that_lists_its_policies_gets_the_new_one(
    releases: Callable[[Source], int], editor: Person
) -> None:
    releases(source(edited("sites/shop", policies=["privacy"])))

    told = page(editor, HTML.encode(), site="shop").get_json()

    assert entry(editor, told["draft"], "sites/shop")["policies"] == ["privacy", "notice"]


def test_a_recipient_that_is_known_is_not_doubled(editor: Person) -> None:
    known = editor.draft()
    editor.write(known, "recipients/pay", {"name": "Plot Pay", "country": "FR"})

    told = page(editor, HTML.encode(), site="shop", draft=known.rpartition("/")[2]).get_json()

    assert "recipients/plot-pay" not in told["entries"]
    assert entry(editor, told["draft"], "recipients/pay") == {
        "name": "Plot Pay",
        "country": "FR",
        "url": "https://pay.example",
        "privacy_policy_url": "https://pay.example/privacy",
    }


def test_a_policy_that_is_there_is_not_overwritten(editor: Person) -> None:
    answer = page(editor, HTML.encode(), policy="privacy")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["detail"] == "There is a policy “privacy” already."
    assert editor.get("/drafts").get_json()["items"] == []


def test_what_shall_be_left_out_is_said_in_the_address(editor: Person) -> None:
    told = page(
        editor, TEXT.encode(), "text/plain", site="shop", drop="Menu,imp*", headings="France"
    ).get_json()

    dropped = [note["text"] for note in told["notes"] if note["kind"] == "dropped"]
    assert dropped == ["Menu", "Imprint"]
    assert "policies/notice/sections/france" in told["entries"]


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"", "text/html", 422),
        (b"<p>caf\xe9</p>", "text/html", 422),
        (b"<p>text</p>", "text/html; charset=utf-7", 422),
        (b"<div>" * 5_000, "text/html", 422),
        (b"a" * (PAGE_BYTES + 1), "text/plain", 413),
        (b"a" * 50_000_000, "text/plain", 413),
        (b"{}", "application/json", 415),
        (b"\x00", "text/plain", 422),
    ],
)
def test_what_is_no_page_is_refused_and_leaves_nothing(
    editor: Person, raw: bytes, kind: str, status: int
) -> None:
    answer = page(editor, raw, kind)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert editor.get("/drafts").get_json()["items"] == []


@pytest.mark.parametrize(
    ("scope", "status"), [("*:write", 201), ("*:translate", 403), ("shop:write", 403)]
)
def test_a_token_needs_to_be_good_for_all_sites(someone: Someone, scope: str, status: int) -> None:
    ada = someone(scope)

    answers = [page(ada, HTML.encode(), site="shop"), listed(ada, b"Company\nPlot Pay\n")]

    assert [answer.status_code for answer in answers] == [status, status]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"Company,Why\nPlot Pay,Payments\n", "text/csv"),
        ("Company;Why\nPlot Pay;Payments\n".encode("utf-16"), "text/csv"),
        (workbook(SHEET), XLSX),
    ],
)
def test_a_list_becomes_rows_of_a_table(editor: Person, raw: bytes, kind: str) -> None:
    answer = listed(editor, raw, kind, "?policy=privacy&table=helpers")

    told = answer.get_json()
    assert answer.status_code == 201, answer.text
    assert told["columns"] == {"Company": "recipient", "Why": "purpose"}
    table = entry(editor, told["draft"], "policies/privacy/tables/helpers")
    assert [(row["recipient"], row["purpose"]) for row in table["rows"]] == [
        ("plot-pay", "Payments")
    ]


def test_columns_can_be_named(editor: Person) -> None:
    raw = "Wer,Wofür\nPlot Pay,Zahlungen\n".encode()

    told = listed(editor, raw, query="?map=Wer=recipient,Wofür=service").get_json()

    assert entry(editor, told["draft"], "recipients/plot-pay") == {
        "name": "Plot Pay",
        "service": "Zahlungen",
    }


def test_a_list_that_says_nothing_new_opens_no_draft(
    releases: Callable[[Source], int], editor: Person
) -> None:
    releases(source({"recipients/plot-pay": {"name": "Plot Pay"}}))

    answer = listed(editor, b"Company\nPlot Pay\n")

    assert answer.status_code == 200
    assert (answer.get_json()["entries"], answer.get_json()["draft"]) == ([], None)
    assert editor.get("/drafts").get_json()["items"] == []


@pytest.mark.parametrize(
    ("raw", "query", "status"),
    [
        (b"Colour\nred\n", "", 422),
        (b"Company\nPlot Pay\n", "?policy=nowhere&table=helpers", 400),
        (b"Company\nPlot Pay\n", "?map=Nothing=recipient", 422),
        (b"Company\nPlot Pay\n", "?map=Company=colour", 422),
        (b"Company\nCaf\xe9\n", "", 422),
        (b"Company\nPlot Pay\n", "?draft=99", 404),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(
    editor: Person, raw: bytes, query: str, status: int
) -> None:
    answer = listed(editor, raw, query=query)

    assert answer.status_code == status
    assert editor.get("/drafts").get_json()["items"] == []
