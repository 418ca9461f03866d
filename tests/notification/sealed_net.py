"""A network without a way out in which every address leads back here, and everything is seen.

Run by a test inside of namespaces of its own (`unshare`): each address of both protocols is local,
names are answered by a server of ours, and a socket on the loopback counts every SYN. So it shows
at the listening side what was dialled, whatever a client says of itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from dnslib import AAAA, QTYPE, RR, A, DNSRecord

from policy_api import clock
from policy_api.notification.channels.base import Surroundings
from policy_api.notification.channels.webhook import open_webhooks
from policy_api.notification.guard import Guard
from policy_api.settings import Profile, Settings
from tests.notification.channel_cases import message

SETTINGS = Settings(profile=Profile.TESTING, webhook_allow_http=True)
"""Encryption is not asked for, so that no address is refused for that alone."""

OUTWARDS, INWARDS = "93.184.215.14", "127.0.0.1"
REBINDING = "rebind.example.net"
"""Leads outwards when asked for the first time, and inwards ever after."""

TIMEOUT = 2.0
EVERY_PROTOCOL = 0x0003
SYN, ACK = 0x02, 0x10


@dataclass
class Seen:
    """What was done, and what it led to."""

    details: list[str] = field(default_factory=list)
    """One per address that was tried: what came of it."""

    dialled: list[str] = field(default_factory=list)
    """Where SYNs went."""

    asked: dict[str, int] = field(default_factory=dict)
    """How often each name was looked up (its address in version 4)."""


class Names(threading.Thread):
    """A name server that leads every name inwards, but for a few."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))

    def run(self) -> None:
        while True:
            packet, asker = self._socket.recvfrom(4096)
            self._socket.sendto(self._answer(DNSRecord.parse(packet)).pack(), asker)

    def _answer(self, query: DNSRecord) -> DNSRecord:
        name, kind = str(query.q.qname).rstrip(".").lower(), query.q.qtype
        if kind == QTYPE.A:
            self.asked[name] += 1
        answer = query.reply()
        for address in self._addresses(name):
            made = ipaddress.ip_address(address)
            if kind == QTYPE.A and made.version == 4:
                answer.add_answer(RR(query.q.qname, kind, rdata=A(address), ttl=0))
            if kind == QTYPE.AAAA and made.version == 6:
                answer.add_answer(RR(query.q.qname, kind, rdata=AAAA(address), ttl=0))
        return answer

    def _addresses(self, name: str) -> Sequence[str]:
        if name == REBINDING:
            return [OUTWARDS if self.asked[name] <= 1 else INWARDS]
        if name.endswith(".spelled.example.net"):
            return [spelled(name)]
        return [OUTWARDS] if name == "outwards.example.net" else [INWARDS]


def name_for(address: str) -> str:
    """Return a name that leads to an address."""
    return f"x{ipaddress.ip_address(address).packed.hex()}.spelled.example.net"


def spelled(name: str) -> str:
    """Return the address a name was made for."""
    return str(ipaddress.ip_address(bytes.fromhex(name.partition(".")[0][1:])))


class Wire(threading.Thread):
    """Notes where connections were begun."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.dialled: list[str] = []
        self._socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(EVERY_PROTOCOL)
        )
        self._socket.bind(("lo", 0))

    def run(self) -> None:
        while True:
            packet, (_, _, kind, *_) = self._socket.recvfrom(65535)
            if kind == socket.PACKET_HOST and (target := _begun(packet)):
                self.dialled.append(target)

    def settle(self) -> None:
        """Make a connection that is known, and wait until it is seen: then so is all before it."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            mark = f"127.0.0.1:{server.getsockname()[1]}"
            socket.create_connection(server.getsockname()).close()
            while mark not in self.dialled:
                threading.Event().wait(0.01)
        self.dialled.remove(mark)


def _begun(packet: bytes) -> str | None:
    """Return where a packet begins a connection to, if it does."""
    if packet[0] >> 4 == 4:
        protocol, target, rest = packet[9], packet[16:20], packet[(packet[0] & 15) * 4 :]
    else:
        protocol, target, rest = packet[6], packet[24:40], packet[40:]
    if protocol != socket.IPPROTO_TCP or rest[13] & (SYN | ACK) != SYN:
        return None
    return f"{ipaddress.ip_address(target)}:{struct.unpack('!H', rest[2:4])[0]}"


def try_all(urls: Sequence[str], *, way: str) -> Seen:
    """Request each address once, and return what was seen."""
    names, wire = _started
    names.asked.clear()
    wire.dialled.clear()
    details = asyncio.run(WAYS[way](urls))
    wire.settle()
    return Seen(details, list(wire.dialled), dict(names.asked))


async def by_channel(urls: Sequence[str]) -> list[str]:
    """Post through the channel as it is."""
    surroundings = Surroundings(settings=SETTINGS, now=clock.now, timeout=TIMEOUT)
    async with open_webhooks(surroundings) as channel:
        return [(await channel.send(message(url))).detail for url in urls]


async def by_socket(urls: Sequence[str]) -> list[str]:
    """Post with nothing but the check at the socket, as if no rule of spelling existed."""
    return await _by_client(urls, socket_factory=Guard().open_socket)


async def unguarded(urls: Sequence[str]) -> list[str]:
    """Post without any check, to show that the wire would tell."""
    return await _by_client(urls)


async def _by_client(urls: Sequence[str], **how: Any) -> list[str]:  # noqa: ANN401 -- handed on
    connector = aiohttp.TCPConnector(use_dns_cache=False, **how)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    details = []
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        for url in urls:
            try:
                async with session.post(url, data=b"{}", allow_redirects=False) as response:
                    details.append(str(response.status))
            except (aiohttp.ClientError, OSError, ValueError, AssertionError) as error:
                details.append(type(error).__name__)
    return details


WAYS = {"channel": by_channel, "socket": by_socket, "unguarded": unguarded}


def prepare() -> tuple[Names, Wire]:
    """Make every address lead here and start the observers."""
    for command in (
        ["ip", "link", "set", "lo", "up"],
        ["ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo"],
        ["ip", "-6", "route", "add", "local", "::/0", "dev", "lo"],
    ):
        subprocess.run(command, check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    Path(file.name).chmod(0o644)
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "--bind", file.name, "/etc/resolv.conf"], check=True)
    Path(file.name).unlink()
    names, wire = Names(), Wire()
    names.start()
    wire.start()
    return names, wire


if __name__ == "__main__":
    _started = prepare()
    wishes = json.load(sys.stdin)
    answer = [asdict(try_all(wish["urls"], way=wish["way"])) for wish in wishes]
    json.dump(answer, sys.stdout)
