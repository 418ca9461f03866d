"""An export behind nginx answers as the program does, under the same addresses."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import time_machine
from flask import Flask

from policy_api.reading.export import export
from tests.reading.places import EVERY_PUBLIC, SHOP
from tests.reading.published import CORRECTED
from tests.reading.told import Told

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIG = Path(__file__).parents[2] / "deploy" / "static.conf"
NOT_EXPORTED = ("/v1/resolve", f"{SHOP}/status?seen=1")
QUESTIONS = [path for path in EVERY_PUBLIC if not path.startswith(NOT_EXPORTED)]
IN_GERMAN = [
    f"{SHOP}?locale=de",
    f"{SHOP}.html?locale=de",
    f"{SHOP}/versions/2?locale=de",
    f"{SHOP}/diff?from=1&to=2&locale=de",
    f"{SHOP}/feed.atom?locale=de",
]

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine"),
]


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Static:
    """A static server over an export."""

    port: int

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=named)
            found = connection.getresponse()
            told = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, told, found.read())


@contextmanager
def nginx(root: Path, folder: Path) -> Iterator[Static]:
    """Run nginx with the configuration that is shipped."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = re.sub(r"/tmp/(?=[a-z.]+;)", f"{folder}/", CONFIG.read_text())  # noqa: S108 -- nginx's
    config = config.replace("/srv/policy-api/current", str(root))
    config = config.replace("listen 8080", f"listen 127.0.0.1:{port}")
    # The folders of tests belong to whoever runs them.
    user = "user root; " if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"daemon off; {user}\n{config}")
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                assert process.poll() is None, "nginx refuses the configuration."
                assert time.monotonic() < until, "nginx does not listen."
            else:
                break
        yield Static(port)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, told: Told) -> Path:
    out = tmp_path_factory.mktemp("site")
    with time_machine.travel(CORRECTED, tick=False):
        export(told.app("sqlite", CORRECTED), out)
    return out / "current"


@pytest.fixture(scope="module")
def static(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Static]:
    with nginx(exported, tmp_path_factory.mktemp("nginx")) as made:
        yield made


@pytest.fixture
def app(told: Told, kind: str) -> Flask:
    return told.app(kind, CORRECTED)


def plain(media_type: str | None) -> str:
    """Return a media type as both write it."""
    return re.sub(r"\s", "", (media_type or "").lower())


@pytest.mark.parametrize("path", [*QUESTIONS, *IN_GERMAN])
def test_every_address_answers_as_the_program_does(static: Static, app: Flask, path: str) -> None:
    with time_machine.travel(CORRECTED, tick=False):
        answer = app.test_client().get(path)

    found = static.ask(path)

    assert (found.status, found.body) == (200, answer.data)
    assert plain(found.headers["content-type"]) == plain(answer.headers["Content-Type"])
    assert found.headers["access-control-allow-origin"] == "*"
    is_fixed = "immutable" in answer.headers["Cache-Control"]
    assert ("immutable" in found.headers["cache-control"]) == is_fixed


def test_an_answer_that_is_known_is_not_sent_again(static: Static) -> None:
    first = static.ask(SHOP)

    again = static.ask(SHOP, If_None_Match=first.headers["etag"])

    assert (again.status, again.body) == (304, b"")


def test_an_answer_comes_compressed_to_whoever_takes_it(static: Static) -> None:
    packed, plainly = static.ask(SHOP, Accept_Encoding="gzip"), static.ask(SHOP)

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plainly.body
    assert "accept-encoding" in plainly.headers["vary"].lower()


def test_the_head_alone_says_the_same(static: Static) -> None:
    found, whole = static.ask(SHOP, method="HEAD"), static.ask(SHOP)

    assert (found.status, found.body) == (200, b"")
    assert found.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sites/nobody/policies/privacy",
        f"{SHOP}?locale=xx",
        f"{SHOP}?unknown=1",
        f"{SHOP}?/../../../../../etc/passwd",
        f"{SHOP}?locale=de/../../privacy",
        "/../../etc/passwd",
        "/manifest.json",
        "/_headers",
        "/v1",
    ],
)
def test_what_was_not_exported_is_not_there(static: Static, path: str) -> None:
    assert static.ask(path).status in {400, 404}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(static: Static, method: str) -> None:
    assert static.ask(SHOP, method=method).status in {403, 405}


def test_every_file_of_the_export_is_reached(static: Static, exported: Path) -> None:
    files = orjson.loads((exported / "manifest.json").read_bytes())["files"]

    lost = [
        entry["url"]
        for name, entry in files.items()
        if static.ask(entry["url"]).body != (exported / name).read_bytes()
    ]

    assert lost == []
