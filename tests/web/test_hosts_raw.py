"""Whose text a request gets, byte by byte on the socket of the real server.

A test client builds requests that are well formed; what an attacker sends is not.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.engine import make_engine
from policy_api.db.tx import writing
from policy_api.domain.blocks import register_builtin_kinds
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.service import Publisher, publish
from policy_api.resources import data_file
from tests.conftest import migrate
from tests.domain.sources import entries, source

PATH = "/v1/policies/privacy"
SHOP = "shop.example.org"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Yield the port of gunicorn, run as it is shipped, over three published sites."""
    folder = tmp_path_factory.mktemp("raw")
    url = f"sqlite:///{folder}/policy-api.sqlite3"
    publish_three_sites(url, folder / "signing-key.pem")
    port = free_port()
    ours = {
        "POLICY_API_DATA_DIR": str(folder),
        "POLICY_API_PORT": str(port),
        "POLICY_API_WEB_CONCURRENCY": "1",
    }
    log = (folder / "log").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(data_file("gunicorn.conf.py"))],
        env={**os.environ, **ours},
        stdout=log,
        stderr=log,
        cwd=folder,
    )
    try:
        wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=PATIENCE)
        log.close()


def publish_three_sites(url: str, key: Path) -> None:
    register_builtin_kinds()
    migrate(url)
    forum = entries()["sites/forum"]
    hosts = ["forum.example.org", "xn--frum-qqa.example"]
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session, writing(session):
        publish(
            session,
            source=source({"sites/forum": forum | {"hosts": hosts}}),
            base=0,
            announcement=Announcement(),
            publisher=Publisher(actor="A. Publisher", signer=Signer.load_or_create(key)),
            now=clock.now(),
        )
    engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert running.poll() is None, "gunicorn has stopped"
        try:
            if (
                said(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0]
                == 200
            ):
                return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("gunicorn did not begin to answer")


def said(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer to some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = dict(field.lower().split(": ", 1) for field in rest)
    return int(first.split(" ")[1]), headers, body


def asked(*fields: str, target: str = PATH, protocol: str = "HTTP/1.1") -> bytes:
    lines = [f"GET {target} {protocol}", *fields, "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def served(port: int, request: bytes) -> tuple[int, str | None]:
    """Return the status, and the key of the site whose text came."""
    status, headers, body = said(port, request)
    if status != 200:
        assert headers.get("cache-control", "no-store") == "no-store"
        assert b'"sections"' not in body
        return status, None
    return status, json.loads(body)["site"]["key"]


ROWS = [
    # One spelling of what is written
    (asked(f"Host: {SHOP}"), 200, "shop"),
    (asked("Host: Shop.EXAMPLE.Org"), 200, "shop"),
    (asked(f"host:{SHOP}"), 200, "shop"),
    (asked(f"Host:  \t{SHOP}  "), 200, "shop"),
    (asked(f"Host: {SHOP}."), 200, "shop"),
    (asked(f"Host: {SHOP}:80"), 200, "shop"),
    (asked(f"Host: {SHOP}.:8443"), 200, "shop"),
    (asked(f"Host: {SHOP}:"), 200, "shop"),
    (asked("Host: xn--frum-qqa.example"), 200, "forum"),
    (asked("Host: XN--FRUM-QQA.Example:443"), 200, "forum"),
    (asked("Host: fórum.example"), 200, "forum"),
    (asked("Host: example.org"), 200, "main"),
    # Hosts of nobody
    (asked("Host: evil.example"), 404, None),
    (asked("Host: www.example.org"), 404, None),
    (asked(f"Host: {SHOP}.evil.example"), 404, None),
    (asked("Host: localhost"), 404, None),
    (asked("Host: 127.0.0.1"), 404, None),
    # No host name at all
    (asked(f"Host: {SHOP}.."), 400, None),
    (asked(f"Host: .{SHOP}"), 400, None),
    (asked(f"Host: {SHOP}:99999"), 400, None),
    (asked(f"Host: {SHOP}:80:80"), 400, None),
    (asked(f"Host: user@{SHOP}"), 400, None),
    (asked(f"Host: {SHOP}@evil.example"), 400, None),
    (asked(f"Host: user:{SHOP}@evil.example"), 400, None),
    (asked(f"Host: {SHOP}, evil.example"), 400, None),
    (asked(f"Host: {SHOP} evil.example"), 400, None),
    (asked(f"Host: {SHOP}/../forum"), 400, None),
    (asked("Host: shop%2eexample.org"), 400, None),
    (asked("Host: [::1]"), 400, None),
    (asked("Host: [::1]:8000"), 400, None),
    (asked("Host: "), 400, None),
    (asked("Host: shop_example.org"), 400, None),
    (asked(f"Host: {'x' * 300}.example"), 400, None),
    # No host, two hosts, a hidden host
    (asked(), 400, None),
    (asked(protocol="HTTP/1.0"), 400, None),
    (asked(f"Host: {SHOP}", "Host: evil.example"), 400, None),
    (asked(f"Host: {SHOP}", f"Host: {SHOP}"), 400, None),
    (asked(f"Host : {SHOP}"), 400, None),
    (asked("Host: evil.example", f" {SHOP}"), 400, None),
    (asked(f"Host: {SHOP}\x00"), 400, None),
    (asked(f"Host: evil.example\nHost: {SHOP}"), 400, None),
    # The target in absolute form
    (asked(f"Host: {SHOP}", target=f"http://{SHOP}{PATH}"), 200, "shop"),
    (asked(f"Host: {SHOP}", target=f"HTTP://SHOP.example.org.:80{PATH}"), 200, "shop"),
    (asked(f"Host: {SHOP}", target=f"http://forum.example.org{PATH}"), 400, None),
    (asked("Host: evil.example", target=f"http://{SHOP}{PATH}"), 400, None),
    (asked(f"Host: {SHOP}", target=f"http://user@{SHOP}{PATH}"), 400, None),
    (asked(target=f"http://{SHOP}{PATH}"), 400, None),
    (asked(f"Host: {SHOP}", target=f"//forum.example.org{PATH}"), 404, None),
    # What others may have forwarded
    (asked(f"Host: {SHOP}", "X-Forwarded-Host: forum.example.org"), 200, "shop"),
    (asked("Host: evil.example", f"X-Forwarded-Host: {SHOP}"), 404, None),
    (asked(f"Host: {SHOP}", "Forwarded: host=forum.example.org"), 200, "shop"),
    (asked(f"Host: {SHOP}", "X-Host: forum.example.org"), 200, "shop"),
    (asked(f"Host: {SHOP}", "Script-Name: /evil", "X-Original-URL: /"), 200, "shop"),
]


@pytest.mark.parametrize(("request_", "status", "site"), ROWS)
def test_nobody_gets_the_text_of_another_site(
    server: int, request_: bytes, status: int, site: str | None
) -> None:
    assert served(server, request_) == (status, site)


def test_an_address_with_the_site_gives_the_same_bytes_under_every_host(server: int) -> None:
    target = "/v1/sites/shop/policies/privacy"

    bodies = {
        said(server, asked(f"Host: {host}", target=target))[2]
        for host in (SHOP, "evil.example", "127.0.0.1", "[::1]")
    }

    assert len(bodies) == 1
