"""A finished export in a bucket of S3-compatible storage: what changed, in safe order."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import orjson

from policy_api.errors import BadInput, Problem, Unavailable
from policy_api.reading.export_tree import CURRENT, MANIFEST, Counts, Entry

AT_ONCE: Final = 8
"""Uploads side by side."""

DELETED_AT_ONCE: Final = 1000
"""As many names as one request may hold."""

_HEADERS: Final = {
    "Content-Type": "ContentType",
    "Content-Language": "ContentLanguage",
    "Cache-Control": "CacheControl",
}
"""Header of a file → argument of the client."""

_ENCODINGS: Final = {"br": "br", "gz": "gzip", "zst": "zstd"}
"""End of a sibling's name → what HTTP calls the coding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Where an export is put."""

    bucket: str
    prefix: str
    """Empty, or ends in a slash."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``s3://bucket/some/prefix``.

        :raises BadInput: If it is no such address.
        """
        parts = urlsplit(text)
        if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
            problem = Problem(f"{text!r} is no bucket.", expected="s3://bucket/prefix")
            raise BadInput(problems=[problem])
        prefix = parts.path.strip("/")
        return cls(bucket=parts.netloc, prefix=f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True)
class Item:
    """One object: a file as it is, or a sibling under a key of its own."""

    entry: Entry
    coding: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """Return what the storage is to say of it."""
        told = self.entry["headers"]
        found = {_HEADERS[name]: value for name, value in told.items() if name in _HEADERS}
        return {**found, "ContentEncoding": _ENCODINGS[self.coding]} if self.coding else found


class Bucket:
    """A bucket, seen through what an export needs of it."""

    def __init__(self, client: Any, address: BucketAddress) -> None:  # noqa: ANN401 -- untyped
        self._client = client
        self._address = address

    def sync(self, out: Path) -> Counts:
        """Make the bucket hold the finished export of a folder.

        What never changes comes first, the manifest last, and only then what is gone is deleted,
        so that no document leads to one that is not there. A run that was interrupted is taken up
        where it stopped. Nothing is deleted that an export did not put there.

        :raises Unavailable: If the storage does not do what it is asked.
        """
        tree = out / CURRENT
        files = _items((tree / MANIFEST).read_bytes())
        there, before = dict(self._listed()), self._before()
        changed = [
            name
            for name, item in files.items()
            if not _is_there(tree / name, item, there.get(name), before.get(name))
        ]
        for names in _in_safe_order(changed, files):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda name: self._put(tree, name, files[name].arguments), names))
        gone = [name for name in before if name not in files and name in there]
        if changed or gone or MANIFEST not in there:
            self._put(tree, MANIFEST, {"ContentType": "application/json"})
        self._delete(gone)
        return Counts(written=len(changed), unchanged=len(files) - len(changed), removed=len(gone))

    def _listed(self) -> Iterator[tuple[str, str]]:
        """Yield name and tag of everything below the prefix."""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._address.bucket, Prefix=self._address.prefix):
            for found in page.get("Contents", ()):
                yield found["Key"].removeprefix(self._address.prefix), found["ETag"].strip('"')

    def _before(self) -> dict[str, Item]:
        """Return what the export put there before this one holds."""
        try:
            found = self._client.get_object(
                Bucket=self._address.bucket, Key=f"{self._address.prefix}{MANIFEST}"
            )
        except self._client.exceptions.NoSuchKey:
            return {}
        return _items(found["Body"].read())

    def _put(self, tree: Path, name: str, arguments: Mapping[str, str]) -> None:
        self._client.put_object(
            Bucket=self._address.bucket,
            Key=f"{self._address.prefix}{name}",
            Body=(tree / name).read_bytes(),
            **arguments,
        )

    def _delete(self, names: list[str]) -> None:
        for start in range(0, len(names), DELETED_AT_ONCE):
            part = names[start : start + DELETED_AT_ONCE]
            keys = [{"Key": f"{self._address.prefix}{name}"} for name in part]
            self._client.delete_objects(
                Bucket=self._address.bucket, Delete={"Objects": keys, "Quiet": True}
            )


def put_into_bucket(out: Path, target: str) -> Counts:
    """Put the finished export of a folder into a bucket.

    Who we are and where the storage is, the usual variables say: ``AWS_ACCESS_KEY_ID``,
    ``AWS_SECRET_ACCESS_KEY``, ``AWS_ENDPOINT_URL``.

    :param target: ``s3://bucket/prefix``.
    :raises BadInput: If the target is no such address.
    :raises Unavailable: If the client is not installed, or the storage refuses.
    """
    address = BucketAddress.parse(target)
    try:
        boto3 = importlib.import_module("boto3")
        refusals = importlib.import_module("botocore.exceptions")
    except ImportError as error:
        raise Unavailable("Buckets need the extra `s3`: pip install 'policy-api[s3]'.") from error
    try:
        return Bucket(boto3.client("s3"), address).sync(out)
    except (refusals.BotoCoreError, refusals.ClientError) as error:
        raise Unavailable(f"The storage refuses: {error}") from error


def _items(manifest: bytes) -> dict[str, Item]:
    files: dict[str, Entry] = orjson.loads(manifest)["files"]
    found = {name: Item(entry) for name, entry in files.items()}
    for name, entry in files.items():
        found |= {f"{name}.{coding}": Item(entry, coding) for coding in entry["codings"]}
    return found


def _is_there(file: Path, item: Item, tag: str | None, before: Item | None) -> bool:
    """Tell whether an object holds a file: the manifest says so, or its tag, which is its MD5."""
    if tag is None:
        return False
    if before is not None and before.entry["headers"] != item.entry["headers"]:
        return False
    if before is not None and before.entry["digest"] == item.entry["digest"]:
        return True
    return tag == hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


def _in_safe_order(names: Iterable[str], files: Mapping[str, Item]) -> tuple[list[str], list[str]]:
    fixed: list[str] = []
    rest: list[str] = []
    for name in names:
        is_fixed = "immutable" in files[name].entry["headers"].get("Cache-Control", "")
        (fixed if is_fixed else rest).append(name)
    return fixed, rest
