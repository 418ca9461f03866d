"""What the documentation tells receivers to do is executed, in every language found here."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from policy_api.notification.signing import new_key, shown, signature_headers
from policy_api.resources import data_dir

PAGE = data_dir("policy_api").parent / "docs" / "how-to" / "receive-webhooks.md"
NOW = 1_772_352_000
BODY = '{"type":"policy.published","title":"Für alle ✓"}'

Verify = Callable[[str, dict[str, str], str, int], bool]


def snippet(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return str(found)


def function(language: str, name: str) -> Callable[..., Any]:
    """Return what a snippet in Python defines."""
    names: dict[str, Any] = {}
    exec(snippet(language), names)  # noqa: S102 -- our own documentation
    found: Callable[..., Any] = names[name]
    return found


def by_python(kind: str) -> Verify:
    def verify(key: str, headers: dict[str, str], body: str, now: int) -> bool:
        return bool(function(f"python{kind}", "verify")(key, headers, body.encode(), now))

    return verify


def by_program(language: str, program: list[str], tail: str) -> Verify:
    def verify(key: str, headers: dict[str, str], body: str, now: int) -> bool:
        given = json.dumps([key, headers, body, now])
        script = snippet(language).removeprefix("<?php") + tail
        command = [*program, script, given]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip() == "yes"

    return verify


JAVASCRIPT = """
const [key, headers, body, now] = JSON.parse(process.argv[1]);
console.log(verify(key, headers, Buffer.from(body), now) ? "yes" : "no");
"""
PHP = """
[$key, $headers, $body, $now] = json_decode($argv[1], true);
echo verify($key, $headers, $body, $now) ? 'yes' : 'no';
"""
PROGRAMS = {"node": ("javascript", ["-e"], JAVASCRIPT), "php": ("php", ["-r"], PHP)}


SCHEMES = {"v1": "", "v1a": " asymmetric"}
"""Scheme → what its snippets are marked with."""


def verifiers() -> Iterator[Any]:
    for scheme, kind in SCHEMES.items():
        yield pytest.param(scheme, by_python(kind), id=f"{scheme}-python")
        for name, (language, options, tail) in PROGRAMS.items():
            path = shutil.which(name)
            is_there = pytest.mark.skipif(path is None, reason=f"{name} is not installed")
            verify = by_program(f"{language}{kind}", [str(path), *options], tail)
            yield pytest.param(scheme, verify, id=f"{scheme}-{language}", marks=is_there)


@pytest.mark.parametrize(("scheme", "verify"), list(verifiers()))
def test_the_documented_check_tells_genuine_from_forged(scheme: str, verify: Verify) -> None:
    key, other = new_key(scheme), new_key(scheme)
    keys = (other, new_key("v1"), new_key("v1a"), key)
    headers = signature_headers(message_id="evt_1", timestamp=NOW, body=BODY.encode(), keys=keys)

    assert verify(shown(key), headers, BODY, NOW + 10)
    assert not verify(shown(new_key(scheme)), headers, BODY, NOW)
    assert not verify(shown(key), headers, BODY + " ", NOW)
    assert not verify(shown(key), headers, BODY, NOW + 301)
    assert not verify(shown(key), headers | {"webhook-id": "evt_2"}, BODY, NOW)


@pytest.mark.parametrize(("scheme", "verify"), list(verifiers()))
@pytest.mark.parametrize("signature", ["", "{0}", "{0},", "{0},AAAA", "{0},%%%", "v1b,AAAA {0}"])
def test_the_documented_check_refuses_what_is_no_signature(
    scheme: str, verify: Verify, signature: str
) -> None:
    key = new_key(scheme)
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(NOW),
        "webhook-signature": signature.format(scheme),
    }

    assert not verify(shown(key), headers, BODY, NOW)


class Feed:
    """A log of events, told in small pages over HTTP."""

    def __init__(self) -> None:
        self.count = 0
        feed = self

        class Answer(BaseHTTPRequestHandler):
            def answer(self) -> None:
                (after,) = parse_qs(urlsplit(self.path).query)["after"]
                last = min(feed.count, int(after) + 2)
                items = [{"sequence": number} for number in range(int(after) + 1, last + 1)]
                body = json.dumps({"items": items, "next": None}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = answer  # noqa: N815 -- the name of http.server

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_the_documented_receiver_misses_nothing_and_repeats_nothing() -> None:
    catch_up = function("python catch_up", "catch_up")
    handled: list[int] = []

    def handle(event: dict[str, int]) -> None:
        if event["sequence"] == 4 and handled.count(0) == 0:
            handled.append(0)
            raise ConnectionError("Something else is down.")
        handled.append(event["sequence"])

    with Feed() as feed, closing(sqlite3.connect(":memory:")) as database:
        feed.count = 3
        assert catch_up(feed.base, database, handle) == 3
        assert catch_up(feed.base, database, handle) == 3
        feed.count = 7
        with pytest.raises(ConnectionError):
            catch_up(feed.base, database, handle)
        assert catch_up(feed.base, database, handle) == 7

    assert handled == [1, 2, 3, 0, 4, 5, 6, 7]
