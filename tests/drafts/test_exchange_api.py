"""Translations over HTTP: texts go out to translators and come back into a draft."""

from __future__ import annotations

import io
from typing import Any, Final

import pytest
from flask import Flask

from policy_api.db.base import db
from policy_api.domain.content.source import Source
from policy_api.domain.translation.exchange import EXCHANGE_BYTES, Format, read_file
from policy_api.domain.translation.units import State, work_units
from policy_api.drafts import service
from policy_api.ledger import queries as ledger
from tests.access.people import DPO, Person, minted
from tests.drafts.exchanging import PO, TAKE_BACK, XLIFF, drafts, exported, greeting, sent
from tests.journeys.conftest import LOADED_AT, sample_app, sample_file, sample_key, sample_url

WELCOME: Final = "policies/privacy/locales/de/sections/welcome"
INTRO: Final = "sections/welcome/blocks/intro/markdown"

FORMATS: Final = [
    pytest.param("/export/xliff", XLIFF, Format.XLIFF, id="2.1"),
    pytest.param("/export/xliff?version=1.2", XLIFF, Format.XLIFF_12, id="1.2"),
    pytest.param("/export/po", PO, Format.PO, id="po"),
]

BOMB: Final = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xliff>&b;</xliff>'
)
HOSTILE: Final = {
    "entities": (XLIFF, BOMB),
    "external entity": (
        XLIFF,
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>',
    ),
    "external dtd": (XLIFF, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xliff/>'),
    "deep": (XLIFF, b'<xliff version="2.1">' + b"<mrk>" * 100_000),
    "utf-16": (XLIFF, '<xliff version="2.1"/>'.encode("utf-16")),
    "latin-1": (XLIFF, b'<?xml version="1.0" encoding="ISO-8859-1"?><xliff>\xe9</xliff>'),
    "nul": (XLIFF, b"<xliff>\x00</xliff>"),
    "cut off": (XLIFF, b'<xliff version="2.1"><file id="f"><unit>'),
    "not xliff": (XLIFF, b"<html/>"),
    "xliff in name only": (XLIFF, b"nothing of the kind"),
    "po of nonsense": (PO, b"this is no file\nof translations\n"),
    "po of millions": (PO, b"#\n" * 1_000_000),
    "po of plurals": (
        PO,
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=9999999999; plural=0;\\n"\n\n',
    ),
    "empty": (XLIFF, b""),
    "nobody's": (PO, b'msgid "a"\nmsgstr "b"\n'),
    "path for a policy": (
        PO,
        b'msgid ""\nmsgstr "Project-Id-Version: policies/../../etc source\\n"\n\n',
    ),
}


# The sample, out and back


@pytest.fixture
def translator(sample_app: Flask) -> Person:
    """Return somebody who translates the sample, and can do nothing else."""
    return newcomer(sample_app, "*:translate")


def newcomer(app: Flask, *scopes: str) -> Person:
    written, token_id = minted(app, *scopes, holder="Ada", now=LOADED_AT)
    return Person(client=app.test_client(), token=written, token_id=token_id)


def published(app: Flask) -> Source:
    with app.app_context():
        session = db.session()
        return service.base_of(session, ledger.head_number(session))


def drafted(app: Flask, number: int) -> Source:
    with app.app_context():
        session = db.session()
        return service.source_of(session, service.open_draft_by_id(session, str(number)))


def texts(of: Source, locale: str) -> dict[str, tuple[str | None, State, bool]]:
    return {
        unit.id: (unit.target, unit.state, unit.outdated)
        for unit in work_units(of, "privacy", locale)
    }


@pytest.mark.parametrize(("path", "kind", "format_"), FORMATS)
def test_the_sample_goes_to_a_translator_and_comes_back_complete(
    sample_app: Flask, translator: Person, path: str, kind: str, format_: Format
) -> None:
    before = texts(published(sample_app), "ar")
    changed = next(unit for unit, held in before.items() if unit.endswith("/heading") and held[0])
    words = str(before[changed][0])
    raw = exported(translator, path, locale="ar").replace(
        f">{words}<".encode() if kind == XLIFF else f'"{words}"'.encode(),
        f">{words} ٭<".encode() if kind == XLIFF else f'"{words} ٭"'.encode(),
    )

    told = sent(translator, raw, kind).get_json()

    after = texts(drafted(sample_app, told["draft"]), "ar")
    assert len(read_file(raw).units) == len(before)
    assert told["accepted"] == [changed]
    assert told["refused"] == []
    assert (told["policy"], told["locale"]) == ("privacy", "ar")
    assert after[changed][0] == f"{words} ٭"
    assert {**after, changed: before[changed]} == before


def test_every_german_text_of_the_sample_can_be_translated_anew(
    sample_app: Flask, translator: Person
) -> None:
    whole = exported(translator, "/export/po", locale="de")
    raw = whole.replace(b"Language: de", b"Language: de_AT").replace(
        b"privacy in de", b"privacy in de-AT"
    )

    told = sent(translator, raw, PO, "?policy=privacy&locale=de-AT").get_json()

    after = texts(drafted(sample_app, told["draft"]), "de-AT")
    german = texts(published(sample_app), "de")
    assert told["refused"] == []
    assert len(told["entries"]) > 10
    assert {unit: after[unit][0] for unit in told["accepted"]} == {
        unit: german[unit][0] for unit in told["accepted"]
    }
    assert {unit for unit, held in german.items() if held[0]} == set(told["accepted"])


# Out


@pytest.mark.parametrize(("path", "kind", "format_"), FORMATS)
def test_a_file_for_translators_is_an_attachment_that_nobody_keeps(
    editor: Person, path: str, kind: str, format_: Format
) -> None:
    mark = "&" if "?" in path else "?"

    answer = editor.get(f"{path}{mark}policy=privacy&locale=DE")

    ending = {Format.XLIFF: "xlf", Format.XLIFF_12: "xliff", Format.PO: "po"}[format_]
    assert answer.mimetype == kind
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="privacy-de.{ending}"'
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert read_file(answer.data).locale == "de"


def test_only_what_waits_goes_out_if_that_is_asked_for(editor: Person) -> None:
    waiting = exported(editor, only="missing")
    either = exported(editor, only="missing,approved")

    assert [unit.id for unit in read_file(waiting).units] == ["sections/contact/heading"]
    assert len(read_file(either).units) == len(read_file(exported(editor)).units)


def test_a_draft_goes_out_with_its_own_words(editor: Person) -> None:
    draft = editor.draft()
    path = "policies/privacy/sections/contact"
    editor.edit(draft, path, heading="Write to us")

    raw = exported(editor, draft=draft.rpartition("/")[2])

    assert b"Write to us" in raw
    assert b"Write to us" not in exported(editor)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?policy=privacy", 400),
        ("?locale=de", 400),
        ("?policy=Privacy!&locale=de", 400),
        ("?policy=privacy&locale=../../etc", 400),
        ("?policy=privacy&locale=en", 400),
        ("?policy=privacy&locale=de&only=lost", 400),
        ("?policy=privacy&locale=de&version=3.0", 400),
        ("?policy=privacy&locale=de&locale=fr", 400),
        ("?policy=privacy&locale=de&more=1", 400),
        ("?policy=privacy&locale=de&draft=0", 400),
        ("?policy=privacy&locale=de&draft=7", 404),
        ("?policy=imprint&locale=de", 404),
    ],
)
@pytest.mark.sqlite_only
def test_an_export_that_makes_no_sense_is_refused(editor: Person, query: str, status: int) -> None:
    answer = editor.get(f"/export/xliff{query}")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


