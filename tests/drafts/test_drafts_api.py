"""Drafts over HTTP: open, edit with care for others, discard."""

from __future__ import annotations

import pytest

from tests.access.people import DPO, SUMMARY, Person, Someone

NEW = {"role": "privacy", "email": "privacy@example.org"}


def test_a_new_draft_is_on_the_newest_release_and_edits_nothing(editor: Person) -> None:
    answer = editor.post("/drafts", {"title": "Spring cleaning"})

    draft = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == draft["href"] == "/v1/drafts/1"
    assert (draft["base_release"], draft["site"], draft["edits"]) == (1, None, [])
    assert (draft["created_by"], draft["state"], draft["review"]) == ("Ada", "open", "none")


def test_several_drafts_can_be_open_at_once(editor: Person) -> None:
    first, second = editor.draft("One"), editor.draft("Two")

    editor.edit(first, email="one@example.org")

    items = editor.get("/drafts").get_json()["items"]
    assert [item["title"] for item in items] == ["Two", "One"]
    assert editor.get(f"{second}/entries/{DPO}").get_json()["email"] == "dpo@example.org"


def test_an_edit_is_seen_in_its_draft_and_nowhere_else(editor: Person) -> None:
    draft = editor.draft()

    written = editor.edit(draft, email="new@example.org")

    read = editor.get(f"{draft}/entries/{DPO}")
    assert read.get_json() == written.get_json()
    assert read.headers["ETag"] == written.headers["ETag"]
    assert editor.get(draft).get_json()["edits"] == [{"path": DPO, "op": "put"}]
    assert "new@example.org" not in editor.client.get("/v1/sites/shop/policies/privacy").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"If_Match": '"other"'}, 412),
        ({"If_Match": 'W/"{etag}"'}, 412),
        ({"If_None_Match": "*"}, 412),
        ({"If_Match": "*"}, 200),
        ({"If_Match": '"other", "{etag}"'}, 200),
    ],
)
def test_a_write_says_what_it_starts_from(
    editor: Person, headers: dict[str, str], status: int
) -> None:
    draft = editor.draft()
    there = editor.get(f"{draft}/entries/{DPO}")
    etag = there.headers["ETag"].strip('"')
    sent = {name: value.format(etag=etag) for name, value in headers.items()}

    answer = editor.put(f"{draft}/entries/{DPO}", there.get_json(), **sent)

    assert answer.status_code == status


def test_of_two_who_write_at_once_the_second_is_told(editor: Person, someone: Someone) -> None:
    bob = someone("*:write", holder="Bob")
    draft = editor.draft()
    read = editor.get(f"{draft}/entries/{DPO}")
    etag, entry = read.headers["ETag"], read.get_json()

    first = editor.put(f"{draft}/entries/{DPO}", {**entry, "phone": "+49 1"}, If_Match=etag)
    second = bob.put(f"{draft}/entries/{DPO}", {**entry, "phone": "+49 2"}, If_Match=etag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert editor.get(f"{draft}/entries/{DPO}").get_json()["phone"] == "+49 1"


def test_a_new_entry_is_created_once(editor: Person) -> None:
    draft = editor.draft()

    answers = [
        editor.put(f"{draft}/entries/contacts/new", NEW, If_None_Match="*") for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 412]


def test_an_entry_that_is_back_at_its_base_is_no_edit(editor: Person) -> None:
    draft = editor.draft()

    editor.edit(draft, email="new@example.org")
    editor.edit(draft, email="dpo@example.org")

    assert editor.get(draft).get_json()["edits"] == []


def test_an_entry_can_be_taken_out(editor: Person) -> None:
    draft = editor.draft()
    etag = editor.get(f"{draft}/entries/{DPO}").headers["ETag"]

    unsure = editor.delete(f"{draft}/entries/{DPO}")
    sure = editor.delete(f"{draft}/entries/{DPO}", headers={"If-Match": etag})

    assert (unsure.status_code, sure.status_code) == (428, 204)
    assert editor.get(f"{draft}/entries/{DPO}").status_code == 404
    assert editor.get(draft).get_json()["edits"] == [{"path": DPO, "op": "remove"}]


def test_an_entry_is_refused_with_everything_that_is_wrong(editor: Person) -> None:
    bad = {"role": "king", "email": "x", "crown": True}

    answer = editor.put(f"{editor.draft()}/entries/contacts/x", bad, If_None_Match="*")

    pointers = {error["pointer"] for error in answer.get_json()["errors"]}
    assert answer.status_code == 422
    assert pointers == {"/role", "/email", "/crown"}


@pytest.mark.parametrize(
    "path", ["nothing", "sites/A", "sites/../x", "policies/p/locales/de_DE/policy"]
)
def test_a_path_that_is_no_entry_is_refused(editor: Person, path: str) -> None:
    answer = editor.put(f"{editor.draft()}/entries/{path}", NEW, If_None_Match="*")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"a":' * 5000, "application/json", 400),
    ],
)
def test_a_body_that_is_no_object_is_refused(
    editor: Person, body: bytes, kind: str, status: int
) -> None:
    answer = editor.send(
        "PUT",
        f"{editor.draft()}/entries/contacts/x",
        data=body,
        content_type=kind,
        headers={"If-None-Match": "*"},
    )

    assert answer.status_code == status


