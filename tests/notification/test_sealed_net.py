"""What is dialled, measured on the wire: nothing that is off limits, however it is spelled."""

from __future__ import annotations

import ipaddress
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from policy_api.notification.guard import is_public
from tests.notification.sealed_net import OUTWARDS, REBINDING, name_for
from tests.notification.test_guard import ALLOWED, BAD_URLS, DENIED, words

COLLECTED = Path(__file__).parent / "data" / "ssrf-urls.json"
WAYS_APART = (["unshare", "--net", "--mount"], ["unshare", "--map-root-user", "--net", "--mount"])
UNDIALABLE = words("0.0.0.0 :: 255.255.255.255 224.0.0.1 239.255.255.250 ff02::1 fe80::1 fec0::1")
"""Addresses that a system itself does not begin a connection to."""


def apart() -> list[str]:
    """Return a command that runs another one in a network of its own; empty if none may."""
    if not all(map(shutil.which, ("unshare", "ip", "mount"))):
        return []
    for command in WAYS_APART:
        if subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
            return command
    return []


APART = apart()
pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(not APART, reason="this system lets nobody build a network apart"),
]


def seen(*wishes: tuple[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Try addresses in a sealed network, each lot in its way, and return what the wire showed."""
    asked = json.dumps([{"way": way, "urls": list(urls)} for way, urls in wishes])
    done = subprocess.run(
        [*APART, sys.executable, "-m", "tests.notification.sealed_net"],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def urls_of(addresses: Iterable[str]) -> list[str]:
    """Return addresses as URLs: spelled out, and behind a name, on several ports."""
    hosts = [host for each in addresses for host in (literal(each), name_for(each))]
    return [f"{start}{host}{port}/" for host in hosts for start, port in PLACES]


PLACES = (("http://", ""), ("https://", ""), ("http://", ":8443"))


def off_limits(dialled: Iterable[str]) -> list[str]:
    return [
        target
        for target in dialled
        if not is_public(ipaddress.ip_address(target.rpartition(":")[0]))
    ]


def collected() -> list[str]:
    urls: list[str] = json.loads(COLLECTED.read_text())["urls"]
    return urls


def test_nothing_off_limits_is_dialled_by_address_by_name_or_in_disguise() -> None:
    dangerous = [*urls_of(DENIED), *BAD_URLS.values(), *collected()]

    guarded, at_socket = seen(("channel", dangerous), ("socket", dangerous))

    assert len(collected()) == 217
    assert all(guarded["details"])
    assert guarded["dialled"] == []
    assert off_limits(at_socket["dialled"]) == []


def test_the_wire_would_have_told() -> None:
    inwards = urls_of(address for address in DENIED if address not in UNDIALABLE)

    (unguarded,) = seen(("unguarded", inwards))

    assert len(set(off_limits(unguarded["dialled"]))) > 80


def test_what_is_open_is_dialled_where_the_name_says() -> None:
    outwards = [f"https://{literal(address)}/" for address in ALLOWED]
    (found,) = seen(("channel", [*outwards, "https://outwards.example.net/"]))

    expected = {str(ipaddress.ip_address(address)) for address in [*ALLOWED, OUTWARDS]}
    dialled = {target.rpartition(":")[0] for target in found["dialled"]}
    assert {plain(address) for address in dialled} == {plain(address) for address in expected}


def plain(address: str) -> str:
    made = ipaddress.ip_address(address)
    return str(getattr(made, "ipv4_mapped", None) or made)


def test_a_name_that_rebinds_is_looked_up_once_per_connection_and_never_followed_inwards() -> None:
    attempts = [f"https://{REBINDING}/"] * 20

    (found,) = seen(("channel", attempts))

    assert found["asked"] == {REBINDING: 20}
    assert set(found["dialled"]) == {f"{OUTWARDS}:443"}
    assert found["details"][1:] == ["The host's address is off limits."] * 19
