"""The source: entries by path, their content address, and copies that share."""

from __future__ import annotations

from policy_api.domain.content.source import Source
from tests.domain.examples import examples


def test_equal_content_has_an_equal_address() -> None:
    entries = examples()
    turned = {path: dict(reversed(entry.items())) for path, entry in reversed(entries.items())}

    assert Source.from_entries(entries).digest == Source.from_entries(turned).digest
    assert Source.from_entries(entries) == Source.from_entries(turned)
    assert len({Source.from_entries(entries), Source.from_entries(turned)}) == 1


def test_another_word_gives_another_address() -> None:
    source = Source.from_entries(examples())

    changed = source.replace({"recipients/payer": {"name": "Other"}})

    assert changed.digest != source.digest
    assert changed != source


def test_replacing_leaves_the_source_alone() -> None:
    source = Source.from_entries(examples())
    before = source.digest

    source.replace({"recipients/payer": None, "recipients/new": {"name": "New"}})

    assert "recipients/payer" in source
    assert "recipients/new" not in source
    assert source.digest == before


def test_an_edit_adds_replaces_or_takes_out() -> None:
    source = Source.from_entries({"a/x": {"n": 1}, "a/y": {"n": 2}})

    changed = source.replace({"a/x": None, "a/y": {"n": 3}, "a/z": {"n": 4}, "a/none": None})

    assert dict(changed.entries) == {"a/y": {"n": 3}, "a/z": {"n": 4}}


def test_addresses_of_untouched_entries_are_not_made_again() -> None:
    source = Source.from_entries(examples())
    known = dict(source.digests)

    changed = source.replace({"recipients/payer": {"name": "Other"}})

    differing = {path for path in known if changed.digests[path] != known[path]}
    assert differing == {"recipients/payer"}
    assert changed.replace({"recipients/payer": examples()["recipients/payer"]}) == source


def test_paths_are_found_by_their_beginning() -> None:
    source = Source.from_entries(examples())

    assert source.paths("sites/") == ("sites/forum", "sites/main")
    assert source.paths("policies/privacy/locales/de/") == (
        "policies/privacy/locales/de/policy",
        "policies/privacy/locales/de/sections/welcome",
        "policies/privacy/locales/de/tables/services",
    )
    assert source.paths("none") == ()
    assert len(source.paths()) == len(source) == len(list(source))


def test_sites_and_policies_are_named_by_key() -> None:
    source = Source.from_entries(examples())

    assert source.sites() == ("forum", "main")
    assert source.policies() == ("privacy",)


def test_a_chain_begins_at_the_root() -> None:
    source = Source.from_entries(examples())

    assert source.site_chain("forum") == ("main", "forum")
    assert source.site_chain("none") == ()


def test_a_circle_of_bases_ends_somewhere() -> None:
    source = Source.from_entries({"sites/a": {"base": "b"}, "sites/b": {"base": "a"}})

    assert len(source.site_chain("a")) == 3


def test_an_empty_source_has_an_address_too() -> None:
    source = Source.from_entries({})

    assert source.digest.startswith("sha256:")
    assert source.organization == {}
    assert source.get("organization") is None