def test_a_draft_lists_its_entries(editor: Person) -> None:
    draft = editor.draft()
    editor.edit(draft, email="new@example.org")

    items = editor.get(f"{draft}/entries").get_json()["items"]

    assert [item["path"] for item in items if item["edited"]] == [DPO]
    assert {"organization", "sites/shop"} <= {item["path"] for item in items}


def test_entries_are_listed_page_by_page(editor: Person) -> None:
    draft = editor.draft()
    whole = editor.get(f"{draft}/entries").get_json()

    paths: list[str] = []
    following = f"{draft}/entries?limit=4"
    while following:
        part = editor.get(following).get_json()
        paths += [item["path"] for item in part["items"]]
        following = (part["next"] or "").removeprefix("/v1")

    assert whole["next"] is None
    assert paths == [item["path"] for item in whole["items"]] == sorted(paths)


def test_a_draft_of_one_site_does_not_show_what_belongs_to_others(someone: Someone) -> None:
    shop = someone("shop:write")
    draft = shop.draft()

    paths = {item["path"] for item in shop.get(f"{draft}/entries").get_json()["items"]}

    assert "sites/shop" in paths
    assert "sites/forum" not in paths
    assert shop.get(f"{draft}/entries/sites/forum").status_code == 404


def test_a_discarded_draft_is_closed_and_kept(editor: Person) -> None:
    draft = editor.draft()
    editor.edit(draft, email="new@example.org")

    gone = editor.delete(draft)

    assert gone.status_code == 204
    assert editor.get(draft).get_json()["state"] == "discarded"
    assert editor.edit(draft, email="newer@example.org").status_code == 409
    assert editor.post(f"{draft}/publish", SUMMARY).status_code == 409
    assert [item["id"] for item in editor.get("/drafts?state=discarded").get_json()["items"]] == [1]


def test_drafts_are_listed_page_by_page(editor: Person) -> None:
    for title in "abc":
        editor.draft(title)

    first = editor.get("/drafts?limit=2").get_json()
    rest = editor.get(first["next"].removeprefix("/v1")).get_json()

    assert [draft["title"] for draft in first["items"] + rest["items"]] == ["c", "b", "a"]
    assert rest["next"] is None


def test_who_is_good_for_several_sites_names_one(someone: Someone) -> None:
    two = someone("shop:write", "forum:write")

    unnamed = two.post("/drafts", {"title": "x"})
    named = two.post("/drafts", {"title": "x", "site": "forum"})
    foreign = two.post("/drafts", {"title": "x", "site": "main"})
    everything = two.post("/drafts", {"title": "x", "site": None})

    statuses = [answer.status_code for answer in (unnamed, named, foreign, everything)]
    assert statuses == [422, 201, 404, 404]


def test_a_site_that_nobody_has_gets_no_draft(editor: Person) -> None:
    assert editor.post("/drafts", {"title": "x", "site": "nowhere"}).status_code == 404


def test_a_request_that_starts_from_an_older_draft_is_refused(editor: Person) -> None:
    draft = editor.draft()
    seen = editor.get(draft).headers["ETag"]
    editor.edit(draft, email="new@example.org")

    answer = editor.post(f"{draft}/submit", {}, headers={"If-Match": seen})

    assert answer.status_code == 412


@pytest.mark.parametrize(
    "body",
    [{}, {"title": ""}, {"title": "a\nb"}, {"title": "x", "state": "published"}, {"title": 1}],
)
def test_a_bad_request_opens_no_draft(editor: Person, body: object) -> None:
    assert editor.post("/drafts", body).status_code == 422
    assert editor.get("/drafts").get_json()["items"] == []
