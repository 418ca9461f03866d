"""The audit log: every act once, in order, bound together, without a secret."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_api.access import queries
from policy_api.access.audit import Act, first_broken, log_head, record
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.proof.canonical import digest
from policy_api.errors import PolicyError
from tests.access.people import DPO, ROOT, SUMMARY, Person, Someone


def actions(person: Person) -> list[tuple[str, str]]:
    rows = person.get("/audit").get_json()["items"]
    return [(row["action"], row["object"]) for row in reversed(rows)]


def test_every_act_is_written_down_with_who_did_it(editor: Person, someone: Someone) -> None:
    bob = someone("*:review", holder="Bob")
    draft = editor.draft()
    editor.edit(draft, email="new@example.org")
    editor.post(f"{draft}/submit", {"comment": "Please."})
    bob.post(f"{draft}/approve", {"comment": "Fine."})
    editor.post(f"{draft}/publish", SUMMARY)

    rows = editor.get("/audit").get_json()["items"]

    done = {row["action"]: row for row in rows}
    assert actions(editor)[2:] == [
        ("draft.open", "drafts/1"),
        ("draft.entry.put", f"drafts/1/entries/{DPO}"),
        ("draft.submit", "drafts/1"),
        ("draft.approve", "drafts/1"),
        ("release.publish", "releases/2"),
    ]
    assert done["draft.approve"]["actor"] == "Bob"
    assert done["draft.approve"]["token_id"] == bob.token_id
    assert all(row["request_id"] for row in rows if row["token_id"])


def test_an_edit_is_written_down_with_the_digests_before_and_after(editor: Person) -> None:
    draft = editor.draft()
    before = editor.get(f"{draft}/entries/{DPO}").get_json()

    after = editor.edit(draft, email="new@example.org").get_json()

    row = editor.get("/audit").get_json()["items"][0]
    assert row["before_digest"] == digest(before)
    assert row["after_digest"] == digest(after)


def test_a_request_id_leads_from_the_answer_to_the_log(editor: Person) -> None:
    answer = editor.post("/drafts", {"title": "x"})

    row = editor.get("/audit").get_json()["items"][0]
    assert row["request_id"] == answer.headers["X-Request-Id"]


def test_what_was_refused_is_not_written_down_as_done(editor: Person) -> None:
    draft = editor.draft()
    before = actions(editor)

    editor.put(f"{draft}/entries/{DPO}", {"role": "nobody"}, If_Match="*")
    editor.put(f"{draft}/entries/{DPO}", {"role": "dpo"})
    editor.post(f"{draft}/approve")

    assert actions(editor) == before


def test_no_secret_is_in_the_log(editor: Person) -> None:
    made = editor.post("/tokens", {"holder": "x", "scopes": ["shop:write"]}).get_json()

    log = editor.get("/audit").text

    assert made["id"] in log
    assert made["token"][-49:-6] not in log


def test_the_log_goes_on_where_a_page_ended(editor: Person) -> None:
    for title in "abc":
        editor.draft(title)

    first = editor.get("/audit?limit=3").get_json()
    rest = editor.get(first["next"].removeprefix("/v1")).get_json()

    sequences = [row["sequence"] for row in first["items"] + rest["items"]]
    assert sequences == [4, 3, 2, 1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_change_the_log(editor: Person, app: Flask, statement: str) -> None:
    with app.app_context(), pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.execute(text(statement))


def test_a_whole_log_fits(editor: Person, app: Flask) -> None:
    editor.draft()

    with app.app_context():
        session = db.session()
        assert first_broken(queries.whole_audit(session), head=log_head(session)) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'Eve' WHERE sequence = 2",
        "DELETE FROM audit_entry WHERE sequence = 2",
        "DELETE FROM audit_entry WHERE sequence = 4",
    ],
)
@pytest.mark.sqlite_only
def test_whoever_gets_past_the_trigger_is_found_out(
    editor: Person, app: Flask, statement: str
) -> None:
    for title in "abc":
        editor.draft(title)

    with app.app_context(), writing() as session:
        for act in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER audit_entry_refuse_{act}"))
        session.execute(text(statement))

    with app.app_context():
        session = db.session()
        found = first_broken(queries.whole_audit(session), head=log_head(session))
    assert found == (4 if "= 4" in statement else 2)


def test_an_act_that_fails_leaves_no_line(session: Session, now: datetime) -> None:
    act = Act(action="draft.open", object="drafts/1")

    def fail() -> None:
        with writing(session):
            record(session, act, by=ROOT, now=now)
            raise PolicyError

    with pytest.raises(PolicyError):
        fail()

    assert queries.audit(session) == ()
    assert log_head(session) is None
