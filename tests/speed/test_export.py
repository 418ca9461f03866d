"""The static export: the same bytes under the same addresses, complete at every moment."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import orjson
import pytest
import time_machine
import zstandard
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from policy_api.reading.export import export, file_name
from policy_api.reading.export_commands import export_site_command
from policy_api.reading.export_headers import headers_file
from policy_api.reading.export_tree import Tree
from tests.reading.places import EVERY_PUBLIC, SHOP
from tests.reading.published import CORRECTED, EFFECTIVE, REWORDED
from tests.reading.told import Told

pytestmark = pytest.mark.sqlite_only
NOT_EXPORTED = ("/v1/resolve", f"{SHOP}/status?seen=1")
"""Answers to questions of which there is no end."""

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gz": gzip.decompress,
    "zst": lambda body: zstandard.ZstdDecompressor().decompress(body),
}


@pytest.fixture
def app(told: Told, kind: str) -> Flask:
    return told.app(kind, CORRECTED)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, told: Told) -> Path:
    """Export the history as it stands right after the correction."""
    out = tmp_path_factory.mktemp("site")
    with time_machine.travel(CORRECTED, tick=False):
        export(told.app("sqlite", CORRECTED), out)
    return out / "current"


def manifest(current: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((current / "manifest.json").read_bytes())
    return found


def inodes(current: Path) -> dict[str, int]:
    return {str(path): path.stat().st_ino for path in current.resolve().rglob("*")}


@pytest.mark.parametrize("path", [p for p in EVERY_PUBLIC if not p.startswith(NOT_EXPORTED)])
def test_every_public_answer_is_a_file(exported: Path, app: Flask, path: str) -> None:
    with time_machine.travel(CORRECTED, tick=False):
        answer = app.test_client().get(path)

    assert (exported / file_name(path)).read_bytes() == answer.data


def test_every_file_is_what_its_address_answers(exported: Path, app: Flask) -> None:
    client, wrong = app.test_client(), []
    with time_machine.travel(CORRECTED, tick=False):
        for name, entry in manifest(exported)["files"].items():
            answer = client.get(entry["url"])
            if (exported / name).read_bytes() != answer.data or name != file_name(entry["url"]):
                wrong.append(entry["url"])

    assert wrong == []


def test_every_link_between_documents_leads_to_a_file(exported: Path) -> None:
    files = manifest(exported)["files"]
    missing = {
        link
        for name, entry in files.items()
        if entry["headers"]["Content-Type"].startswith("application/json")
        for link in links(orjson.loads((exported / name).read_bytes()))
        if link.startswith("/") and file_name(link) not in files
    }

    assert missing == set()


def links(value: object) -> list[str]:
    """Return the addresses under ``links`` and ``href``."""
    if isinstance(value, list):
        return [link for member in value for link in links(member)]
    if not isinstance(value, dict):
        return []
    own = [member for member in (value.get("links") or {}).values() if isinstance(member, str)]
    own += [value["href"]] if isinstance(value.get("href"), str) else []
    return own + [link for member in value.values() for link in links(member)]


def test_compressed_siblings_hold_the_same(exported: Path) -> None:
    wrong = [
        f"{name}.{coding}"
        for name, entry in manifest(exported)["files"].items()
        for coding in entry["codings"]
        if DECODE[coding]((exported / f"{name}.{coding}").read_bytes())
        != (exported / name).read_bytes()
    ]

    assert wrong == []


def test_every_file_has_one_lifetime_in_the_file_of_headers(exported: Path) -> None:
    rules = cache_rules((exported / "_headers").read_text())
    wrong = []
    for name, entry in manifest(exported)["files"].items():
        said = [value for pattern, value in rules if pattern.fullmatch(f"/{name}")]
        if said != [entry["headers"]["Cache-Control"]]:
            wrong.append((name, said))

    assert wrong == []


def cache_rules(text: str) -> list[tuple[re.Pattern[str], str]]:
    """Read a file of headers as static hosts do: ``:word`` is one segment, ``*`` is anything."""
    found = []
    for block in text.split("\n\n"):
        path, *lines = block.splitlines()
        written = re.sub(r":[a-z]+", "[^/]+", re.escape(path).replace(r"\*", ".*"))
        told = dict(line.strip().split(": ", 1) for line in lines)
        if "Cache-Control" in told:
            found.append((re.compile(written), told["Cache-Control"]))
    return found


def test_files_that_differ_in_lifetime_get_the_shortest() -> None:
    told = {
        f"v1/sites/{site}.json": {"Cache-Control": f"public, max-age={seconds}"}
        for site, seconds in (("shop", 60), ("forum", 7), ("main", 60))
    }

    assert "/v1/sites/:site\n  Cache-Control: public, max-age=7\n" in headers_file(told.items())


def test_no_more_rules_are_written_than_hosts_read() -> None:
    versions = "v1/sites/shop/policies/privacy/versions"
    told = {
        f"{versions}/{number}.json": {"Cache-Control": "public, max-age=31536000, immutable"}
        for number in range(1, 300)
    }

    written = headers_file(told.items())

    assert written.count("\n\n") == 99
    assert "/versions/299.json" in written


def test_the_same_bytes_are_compressed_once_and_stored_once(exported: Path) -> None:
    by_digest: dict[str, set[int]] = {}
    for name, entry in manifest(exported)["files"].items():
        if entry["codings"]:
            places = by_digest.setdefault(entry["digest"], set())
            places.add((exported / f"{name}.br").stat().st_ino)

    assert {len(places) for places in by_digest.values()} == {1}


def test_a_disk_that_is_full_ends_the_export(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    (tmp_path / "trees" / "unfinished" / "v1").write_text("In the way.")

    with pytest.raises(OSError, match="v1"):  # noqa: PT012 -- whichever of many comes to know of it
        for number in range(100):
            tree.put(f"v1/{number}.json", b"%d" % number, url="", headers={})
        tree.close()


def test_nothing_is_touched_that_did_not_change(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(CORRECTED, tick=False):
        first = export(app, tmp_path)
        before = inodes(tmp_path / "current")
        again = export(app, tmp_path)

    assert first.counts.written > 100
    assert again.counts.written == 0
    assert inodes(tmp_path / "current") == before


def test_after_a_switch_only_what_the_clock_changed_is_written(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(CORRECTED, tick=False):
        first = export(app, tmp_path)
        before = (tmp_path / "current").resolve()
    with time_machine.travel(EFFECTIVE, tick=False):
        second = export(app, tmp_path)

    assert 0 < second.counts.written < first.counts.written / 2
    assert before.exists()
    assert (tmp_path / "current").resolve() != before


def test_an_interrupted_run_is_taken_up_and_was_never_seen(
    app: Flask, told: Told, tmp_path: Path
) -> None:
    with time_machine.travel(REWORDED, tick=False):
        export(told.app("sqlite", REWORDED), tmp_path)
    shown = (tmp_path / "current").resolve()
    unfinished = tmp_path / "trees" / "unfinished"
    with time_machine.travel(CORRECTED, tick=False):
        whole = export(app, tmp_path / "elsewhere")
        half = dict(list(manifest(tmp_path / "elsewhere" / "current")["files"].items())[::2])
        for name, entry in half.items():
            for place in (name, *(f"{name}.{coding}" for coding in entry["codings"])):
                (unfinished / place).parent.mkdir(parents=True, exist_ok=True)
                (unfinished / place).write_bytes(
                    (tmp_path / "elsewhere" / "current" / place).read_bytes()
                )
        still = (tmp_path / "current").resolve()
        resumed = export(app, tmp_path)

    assert still == shown
    assert resumed.counts.written < whole.counts.written
    assert (
        manifest(tmp_path / "current")["files"]
        == manifest(tmp_path / "elsewhere" / "current")["files"]
    )


def test_one_site_alone_can_be_exported(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(CORRECTED, tick=False):
        export(app, tmp_path, sites=["shop"])

    folders = {path.name for path in (tmp_path / "current" / "v1" / "sites").iterdir()}
    assert folders & {"shop", "forum", "main"} == {"shop"}


def test_the_command_says_what_it_did(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(CORRECTED, tick=False):
        done = CliRunner().invoke(
            export_site_command,
            [str(tmp_path), "--site", "shop", "--json"],
            obj=ScriptInfo(create_app=lambda: app),
        )

    assert done.exit_code == 0, done.output
    assert orjson.loads(done.stdout)["release"] == 4
    assert (tmp_path / "current" / "_headers").is_file()
