"""An export in a bucket: a real server that speaks S3, on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import orjson
import pytest
import time_machine
from click.testing import CliRunner
from flask.cli import ScriptInfo
from moto.server import ThreadedMotoServer

from policy_api.errors import BadInput, Unavailable
from policy_api.reading.export import export, file_name
from policy_api.reading.export_bucket import Bucket, BucketAddress, put_into_bucket
from policy_api.reading.export_commands import export_site_command
from tests.reading.places import SHOP
from tests.reading.published import CORRECTED, EFFECTIVE
from tests.reading.told import Told

pytestmark = [
    pytest.mark.sqlite_only,
    # The client asks Python for the time in a way that Python is giving up.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]
Client = Any
"""The client has no types."""

BUCKET, TARGET = "legal", "s3://legal/policies/live"
PREFIX = "policies/live/"


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(storage: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name, value in {
        "AWS_ENDPOINT_URL": storage,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    made = boto3.client("s3")
    made.create_bucket(Bucket=BUCKET)
    yield made
    for key in keys(made):
        made.delete_object(Bucket=BUCKET, Key=key)
    made.delete_bucket(Bucket=BUCKET)
    made.close()


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory, told: Told) -> dict[str, Path]:
    """Export the history before and after an announced text takes effect."""
    app, found = told.app("sqlite", CORRECTED), {}
    for name, at in (("before", CORRECTED), ("after", EFFECTIVE)):
        found[name] = tmp_path_factory.mktemp(name)
        with time_machine.travel(at, tick=False):
            export(app, found[name], sites=["shop"])
    return found


def keys(client: Client) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [found["Key"] for page in pages for found in page.get("Contents", ())]


def files(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((out / "current" / "manifest.json").read_bytes())["files"]
    return found


def objects(out: Path) -> set[str]:
    """Return the names of files and siblings."""
    siblings = {
        f"{name}.{coding}" for name, entry in files(out).items() for coding in entry["codings"]
    }
    return {*files(out), *siblings}


def body(client: Client, name: str) -> bytes:
    found: bytes = client.get_object(Bucket=BUCKET, Key=PREFIX + name)["Body"].read()
    return found


def test_every_file_is_put_there_with_its_headers(client: Client, exports: dict[str, Path]) -> None:
    counts = put_into_bucket(exports["before"], TARGET)

    listed = files(exports["before"])
    assert counts.written == len(objects(exports["before"])) > len(listed) > 50
    assert set(keys(client)) == {
        PREFIX + name for name in (*objects(exports["before"]), "manifest.json")
    }
    wrong = [
        name
        for name in listed
        if body(client, name) != (exports["before"] / "current" / name).read_bytes()
    ]
    assert wrong == []
    page = client.head_object(Bucket=BUCKET, Key=PREFIX + file_name(f"{SHOP}.html?locale=de"))
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["ContentLanguage"] == "de"
    fixed = client.head_object(Bucket=BUCKET, Key=PREFIX + file_name(f"{SHOP}/versions/1"))
    assert "immutable" in fixed["CacheControl"]


@pytest.mark.parametrize(("coding", "encoding"), [("br", "br"), ("gz", "gzip"), ("zst", "zstd")])
def test_a_sibling_says_how_it_is_encoded(
    client: Client, exports: dict[str, Path], coding: str, encoding: str
) -> None:
    put_into_bucket(exports["before"], TARGET)

    name = file_name(f"{SHOP}/versions/1?locale=de")
    plain = client.head_object(Bucket=BUCKET, Key=PREFIX + name)
    sibling = client.head_object(Bucket=BUCKET, Key=f"{PREFIX}{name}.{coding}")

    assert "ContentEncoding" not in plain
    assert sibling["ContentEncoding"] == encoding
    for header in ("ContentType", "ContentLanguage", "CacheControl"):
        assert sibling[header] == plain[header]
    file = exports["before"] / "current" / f"{name}.{coding}"
    assert body(client, f"{name}.{coding}") == file.read_bytes()


def test_only_what_changed_is_put_there_again(client: Client, exports: dict[str, Path]) -> None:
    put_into_bucket(exports["before"], TARGET)
    same = put_into_bucket(exports["before"], TARGET)

    later = put_into_bucket(exports["after"], TARGET)

    assert (same.written, same.removed) == (0, 0)
    old, new = files(exports["before"]), files(exports["after"])
    was, now = objects(exports["before"]), objects(exports["after"])
    assert later.removed == len(was - now) > 0
    changed = [name for name in new if old.get(name) != new[name]]
    assert later.written <= 4 * len(changed) < len(now)
    assert set(keys(client)) == {PREFIX + name for name in (*now, "manifest.json")}
    assert (
        body(client, file_name(SHOP))
        == (exports["after"] / "current" / file_name(SHOP)).read_bytes()
    )


def test_an_interrupted_run_is_taken_up(client: Client, exports: dict[str, Path]) -> None:
    class Broken:
        """A client whose connection breaks after some uploads."""

        left = 20

        def __getattr__(self, name: str) -> object:
            return getattr(client, name)

        def put_object(self, **told: object) -> None:
            if self.left <= 0:
                raise ConnectionError
            self.left -= 1
            client.put_object(**told)

    with pytest.raises(ConnectionError):
        Bucket(Broken(), BucketAddress.parse(TARGET)).sync(exports["before"])
    assert PREFIX + "manifest.json" not in keys(client)

    counts = put_into_bucket(exports["before"], TARGET)

    assert counts.unchanged >= 12
    assert counts.unchanged + counts.written == len(objects(exports["before"]))


def test_what_others_put_there_stays(client: Client, exports: dict[str, Path]) -> None:
    client.put_object(Bucket=BUCKET, Key=f"{PREFIX}robots.txt", Body=b"theirs")
    client.put_object(Bucket=BUCKET, Key="elsewhere.json", Body=b"theirs")

    put_into_bucket(exports["before"], TARGET)
    put_into_bucket(exports["after"], TARGET)

    assert {f"{PREFIX}robots.txt", "elsewhere.json"} <= set(keys(client))


def test_a_storage_that_refuses_is_told_of(client: Client, exports: dict[str, Path]) -> None:
    with pytest.raises(Unavailable, match="The storage refuses"):
        put_into_bucket(exports["before"], "s3://no-such-bucket/x")


@pytest.mark.parametrize("text", ["legal", "https://legal/x", "s3://", "s3:///x", "s3://legal?x=1"])
def test_what_is_no_bucket_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        BucketAddress.parse(text)


def test_the_command_writes_and_puts(client: Client, told: Told, tmp_path: Path) -> None:
    app = told.app("sqlite", CORRECTED)
    with time_machine.travel(CORRECTED, tick=False):
        done = CliRunner().invoke(
            export_site_command,
            [str(tmp_path), "--site", "shop", "--to", TARGET, "--json"],
            obj=ScriptInfo(create_app=lambda: app),
        )

    assert done.exit_code == 0, done.output
    answer = orjson.loads(done.stdout)
    assert answer["bucket"]["written"] == len(objects(tmp_path)) > answer["written"] > 50
