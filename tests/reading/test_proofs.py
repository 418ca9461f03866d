"""Proofs, checked with nothing but what was served."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785
from flask.testing import FlaskClient

from policy_api.domain.proof.signing import keys_by_id
from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP, get_json
from tests.reading.published import EFFECTIVE

KEYS = "/.well-known/policy-api-keys.json"


def sha256(*parts: bytes) -> str:
    return f"sha256:{hashlib.sha256(b''.join(parts)).hexdigest()}"


def raw(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))


def test_the_manifest_names_the_digest_of_the_edition_that_is_served(
    reader: FlaskClient,
) -> None:
    edition = get_json(reader, f"{SHOP}/versions/4?locale=de")
    proof = get_json(reader, f"{SHOP}/versions/4/proof")

    named = [
        version["editions"]["de"]
        for version in proof["manifest"]["versions"]
        if (version["site"], version["version"]) == ("shop", 4)
    ]
    assert named == [edition["digest"]] == [proof["editions"]["de"]]


def test_the_manifest_is_served_in_the_form_that_was_signed(reader: FlaskClient) -> None:
    proof = get_json(reader, f"{SHOP}/versions/2/proof")

    leaf = sha256(b"\x00", rfc8785.dumps(proof["manifest"]))
    head = sha256(b"\x01", raw(proof["manifest"]["previous"]), raw(leaf))
    key = keys_by_id(get_json(reader, KEYS))[proof["signature"]["key_id"]]
    assert (proof["manifest_digest"], proof["chain_head"]) == (leaf, head)
    assert key.verifies(proof["signature"]["value"], chain_head=head)


def test_the_chain_leads_from_the_release_to_the_newest(reader_at: ReaderAt) -> None:
    proof = get_json(reader_at(EFFECTIVE), f"{SHOP}/versions/1/proof")

    first, *others = proof["chain"]
    heads = [first["chain_head"]]
    for link in others:
        heads.append(sha256(b"\x01", raw(heads[-1]), raw(link["manifest_digest"])))
    assert [link["release"] for link in proof["chain"]] == [1, 2, 3, 4]
    assert heads == [link["chain_head"] for link in proof["chain"]]


@pytest.mark.sqlite_only
def test_a_long_chain_comes_in_pages(reader: FlaskClient) -> None:
    path: str | None = f"{SHOP}/versions/1/proof?limit=3"
    releases: list[int] = []

    while path is not None:
        proof = get_json(reader, path)
        releases += [link["release"] for link in proof["chain"]]
        path = proof["next"]

    assert releases == [1, 2, 3, 4]


@pytest.mark.sqlite_only
def test_keys_are_a_json_web_key_set(reader: FlaskClient) -> None:
    answer = reader.get(KEYS)

    (key,) = answer.get_json()["keys"]
    assert answer.mimetype == "application/jwk-set+json"
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
    assert "d" not in key
