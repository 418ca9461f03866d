"""Mail addresses and networks in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.errors import BadInput
from policy_api.notification.addresses import Address, MailKeys, network

KEYS = MailKeys("a secret key of tests that is long enough")


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Reader@Example.ORG", "Reader@example.org"),
        (" reader@example.org ", "reader@example.org"),
        ("a.b+c@müller.example", "a.b+c@xn--mller-kva.example"),
    ],
)
def test_an_address_has_one_spelling(written: str, spelled: str) -> None:
    assert str(Address.parse(written)) == spelled


@given(st.text(max_size=80))
def test_whatever_is_accepted_is_plain_ascii_without_spaces(written: str) -> None:
    try:
        found = str(Address.parse(written))
    except BadInput:
        return

    assert found.isascii()
    assert found.isprintable()
    assert not set(found) & set(' <>,;:()[]"\\')
    assert Address.parse(found) == Address.parse(written)


def test_upper_and_lower_case_are_one_address_and_plus_parts_one_mailbox() -> None:
    one, other = Address.parse("Reader@example.org"), Address.parse("reader+shop@example.org")

    assert KEYS.digest(one) == KEYS.digest(Address.parse("reader@EXAMPLE.org"))
    assert KEYS.digest(one) != KEYS.digest(other)
    assert KEYS.mailbox_digest(one) == KEYS.mailbox_digest(other)


@pytest.mark.parametrize(
    ("remote", "around"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_clients_of_one_network_count_as_one(remote: str, around: str) -> None:
    assert network(remote) == around