# Back


def test_translations_come_back_into_a_draft_of_their_own(editor: Person) -> None:
    answer = sent(editor, greeting(editor))

    told = answer.get_json()
    draft = editor.get(f"/drafts/{told['draft']}").get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == told["href"] == draft["href"]
    assert draft["title"] == "Translations of privacy in de"
    assert draft["authors"] == ["Ada"]
    assert draft["edits"] == [{"path": WELCOME, "op": "put"}]
    assert told["entries"] == [WELCOME]
    assert told["accepted"] == ["sections/welcome/heading"]
    assert told["untranslated"] == ["sections/contact/heading"]


def test_translations_come_back_into_the_draft_that_is_named(editor: Person) -> None:
    draft = editor.draft()
    number = int(draft.rpartition("/")[2])
    editor.edit(draft, "policies/privacy/sections/contact", heading="Write to us")
    raw = greeting(editor, draft=str(number))

    answer = sent(editor, raw, query=f"?draft={number}")

    edits = [edit["path"] for edit in editor.get(draft).get_json()["edits"]]
    assert answer.status_code == 200
    assert answer.get_json()["draft"] == number
    assert edits == [WELCOME, "policies/privacy/sections/contact"]
    assert len(drafts(editor)) == 1


def test_what_does_not_fit_is_listed_and_the_rest_is_taken(editor: Person) -> None:
    raw = exported(editor, "/export/po").replace(b"Willkommen", b"Hallo")
    raw = raw.replace(b"auf {site.name}", b"bei uns")

    told = sent(editor, raw, PO).get_json()

    assert told["accepted"] == ["sections/welcome/heading"]
    assert told["refused"] == [
        {
            "unit": INTRO,
            "reason": "placeholder",
            "detail": "The placeholder {site.name} is gone.",
        }
    ]


