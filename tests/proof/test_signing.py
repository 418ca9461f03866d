"""Keys are made once, kept private, and sign nothing but releases."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from policy_api.domain.proof.signing import PublicKey, Signer, key_set, keys_by_id
from policy_api.errors import BadInput

HEAD = "sha256:" + "ab" * 32
OTHER_HEAD = "sha256:" + "cd" * 32


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.create(tmp_path / "key.pem")


def test_a_key_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    mask = os.umask(0)
    Signer.create(tmp_path / "new" / "key.pem")
    os.umask(mask)

    assert stat.S_IMODE((tmp_path / "new" / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    Signer.create(tmp_path / "key.pem")
    before = (tmp_path / "key.pem").read_bytes()

    with pytest.raises(FileExistsError):
        Signer.create(tmp_path / "key.pem")

    assert (tmp_path / "key.pem").read_bytes() == before


def test_a_key_is_the_same_after_loading(tmp_path: Path) -> None:
    created = Signer.load_or_create(tmp_path / "key.pem")

    loaded = Signer.load_or_create(tmp_path / "key.pem")

    assert loaded.public_key == created.public_key


def test_a_missing_key_is_not_made_up(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Signer.load(tmp_path / "key.pem")


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----"])
def test_a_file_that_holds_no_key_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)

    with pytest.raises(BadInput, match=r"key\.pem holds no readable private key"):
        Signer.load(tmp_path / "key.pem")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = X25519PrivateKey.generate()
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)

    with pytest.raises(BadInput, match="another kind"):
        Signer.load(tmp_path / "key.pem")


def test_a_signer_does_not_show_its_key(signer: Signer) -> None:
    assert repr(signer) == "Signer()"


def test_the_key_id_is_taken_from_the_key(signer: Signer) -> None:
    key = signer.public_key

    assert key.key_id == hashlib.sha256(key.raw).hexdigest()[:16]


def test_a_signature_holds_for_its_head_only(signer: Signer) -> None:
    signature = signer.sign(HEAD)

    assert signer.public_key.verifies(signature, chain_head=HEAD)
    assert not signer.public_key.verifies(signature, chain_head=OTHER_HEAD)


def test_a_signature_of_another_key_does_not_hold(signer: Signer, tmp_path: Path) -> None:
    other = Signer.create(tmp_path / "other.pem")

    assert not signer.public_key.verifies(other.sign(HEAD), chain_head=HEAD)


def test_what_is_signed_says_that_it_is_a_release(signer: Signer) -> None:
    signature = base64.urlsafe_b64decode(signer.sign(HEAD) + "==")

    Ed25519PublicKey.from_public_bytes(signer.public_key.raw).verify(
        signature, b"policy-api/release/v1\n" + HEAD.encode()
    )


@pytest.mark.parametrize("spelling", ["{}=", "{}==", " {}", "{}\n", "", "é"])
def test_a_signature_has_one_spelling(signer: Signer, spelling: str) -> None:
    signature = spelling.format(signer.sign(HEAD))

    assert not signer.public_key.verifies(signature, chain_head=HEAD)


def test_a_head_that_is_not_ascii_never_holds(signer: Signer) -> None:
    assert not signer.public_key.verifies(signer.sign(HEAD), chain_head="sha256:é")


def test_public_keys_are_published_as_a_key_set(signer: Signer) -> None:
    key = signer.public_key

    document = key_set([key])

    assert document["keys"][0]["kid"] == key.key_id
    assert document["keys"][0].items() >= {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA"}.items()
    assert keys_by_id(document) == {key.key_id: key}


def test_the_name_in_a_key_set_is_not_believed(signer: Signer) -> None:
    jwk = {**signer.public_key.to_jwk(), "kid": "somebody-else"}

    assert list(keys_by_id({"keys": [jwk]})) == [signer.public_key.key_id]


BAD_KEY_SETS: list[dict[str, Any]] = [
    {},
    {"keys": {}},
    {"keys": ["key"]},
    {"keys": [{}]},
    {"keys": [{"kty": "OKP", "crv": "Ed25519"}]},
    {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}]},
    {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "A"}]},
    {"keys": [{"kty": "EC", "crv": "P-256", "x": "A" * 43}]},
]


@pytest.mark.parametrize("document", BAD_KEY_SETS)
def test_what_is_no_key_set_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        keys_by_id(document)


def test_a_public_key_has_32_bytes() -> None:
    with pytest.raises(BadInput):
        PublicKey(b"short")
