"""Whatever is changed afterwards, verification finds it and says where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from policy_api.domain.proof.chain import Checkpoint, manifest_digest, next_head
from policy_api.domain.proof.history import Damaged, StoredEdition
from policy_api.domain.proof.records import VersionName
from policy_api.domain.proof.signing import Signer
from policy_api.domain.proof.verify import Break, verify
from tests.proof.story import MemoryHistory, place, story

LATER = timedelta(seconds=1)
OTHER_DIGEST = "sha256:" + "0" * 64


def change_release(history: MemoryHistory, release: int, /, **values: Any) -> None:  # noqa: ANN401
    stored = history.stored[release - 1]
    history.stored[release - 1] = replace(stored, record=replace(stored.record, **values))


def change_seal(history: MemoryHistory, number: int, **values: Any) -> None:  # noqa: ANN401
    stored = history.stored[number - 1]
    history.stored[number - 1] = replace(stored, seal=replace(stored.seal, **values))


def change_version(history: MemoryHistory, release: int, /, **values: Any) -> None:  # noqa: ANN401
    """Change the first version of a release."""
    first, *rest = history.stored[release - 1].record.versions
    change_release(history, release, versions=(replace(first, **values), *rest))


def test_an_untouched_history_holds(history: MemoryHistory) -> None:
    assert verify(history) is None


RELEASE_TAMPERINGS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "correction"}, "kind"),
    ({"significance": "technical"}, "significance"),
    ({"title": {"en": "Nothing new"}}, "title/en"),
    ({"title": {}}, "title/en"),
    ({"summary": {"en": "We say it better.", "fr": "Rien."}}, "summary/fr"),
    ({"source": OTHER_DIGEST}, "source"),
    ({"states": ()}, "states"),
    ({"actor": "kim"}, "actor_digest"),
    ({"nonce": "1"}, "actor_digest"),
    ({"waivers": ()}, "waivers/notice"),
    ({"waivers": ({"rule": "notice", "reason": "None.", "name": "alex"},)}, "waivers_digest"),
    ({"waivers": ({},)}, ""),
    ({"withdraws": 1}, "withdraws"),
    ({"withdrawn": (VersionName(site="shop", policy="privacy", number=1),)}, "withdrawn"),
    ({"directory": ()}, "directory"),
    ({"unit_changes": ()}, "unit_changes"),
    ({"versions": ()}, "versions/forum/privacy/2"),
]


@pytest.mark.parametrize(("values", "expected"), RELEASE_TAMPERINGS)
def test_a_changed_release_is_found(
    history: MemoryHistory, values: dict[str, Any], expected: str
) -> None:
    change_release(history, 2, **values)

    assert place(verify(history)) == f"releases/2/{expected}".rstrip("/")


@pytest.mark.parametrize("name", ["published_at", "effective_at"])
def test_a_changed_instant_of_a_release_is_found(history: MemoryHistory, name: str) -> None:
    before = getattr(history.stored[1].record, name)

    change_release(history, 2, **{name: before + LATER})

    assert place(verify(history)) == f"releases/2/{name}"


VERSION_TAMPERINGS: list[tuple[dict[str, Any], str]] = [
    ({"material_number": 1}, "material_number"),
    ({"kind": "correction"}, "kind"),
    ({"significance": "technical"}, "significance"),
    ({"title": {"en": "Nothing new"}}, "title/en"),
    ({"summary": {"en": "We say it better."}}, "summary/de"),
    ({"previous": None}, "previous"),
    ({"origin_release": 1}, "origin_release"),
    ({"changes": ()}, "changes"),
    ({"editions": {"en": OTHER_DIGEST, "de": OTHER_DIGEST}}, "editions/de"),
    ({"editions": {}}, "editions/de"),
]


@pytest.mark.parametrize(("values", "expected"), VERSION_TAMPERINGS)
def test_a_changed_version_is_found(
    history: MemoryHistory, values: dict[str, Any], expected: str
) -> None:
    change_version(history, 2, **values)

    assert place(verify(history)) == f"releases/2/versions/forum/privacy/2/{expected}"


@pytest.mark.parametrize("values", [{"site": "shop"}, {"policy": "cookies"}, {"number": 3}])
def test_a_renamed_version_is_missed_under_its_name(
    history: MemoryHistory, values: dict[str, Any]
) -> None:
    change_version(history, 2, **values)

    assert place(verify(history)) == "releases/2/versions/forum/privacy/2"


def test_a_version_that_takes_effect_later_is_found(history: MemoryHistory) -> None:
    before = history.stored[1].record.versions[0].effective_at

    change_version(history, 2, effective_at=before + LATER)

    assert place(verify(history)) == "releases/2/versions/forum/privacy/2/effective_at"


SEAL_TAMPERINGS: list[tuple[dict[str, Any], str]] = [
    ({"manifest": b"{}"}, "manifest"),
    ({"manifest_digest": OTHER_DIGEST}, "manifest_digest"),
    ({"manifest_digest": "none"}, "manifest_digest"),
    ({"chain_head": OTHER_DIGEST}, "chain_head"),
    ({"chain_head": ""}, "chain_head"),
    ({"signature": "AAAA"}, "signature"),
    ({"signature": "not base64!"}, "signature"),
    ({"key_id": "0000000000000000"}, "key_id"),
]


@pytest.mark.parametrize(("values", "expected"), SEAL_TAMPERINGS)
def test_a_changed_seal_is_found(
    history: MemoryHistory, values: dict[str, Any], expected: str
) -> None:
    change_seal(history, 2, **values)

    assert place(verify(history)) == f"releases/2/{expected}"


def test_a_release_sealed_anew_by_somebody_else_is_found(
    history: MemoryHistory, tmp_path: Path
) -> None:
    stranger = Signer.create(tmp_path / "stranger.pem")
    head = history.stored[1].seal.chain_head
    change_seal(history, 2, signature=stranger.sign(head))

    assert place(verify(history)) == "releases/2/signature"


def test_a_history_rewritten_with_another_key_fails_under_the_key_known_before(
    signer: Signer, tmp_path: Path
) -> None:
    rewritten = MemoryHistory(story(), Signer.create(tmp_path / "stranger.pem"))
    known = {signer.public_key.key_id: signer.public_key}

    assert verify(rewritten) is None
    assert place(verify(rewritten, keys=known)) == "releases/1/key_id"


def test_a_changed_edition_is_found(history: MemoryHistory) -> None:
    content = b'{"text": "changed"}'
    history.bodies["forum", "privacy", 3, "de"] = StoredEdition(content)

    found = verify(history)

    assert place(found) == "releases/3/versions/forum/privacy/3/editions/de/body"


@pytest.mark.parametrize("content", [b"", b"{", b'{"price": 1.5}'])
def test_an_edition_that_cannot_be_digested_is_found(
    history: MemoryHistory, content: bytes
) -> None:
    history.bodies["forum", "privacy", 3, "de"] = StoredEdition(content)

    assert "no content" in str(verify(history))


def test_a_changed_note_of_an_editions_bytes_is_found(history: MemoryHistory) -> None:
    name = ("forum", "privacy", 3, "de")
    history.bodies[name] = replace(history.bodies[name], noted_digest=OTHER_DIGEST)

    found = verify(history)

    assert place(found) == "releases/3/versions/forum/privacy/3/editions/de/body_digest"


def test_a_changed_source_is_found_at_the_first_release_that_used_it(
    history: MemoryHistory,
) -> None:
    changed = history.stored[1].record.source
    history.objects[changed] = b"{}"

    assert place(verify(history)) == f"releases/2/source/{changed}"


def test_a_changed_entry_is_found_by_its_path(history: MemoryHistory) -> None:
    source = history.stored[0].record.source
    entry = orjson.loads(history.objects[source])["sites/forum"]
    history.objects[entry] = b'{"name":"Other"}'

    assert place(verify(history)) == f"releases/1/source/{source}/sites/forum"


def test_a_missing_entry_is_found(history: MemoryHistory) -> None:
    source = history.stored[0].record.source
    del history.objects[orjson.loads(history.objects[source])["organization"]]

    found = verify(history)

    assert found is not None
    assert (place(found), found.found) == (f"releases/1/source/{source}/organization", None)


def test_a_missing_release_is_found(history: MemoryHistory) -> None:
    del history.stored[1]

    assert verify(history) == Break("releases/3", 2, 3)


def test_a_gap_in_the_numbers_of_versions_is_found_even_if_it_was_signed(signer: Signer) -> None:
    chapters = list(story())
    first, *rest = chapters[1].record.versions
    jumped = replace(first, number=3)
    record = replace(chapters[1].record, versions=(jumped, *rest))
    contents = {("forum", "privacy", 3): chapters[1].contents["forum", "privacy", 2]}
    chapters[1] = replace(chapters[1], record=record, contents=contents)

    found = verify(MemoryHistory(tuple(chapters[:2]), signer))

    assert found == Break("releases/2/versions/forum/privacy/3", 2, 3)


def test_what_no_release_made_is_found(history: MemoryHistory) -> None:
    history.stray_places.append("editions/forum/privacy/9/en.json")

    assert place(verify(history)) == "editions/forum/privacy/9/en.json"


class WornHistory(MemoryHistory):
    """A history on a disk that fails."""

    def source_object(self, digest: str) -> bytes | None:
        raise Damaged(f"source/{digest}", "the disk is worn")


def test_what_cannot_be_read_is_found(signer: Signer) -> None:
    history = WornHistory(story(), signer)

    place = f"source/{history.stored[0].record.source}"
    assert verify(history) == Break(place, "something readable", "the disk is worn")


def test_a_history_cut_off_at_its_end_fits_in_itself(history: MemoryHistory) -> None:
    del history.stored[3]

    assert verify(history) is None


@pytest.mark.parametrize("number", [4, None])
def test_a_checkpoint_shows_that_the_end_was_cut_off(
    history: MemoryHistory, number: int | None
) -> None:
    head = history.stored[3].seal.chain_head
    del history.stored[3]

    found = verify(history, checkpoint=Checkpoint(chain_head=head, release=number))

    assert found is not None
    assert (found.expected, found.found) == (head, None)


@pytest.mark.parametrize("number", [2, None])
def test_a_checkpoint_of_an_earlier_release_still_holds(
    history: MemoryHistory, number: int | None
) -> None:
    noted = Checkpoint(chain_head=history.stored[1].seal.chain_head, release=number)

    assert verify(history, checkpoint=noted) is None


@pytest.mark.parametrize("number", [0, -1, 5])
def test_a_checkpoint_of_a_release_that_never_was_fails(
    history: MemoryHistory, number: int
) -> None:
    noted = Checkpoint(chain_head=history.stored[1].seal.chain_head, release=number)

    assert verify(history, checkpoint=noted) is not None


def test_the_first_break_in_the_order_of_releases_is_named(history: MemoryHistory) -> None:
    change_release(history, 3, actor="kim")
    change_release(history, 1, actor="kim")

    assert place(verify(history)) == "releases/1/actor_digest"


def test_a_break_is_told_in_one_line_however_long_the_values() -> None:
    found = Break("releases/1/title", {"en": "x" * 1000}, None)

    assert str(found).startswith('releases/1/title: expected {"en":"xxx')
    assert len(str(found)) < 300


def test_the_manifest_tells_who_published_to_nobody(history: MemoryHistory) -> None:
    assert all(b"alex" not in stored.seal.manifest for stored in history.stored)


def test_a_second_implementation_comes_to_the_same_head(history: MemoryHistory) -> None:
    from hashlib import sha256  # noqa: PLC0415 -- all this implementation needs

    head = bytes(32)
    for stored in history.stored:
        leaf = sha256(b"\x00" + stored.seal.manifest).digest()
        head = sha256(b"\x01" + head + leaf).digest()

    assert f"sha256:{head.hex()}" == history.stored[-1].seal.chain_head


def test_a_chain_does_not_grow_on_what_is_no_digest() -> None:
    with pytest.raises(ValueError, match="no SHA-256 digest"):
        next_head("sha256:short", manifest_digest(b"{}"))
