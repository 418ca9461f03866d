"""Signatures, checked by the package that receivers use."""

from __future__ import annotations

import base64
import time

import orjson
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from policy_api.errors import Unavailable
from policy_api.notification.secrets import Vault
from policy_api.notification.signing import new_key, shown, signature_headers
from policy_api.notification.wire import SigningKey

BODY = b'{"type":"policy.published"}'


def headers(*keys: SigningKey, body: bytes = BODY, late: int = 0) -> dict[str, str]:
    timestamp = int(time.time()) - late
    return signature_headers(message_id="evt_1", timestamp=timestamp, body=body, keys=keys)


@given(body=st.dictionaries(st.text(), st.integers(-(2**53), 2**53)))
def test_an_independent_receiver_accepts_every_body(body: dict[str, int]) -> None:
    raw, key = orjson.dumps(body), new_key("v1")

    assert Webhook(shown(key)).verify(raw, headers(key, body=raw)) == body


def test_a_changed_body_is_not_accepted() -> None:
    key = new_key("v1")

    with pytest.raises(WebhookVerificationError):
        Webhook(shown(key)).verify(BODY + b" ", headers(key))


def test_an_old_attempt_is_not_accepted() -> None:
    key = new_key("v1")

    with pytest.raises(WebhookVerificationError):
        Webhook(shown(key)).verify(BODY, headers(key, late=600))


def test_two_live_secrets_are_both_accepted() -> None:
    old, new = new_key("v1"), new_key("v1")

    signed = headers(new, old)

    assert Webhook(shown(old)).verify(BODY, signed) == Webhook(shown(new)).verify(BODY, signed)


def test_a_public_key_is_enough_to_check_the_other_scheme() -> None:
    key = new_key("v1a")
    signed = headers(key)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(shown(key).removeprefix("whpk_")))
    scheme, _, signature = signed["webhook-signature"].partition(",")
    content = f"evt_1.{signed['webhook-timestamp']}.".encode() + BODY

    public.verify(base64.b64decode(signature), content)

    assert scheme == "v1a"
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signature), content + b" ")


def test_a_sealed_secret_opens_in_its_own_row_only() -> None:
    vault = Vault("s" * 32)
    sealed = vault.seal(b"a secret", owner="ep_1")

    assert vault.open(sealed, owner="ep_1") == b"a secret"
    with pytest.raises(Unavailable):
        vault.open(sealed, owner="ep_2")


def test_a_sealed_secret_does_not_open_with_another_key() -> None:
    sealed = Vault("s" * 32).seal(b"a secret", owner="ep_1")

    with pytest.raises(Unavailable):
        Vault("t" * 32).open(sealed, owner="ep_1")


@pytest.mark.parametrize("damaged", [b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(40)])
def test_a_damaged_secret_is_refused(damaged: bytes) -> None:
    with pytest.raises(Unavailable):
        Vault("s" * 32).open(damaged, owner="ep_1")


def test_sealing_twice_gives_different_bytes() -> None:
    vault = Vault("s" * 32)

    assert vault.seal(b"a secret", owner="ep_1") != vault.seal(b"a secret", owner="ep_1")