def test_a_file_that_says_nothing_new_opens_no_draft(editor: Person) -> None:
    answer = sent(editor, exported(editor))

    assert answer.status_code == 200
    assert (answer.get_json()["draft"], answer.get_json()["href"]) == (None, None)
    assert drafts(editor) == []


def test_a_file_that_is_sent_twice_makes_one_draft(editor: Person) -> None:
    raw = greeting(editor)

    answers = [sent(editor, raw, Idempotency_Key="monday") for _ in range(2)]
    other = sent(editor, greeting(editor, "Servus"), Idempotency_Key="monday")

    assert answers[0].data == answers[1].data
    assert other.status_code == 422
    assert len(drafts(editor)) == 1


def test_who_brought_translations_is_written_down(editor: Person) -> None:
    sent(editor, greeting(editor))

    acts = [(act["action"], act["object"]) for act in editor.get("/audit").get_json()["items"]]
    assert acts[:2] == [
        ("draft.entry.put", f"drafts/1/entries/{WELCOME}"),
        ("draft.open", "drafts/1"),
    ]


def test_a_draft_that_is_closed_takes_nothing(editor: Person) -> None:
    draft = editor.draft()
    raw = greeting(editor)
    editor.delete(draft)

    answer = sent(editor, raw, query=f"?draft={draft.rpartition('/')[2]}")

    assert answer.status_code == 409


def test_a_draft_that_moved_on_takes_nothing_from_who_has_not_seen_it(editor: Person) -> None:
    draft = editor.draft()
    number = draft.rpartition("/")[2]
    seen = editor.get(draft).headers["ETag"]
    editor.edit(draft, email="new@example.org")

    answer = sent(editor, greeting(editor), query=f"?draft={number}", If_Match=seen)

    assert answer.status_code == 412
    assert [edit["path"] for edit in editor.get(draft).get_json()["edits"]] == [DPO]


def test_a_text_that_moved_on_takes_no_translation(editor: Person) -> None:
    draft = editor.draft()
    number = draft.rpartition("/")[2]
    raw = greeting(editor)
    section = "policies/privacy/sections/welcome"
    editor.edit(draft, section, heading="Hello there")

    told = sent(editor, raw, query=f"?draft={number}").get_json()

    assert told["accepted"] == []
    assert [(each["unit"], each["reason"]) for each in told["refused"]] == [
        ("sections/welcome/heading", "source_moved")
    ]


# What is sent in bad faith


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_with_a_problem(editor: Person, name: str) -> None:
    kind, raw = HOSTILE[name]

    answer = sent(editor, raw, kind)

    assert answer.status_code in {413, 422}, answer.text
    assert answer.mimetype == "application/problem+json"
    assert "passwd" not in answer.text
    assert drafts(editor) == []


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data; boundary=x"])
@pytest.mark.sqlite_only
def test_what_is_no_file_of_translations_is_refused(editor: Person, kind: str) -> None:
    assert sent(editor, greeting(editor), kind).status_code == 415


class Endless(io.RawIOBase):
    """A body without an end that counts how much of it was read."""

    given = 0

    def readable(self) -> bool:
        """Tell that there always is more."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 -- as its base
        """Give as much as is asked for."""
        self.given += len(buffer)
        buffer[:] = b"a" * len(buffer)
        return len(buffer)


@pytest.mark.parametrize("told", [{"CONTENT_LENGTH": str(EXCHANGE_BYTES * 2)}, {}])
@pytest.mark.sqlite_only
def test_a_body_that_is_too_large_is_not_read_to_its_end(
    editor: Person, told: dict[str, str]
) -> None:
    body = Endless()
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, **told}

    answer = editor.send("POST", TAKE_BACK, content_type=XLIFF, environ_overrides=environ)

    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"
    assert "at most 4 MiB" in answer.get_json()["detail"]
    assert body.given <= (0 if told else EXCHANGE_BYTES + 2**16)


__all__ = ["sample_app", "sample_file", "sample_key", "sample_url"]
