"""Bundles over HTTP: a whole source in, a whole source out."""

from __future__ import annotations

import io
import zipfile

import pytest

from policy_api.domain.entries.bundle import bundle_bytes, read_bundle
from tests.access.people import Person, Someone
from tests.domain.sources import edited, source

ZIP = "application/zip"
EDITED = source(edited("sites/shop", name="Shop!"))


def test_a_bundle_becomes_a_draft_of_what_differs(editor: Person) -> None:
    answer = editor.send(
        "POST", "/bundles?title=Autumn", data=bundle_bytes(EDITED), content_type=ZIP
    )

    draft = editor.get(f"/drafts/{answer.get_json()['draft']}").get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == draft["href"]
    assert draft["title"] == "Autumn"
    assert draft["edits"] == [{"path": "sites/shop", "op": "put"}]
    assert draft["authors"] == ["Ada"]


def test_a_release_comes_out_as_it_went_in(editor: Person) -> None:
    answer = editor.get("/bundles/1")

    assert answer.mimetype == ZIP
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert read_bundle(answer.data).source == source()


def test_a_bundle_tells_all_that_is_wrong_with_it(editor: Person) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("sites/a.yaml", "name: [")
        archive.writestr("sites/b.yaml", "hosts: 7")
        archive.writestr("../c.yaml", "name: x")

    answer = editor.send("POST", "/bundles", data=stream.getvalue(), content_type=ZIP)

    files = {error["file"] for error in answer.get_json()["errors"]}
    assert answer.status_code == 422
    assert {"sites/a.yaml", "sites/b.yaml"} <= files
    assert editor.get("/drafts").get_json()["items"] == []


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [(b"", ZIP, 422), (b"PK", ZIP, 422), (b"{}", "application/json", 415)],
)
def test_what_is_no_zip_is_refused(editor: Person, raw: bytes, kind: str, status: int) -> None:
    answer = editor.send("POST", "/bundles", data=raw, content_type=kind)

    assert answer.status_code == status


def test_a_bundle_that_is_sent_twice_makes_one_draft(editor: Person) -> None:
    answers = [
        editor.send(
            "POST",
            "/bundles",
            data=bundle_bytes(EDITED),
            content_type=ZIP,
            headers={"Idempotency-Key": "autumn"},
        )
        for _ in range(2)
    ]

    assert answers[0].data == answers[1].data
    assert len(editor.get("/drafts").get_json()["items"]) == 1


def test_a_whole_source_is_for_those_who_may_have_all_of_it(someone: Someone) -> None:
    shop = someone("shop:*")

    read = shop.get("/bundles/1")
    missing = shop.get("/bundles/77")
    written = shop.send("POST", "/bundles", data=bundle_bytes(EDITED), content_type=ZIP)

    assert [answer.status_code for answer in (read, missing, written)] == [404, 404, 404]


def test_a_release_that_nobody_made_has_no_bundle(editor: Person) -> None:
    assert editor.get("/bundles/77").status_code == 404


def test_a_bundle_may_be_larger_than_other_bodies(editor: Person) -> None:
    stream = io.BytesIO(bundle_bytes(EDITED))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("README.md", "x" * 2 * 2**20)

    large = editor.send("POST", "/bundles", data=stream.getvalue(), content_type=ZIP)
    entry = editor.put("/drafts/1/entries/organization", {"name": "x" * 2 * 2**20}, If_Match="*")

    assert (large.status_code, entry.status_code) == (201, 413)
