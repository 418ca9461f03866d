"""What the documentation tells receivers to do is executed, in every language found here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable

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


def by_python(secret: str, headers: dict[str, str], body: str, now: int) -> bool:
    names: dict[str, object] = {}
    exec(snippet("python"), names)  # noqa: S102 -- our own documentation
    verify = names["verify"]
    assert callable(verify)
    return bool(verify(secret, headers, body.encode(), now))


def by_program(language: str, program: list[str], tail: str) -> Verify:
    def verify(secret: str, headers: dict[str, str], body: str, now: int) -> bool:
        given = json.dumps([secret, headers, body, now])
        script = snippet(language).removeprefix("<?php") + tail
        command = [*program, script, given]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip() == "yes"

    return verify


JAVASCRIPT = """
const [secret, headers, body, now] = JSON.parse(process.argv[1]);
console.log(verify(secret, headers, Buffer.from(body), now) ? "yes" : "no");
"""
PHP = """
[$secret, $headers, $body, $now] = json_decode($argv[1], true);
echo verify($secret, $headers, $body, $now) ? 'yes' : 'no';
"""
PROGRAMS = {"node": ("javascript", ["-e"], JAVASCRIPT), "php": ("php", ["-r"], PHP)}


def verifiers() -> dict[str, Verify]:
    found: dict[str, Verify] = {"python": by_python}
    for name, (language, options, tail) in PROGRAMS.items():
        if path := shutil.which(name):
            found[name] = by_program(language, [path, *options], tail)
    return found


VERIFIERS = verifiers()


@pytest.mark.parametrize("verify", VERIFIERS.values(), ids=VERIFIERS.keys())
def test_the_documented_check_tells_genuine_from_forged(verify: Verify) -> None:
    key, other = new_key("v1"), new_key("v1")
    keys = (other, key)
    headers = signature_headers(message_id="evt_1", timestamp=NOW, body=BODY.encode(), keys=keys)

    assert verify(shown(key), headers, BODY, NOW + 10)
    assert not verify(shown(new_key("v1")), headers, BODY, NOW)
    assert not verify(shown(key), headers, BODY + " ", NOW)
    assert not verify(shown(key), headers, BODY, NOW + 301)
    assert not verify(shown(key), headers | {"webhook-id": "evt_2"}, BODY, NOW)
