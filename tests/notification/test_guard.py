"""Where webhooks may go, by address and by the spelling of the URL."""

from __future__ import annotations

import ipaddress
import re
import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.errors import BadInput
from policy_api.notification import guard
from policy_api.notification.guard import DeniedAddress, Guard, host_of, is_public, registrable
from policy_api.settings import Settings

OPEN = Guard()


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


DENIED = words(
    """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
    169.254.169.254 169.254.0.0 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1
    192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1
    198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ::
    ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1
    64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1:: 3fff::1 2620:4f:8000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1
    fec0::1 ff02::1
    """
)
ALLOWED = words(
    """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
    169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0
    198.17.255.255 198.20.0.0 223.255.255.255 2001:4860:4860::8888 2606:4700::1111 2a00:1450::1
    ::ffff:8.8.8.8
    """
)

BAD_URLS = {
    "other scheme": "ftp://example.org/",
    "no scheme": "example.org/hook",
    "plain": "http://example.org/",
    "script": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "user": "https://user@example.org/",
    "password": "https://user:secret@example.org/",
    "empty user": "https://@example.org/",
    "fragment": "https://example.org/#part",
    "empty fragment": "https://example.org/#",
    "space": "https://example.org/a b",
    "leading space": " https://example.org/",
    "newline": "https://example.org/\nx",
    "tab in scheme": "ht\ttps://example.org/",
    "return": "https://example.org/\r\nhost: internal",
    "backslash": "https://example.org\\@127.0.0.1/",
    "null": "https://example.org/\x00",
    "no host": "https:///path",
    "only port": "https://:443/",
    "port 0": "https://example.org:0/",
    "port 22": "https://example.org:22/",
    "port 25": "https://example.org:25/",
    "port 80 with TLS": "https://example.org:80/",
    "port too high": "https://example.org:65536/",
    "port no number": "https://example.org:x/",
    "empty port": "https://example.org:/",
    "one label": "https://localhost/",
    "one label of a service": "https://postgres/",
    "loopback": "https://127.0.0.1/",
    "short loopback": "https://127.1/",
    "decimal loopback": "https://2130706433/",
    "hexadecimal loopback": "https://0x7f000001/",
    "hexadecimal part": "https://0x7f.0.0.1/",
    "last part hexadecimal": "https://127.0.0.0x1/",
    "octal loopback": "https://0177.0.0.1/",
    "wide digits": "https://１２７.0.0.1/",
    "circled digits": "https://①②⑦.0.0.1/",
    "ideographic dots": "https://127。0。0。1/",
    "metadata": "https://169.254.169.254/latest/",
    "loopback in six": "https://[::1]/",
    "mapped loopback": "https://[::ffff:127.0.0.1]/",
    "link local with zone": "https://[fe80::1%25eth0]/",
    "no end of bracket": "https://[::1/",
    "trailing dot": "https://example.org./",
    "two dots": "https://example..org/",
    "underscore": "https://a_b.example.org/",
    "leading hyphen": "https://-a.example.org/",
    "percent in host": "https://example%2eorg/",
    "long label": f"https://{'a' * 64}.example.org/",
    "long host": f"https://{'a.' * 130}org/",
    "long": f"https://example.org/{'a' * 2048}",
    "letters in path": "https://example.org/ü",
}


@pytest.mark.parametrize("address", DENIED)
def test_a_dangerous_address_is_off_limits(address: str) -> None:
    assert not OPEN.may_dial(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ALLOWED)
