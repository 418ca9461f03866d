"""Check a whole history against its own signed chain, and name the first thing that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from policy_api.domain.proof.canonical import digest, digest_bytes, is_digest
from policy_api.domain.proof.chain import Checkpoint, manifest_digest, next_head
from policy_api.domain.proof.history import (
    MISSHAPEN,
    Damaged,
    History,
    Progress,
    StoredRelease,
    silent,
)
from policy_api.domain.proof.manifest import manifest
from policy_api.domain.proof.records import Seal, VersionRecord
from policy_api.domain.proof.signing import PublicKey
from policy_api.errors import BadInput

_SHOWN = 200
"""Characters of a value in a message; whole texts would hide what the message says."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing in a history that does not fit."""

    place: str
    """Such as ``releases/3/versions/forum/privacy/2/title/en``."""

    expected: object
    """What the chain says; None if there should be nothing."""

    found: object
    """What is stored; None if there is nothing."""

    def __str__(self) -> str:
        return f"{self.place}: expected {_shown(self.expected)}, found {_shown(self.found)}"


def verify(
    history: History,
    *,
    keys: Mapping[str, PublicKey] | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress = silent,
) -> Break | None:
    """Return the first thing that does not fit, in the order of releases, or None.

    A history that was cut off at its end, or rewritten and signed anew with a stolen key, fits in
    itself. Only a checkpoint noted earlier shows that.

    :param keys: Keys known from elsewhere; default: those the history brings along.
    :param progress: Called with the number of each release before it is checked.
    """
    try:
        known = history.keys() if keys is None else keys
        return next(_breaks(history, known, checkpoint, progress), None)
    except Damaged as damage:
        return Break(damage.place, "something readable", damage.problem)


def _breaks(
    history: History,
    keys: Mapping[str, PublicKey],
    checkpoint: Checkpoint | None,
    progress: Progress,
) -> Iterator[Break]:
    walk = _Walk(history, keys)
    for stored in history.releases():
        progress(stored.record.number)
        yield from walk.release(stored)
    if checkpoint is not None:
        yield from walk.checkpoint(checkpoint)
    for place in history.strays():
        yield Break(place, None, "something no release made")


@dataclass(slots=True)
class _Walk:
    """A way through the releases, and what is known of those already passed."""

    history: History
    keys: Mapping[str, PublicKey]
    heads: list[str] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    sound_objects: set[str] = field(default_factory=set)

    def release(self, stored: StoredRelease) -> Iterator[Break]:
        """Check a release against those before it and against itself."""
        record, number = stored.record, len(self.heads) + 1
        place = f"releases/{record.number}"
        if record.number != number:
            yield Break(place, number, record.number)
        yield from self._seal(place, stored.seal)
        yield from self._columns(place, stored)
        for version in sorted(record.versions, key=lambda row: row.number):
            yield from self._version(f"{place}/{version.address}", version)
        for source in (record.source, *(state.source for state in record.states)):
            yield from self._source(f"{place}/source/{source}", source)
        self.heads.append(stored.seal.chain_head)

    def checkpoint(self, noted: Checkpoint) -> Iterator[Break]:
        """Check that what somebody noted down is still in the chain."""
        number = noted.release
        if number is None:
            if noted.chain_head not in self.heads:
                yield Break("releases", noted.chain_head, None)
            return
        found = self.heads[number - 1] if 1 <= number <= len(self.heads) else None
        if found != noted.chain_head:
            yield Break(f"releases/{number}/chain_head", noted.chain_head, found)

    def _seal(self, place: str, seal: Seal) -> Iterator[Break]:
        """Check manifest, digest, head and signature, and tell which of them was changed."""
        previous = self.heads[-1] if self.heads else None
        leaf = manifest_digest(seal.manifest)
        head = next_head(previous, leaf)
        if head != seal.chain_head and _leads_to(previous, seal):
            yield Break(f"{place}/manifest", seal.manifest_digest, leaf)
        if head != seal.chain_head:
            yield Break(f"{place}/chain_head", head, seal.chain_head)
        if leaf != seal.manifest_digest:
            yield Break(f"{place}/manifest_digest", leaf, seal.manifest_digest)
        key = self.keys.get(seal.key_id)
        if key is None:
            yield Break(f"{place}/key_id", "a known key", seal.key_id)
        elif not key.verifies(seal.signature, chain_head=head):
            yield Break(f"{place}/signature", f"a signature by {key.key_id}", seal.signature)

    def _columns(self, place: str, stored: StoredRelease) -> Iterator[Break]:
        """Build the manifest again from what is stored, and compare."""
        previous = self.heads[-1] if self.heads else None
        signed = orjson.loads(stored.seal.manifest)
        try:
            rebuilt = manifest(stored.record, previous=previous)
        except MISSHAPEN as error:
            yield Break(place, "content that can be digested", str(error))
        else:
            yield from _differences(place, _by_address(signed), _by_address(rebuilt))

    def _version(self, place: str, version: VersionRecord) -> Iterator[Break]:
        name = (version.site, version.policy)
        number = self.numbers.get(name, 0) + 1
        if version.number != number:
            yield Break(place, number, version.number)
        self.numbers[name] = version.number
        for locale, expected in version.editions.items():
            yield from self._edition(f"{place}/editions/{locale}", version, locale, expected)

    def _edition(
        self, place: str, version: VersionRecord, locale: str, expected: str
    ) -> Iterator[Break]:
        stored = self.history.edition(version, locale)
        try:
            found = digest(orjson.loads(stored.content))
        except (orjson.JSONDecodeError, BadInput) as error:
            found = f"no content: {error}"
        if found != expected:
            yield Break(f"{place}/body", expected, found)
        if stored.noted_digest != stored.actual_digest:
            yield Break(f"{place}/body_digest", stored.actual_digest, stored.noted_digest)

    def _source(self, place: str, source: str) -> Iterator[Break]:
        """Check a source's manifest and every entry in it."""
        yield from self._source_object(place, source)
        entries: dict[str, str] = orjson.loads(self.history.source_object(source) or b"{}")
        for path, entry in entries.items():
            yield from self._source_object(f"{place}/{path}", entry)

    def _source_object(self, place: str, expected: str) -> Iterator[Break]:
        """Check one object, once; releases share most of them."""
        if expected in self.sound_objects:
            return
        raw = self.history.source_object(expected)
        found = None if raw is None else digest_bytes(raw)
        if found != expected:
            yield Break(place, expected, found)
        self.sound_objects.add(expected)


def _leads_to(previous: str | None, seal: Seal) -> bool:
    """Tell whether the noted digest of the manifest is the one the chain went on with."""
    noted = seal.manifest_digest
    return is_digest(noted) and next_head(previous, noted) == seal.chain_head


def _by_address(signed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with its versions by address, so that places name them."""
    versions = {
        f"{row['site']}/{row['policy']}/{row['version']}": row for row in signed["versions"]
    }
    return {**signed, "versions": versions}


def _differences(place: str, expected: object, found: object) -> Iterator[Break]:
    """Walk two JSON values and name where they differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            yield from _differences(f"{place}/{key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(f"{place}/{index}", one, other)
    elif expected != found:
        yield Break(place, expected, found)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
