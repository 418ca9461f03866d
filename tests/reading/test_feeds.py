"""The changelog as feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.service import Publisher, publish
from policy_api.reading.feeds import ARCHIVE_LENGTH, Cut
from policy_api.settings import Settings
from tests.domain.sources import entries, source
from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP, get_json
from tests.reading.published import FIRST, WITHDRAWN

NEW_ADDRESS = {"contacts/dpo": entries()["contacts/dpo"] | {"email": "privacy@example.org"}}
ATOM = {"a": "http://www.w3.org/2005/Atom", "p": "urn:policy-api:feed"}


def test_the_atom_feed_holds_every_version_if_it_is_asked_to(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}/feed.atom?min_significance=technical")

    feed = ET.fromstring(answer.data)  # noqa: S314 -- our own document
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert answer.mimetype == "application/atom+xml"
    assert len(set(ids)) == 5
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-03-15T08:00:00Z"


@pytest.fixture
def reader_of_details(session: Session, settings: Settings) -> Iterator[FlaskClient]:
    """Yield a reader after a first text, an editorial change and one that readers care about."""
    signer = Signer.load(settings.signing_key_file)
    moved = entries()["policies/privacy/sections/welcome"] | {"layer": 2}
    edits: list[dict[str, Any]] = [
        {},
        {"policies/privacy/sections/welcome": moved},
        {"policies/privacy/sections/welcome": moved, **NEW_ADDRESS},
    ]
    for base, changed in enumerate(edits):
        with writing(session):
            publish(
                session,
                source=source(changed),
                base=base,
                announcement=Announcement(summary={"en": f"Step {base}"}),
                publisher=Publisher(actor="test", signer=signer),
                now=FIRST + timedelta(days=base),
            )
    session.close()
    app = create_app(settings)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", [3, 1]),
        ("?min_significance=material", [1]),
        ("?min_significance=editorial", [3, 2, 1]),
        ("?min_significance=technical", [3, 2, 1]),
    ],
)
def test_feeds_tell_what_matters_and_the_rest_if_asked(
    reader_of_details: FlaskClient, query: str, told: list[int]
) -> None:
    levels = get_json(reader_of_details, f"{SHOP}/versions")["items"]
    assert [each["significance"] for each in levels] == ["non_material", "editorial", "material"]

    items = get_json(reader_of_details, f"{SHOP}/feed.json{query}")["items"]
    feed = ET.fromstring(reader_of_details.get(f"{SHOP}/feed.atom{query}").data)  # noqa: S314 -- our own document

    assert [item["_policy"]["version"] for item in items] == told
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert ids == [f"urn:policy-api:shop:privacy:{number}" for number in told]


@pytest.mark.sqlite_only
def test_a_level_that_is_none_is_refused(reader: FlaskClient) -> None:
    assert reader.get(f"{SHOP}/feed.atom?min_significance=huge").status_code == 400


@pytest.mark.sqlite_only
def test_an_entry_makes_its_reader_a_witness(reader: FlaskClient) -> None:
    item = get_json(reader, f"{SHOP}/feed.json?min_significance=technical")["items"][1]
    proof = get_json(reader, f"{SHOP}/versions/4/proof")

    assert item["_policy"]["digest"] == proof["editions"]["en"]
    assert item["_policy"]["chain_head"] == proof["chain_head"]


@pytest.mark.sqlite_only
def test_both_formats_name_the_entries_alike(reader: FlaskClient) -> None:
    feed = ET.fromstring(reader.get(f"{SHOP}/feed.atom").data)  # noqa: S314 -- our own document
    items = get_json(reader, f"{SHOP}/feed.json")["items"]

    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [
        item["id"] for item in items
    ]


def test_an_entry_of_a_withdrawn_version_says_so(reader_at: ReaderAt) -> None:
    item = get_json(reader_at(WITHDRAWN), f"{SHOP}/feed.json")["items"][0]

    assert item["title"] == "Version 6"
    assert "withdrawn" in item["summary"]
    assert item["date_modified"] == "2026-05-10T08:00:00Z"


@pytest.mark.sqlite_only
def test_an_origin_in_the_settings_makes_addresses_absolute(reader_at: ReaderAt) -> None:
    reader = reader_at(WITHDRAWN, origin="https://legal.example.org")

    feed = get_json(reader, f"{SHOP}/feed.json?locale=de")

    assert feed["feed_url"] == f"https://legal.example.org{SHOP}/feed.json?locale=de"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("before", [2, 25, 26, 27, 51])
def test_an_archive_that_does_not_exist_is_a_problem(reader: FlaskClient, before: int) -> None:
    assert reader.get(f"{SHOP}/feed.atom?before={before}").status_code == 404


@given(newest=st.integers(1, 400))
def test_the_documents_of_a_feed_hold_each_version_once(newest: int) -> None:
    held: list[int] = []
    cut: Cut | None = Cut(newest)

    while cut is not None:
        last = newest if cut.before is None else cut.before - 1
        held += range(last, last - cut.length, -1)
        cut = None if cut.older is None else Cut(newest, cut.older)

    assert held == list(range(newest, 0, -1))


@given(newest=st.integers(1, 400), more=st.integers(0, 100))
def test_an_archive_stays_as_it_is_while_versions_are_added(newest: int, more: int) -> None:
    archive = Cut(newest).older

    if archive is not None:
        later = Cut(newest + more, archive)
        assert later.is_possible
        assert later.length == ARCHIVE_LENGTH


@given(newest=st.integers(1, 400))
def test_archives_link_to_their_neighbours(newest: int) -> None:
    archive = Cut(newest).older

    while archive is not None:
        cut = Cut(newest, archive)
        older = cut.older
        assert older is None or Cut(newest, older).newer == archive
        archive = older