def test_an_address_of_the_open_internet_is_not(address: str) -> None:
    assert OPEN.may_dial(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_whatever_python_calls_private_is_off_limits(address: IPv4Address | IPv6Address) -> None:
    assert address.is_global or not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_written_in_the_newer_form_is_judged_the_same(
    address: IPv4Address | IPv6Address,
) -> None:
    assert is_public(ipaddress.IPv6Address(f"::ffff:{address}")) == is_public(address)


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS.keys())
def test_a_url_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        OPEN.checked_url(url)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://Example.ORG/Hook?a=1&b=%20", "https://example.org/Hook?a=1&b=%20"),
        ("https://example.org:443/x", "https://example.org:443/x"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("HTTPS://example.org/", "https://example.org/"),
        ("https://8.8.8.8/x", "https://8.8.8.8/x"),
        ("https://[2606:4700:0:0::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_a_url_is_kept_in_its_canonical_spelling(url: str, kept: str) -> None:
    assert OPEN.checked_url(url) == kept
    assert OPEN.checked_url(kept) == kept


def test_an_operator_may_open_a_network_of_his_own() -> None:
    guard = Guard((ipaddress.ip_network("10.20.0.0/16"),))

    assert guard.may_dial(ipaddress.ip_address("10.20.1.1"))
    assert guard.may_dial(ipaddress.ip_address("::ffff:10.20.1.1"))
    assert not guard.may_dial(ipaddress.ip_address("10.21.0.1"))
    assert guard.checked_url("https://10.20.1.1/x") == "https://10.20.1.1/x"
    assert guard.checked_url("https://receiver/x") == "https://receiver/x"


def test_no_socket_is_opened_for_what_is_off_limits() -> None:
    with pytest.raises(DeniedAddress):
        OPEN.open_socket((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 443, 0, 2)))


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("hooks.shop.example.org", "example.org"),
        ("example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("hooks.example.de", "example.de"),
        ("10.0.0.1", "10.0.0.1"),
        ("receiver", "receiver"),
    ],
)
def test_what_one_owner_registered_is_one_place(host: str, place: str) -> None:
    assert registrable(host) == place


def test_a_public_network_of_ones_own_can_be_put_off_limits() -> None:
    guard = Guard.of(
        Settings(
            webhook_denied_networks=("8.8.8.0/24", "2606:4700::/32"),
            webhook_allowed_networks=("8.8.8.8/32",),
        )
    )

    assert not guard.may_dial(IPv4Address("8.8.8.8"))
    assert not guard.may_dial(IPv6Address("::ffff:8.8.8.8"))
    assert not guard.may_dial(IPv6Address("2606:4700::1111"))
    assert guard.may_dial(IPv4Address("8.8.4.4"))
    with pytest.raises(BadInput):
        guard.checked_url("https://8.8.8.8/")


PARTS = st.sampled_from(
    [
        *words(
            "http https :// : . / a example org xn-- b- 1 0x7f 443 22 65536 99999 ?q= # @ \\ %41"
        ),
        *("a" * 64, "A", " ", "[", "]"),
    ]
)


@given(url=st.lists(PARTS, max_size=12).map("".join), allows=st.booleans())
def test_a_look_at_the_spelling_decides_nothing_that_parsing_would_not(
    url: str,
    allows: bool,  # noqa: FBT001 -- given by name
) -> None:
    for each in (url, f"https://{url}", f"https://example.org/{url}", f"http://example.org:{url}/"):
        quick, thorough = Guard(allow_http=allows), _Thorough(allow_http=allows)

        assert _said(quick, each) == _said(thorough, each)


class _Thorough(Guard):
    """A guard that parses every URL."""

    def _is_plain_url(self, url: str) -> bool:
        del url
        return False


def _said(guard_: Guard, url: str) -> str:
    try:
        return guard_.checked_url(url)
    except BadInput as error:
        return error.problems[0].detail


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://hooks.example.org/in?a=1", "hooks.example.org"),
        ("https://hooks.example.org:8443/", "hooks.example.org"),
        ("https://[2606:4700::1]:8443/", "2606:4700::1"),
        ("https://9.9.9.9/", "9.9.9.9"),
        ("http://intranet/", "intranet"),
    ],
)
def test_the_host_of_a_url_is_found_however_it_is_spelt(url: str, host: str) -> None:
    assert host_of(url) == host


def test_what_was_denied_once_stays_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "REMEMBERED", 2)
    one = Guard()
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1"):
        with pytest.raises(DeniedAddress):
            one.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 443)))
