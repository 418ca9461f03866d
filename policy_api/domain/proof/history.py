"""What a history must be able to show so that it can be verified, wherever it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from policy_api.domain.proof.records import ReleaseRecord, Seal, VersionRecord
from policy_api.domain.proof.signing import PublicKey
from policy_api.errors import BadInput

MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, BadInput)
"""What reading JSON of another shape than expected comes to."""


Progress = Callable[[int], object]
"""Called with the number of a release when its turn has come."""


def silent(number: int) -> None:
    """Tell nobody."""


class Damaged(Exception):
    """Something stored that can no longer be read as what it was."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release as its columns tell it, and as it was sealed."""

    record: ReleaseRecord
    seal: Seal


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition's content as JSON, with what was noted about its stored form."""

    content: bytes
    noted_digest: str | None = None
    """Digest of the compressed bytes as it was written beside them; None where there is none."""

    actual_digest: str | None = None
    """Digest of the compressed bytes as they are."""


class History(Protocol):
    """Everything ever published, in a database or in a folder.

    Every method raises `Damaged` for what it cannot read.
    """

    def keys(self) -> Mapping[str, PublicKey]:
        """Return the public keys that signed, by key id."""
        ...

    def releases(self) -> Iterator[StoredRelease]:
        """Return all releases in the order of their numbers."""
        ...

    def edition(self, version: VersionRecord, locale: str) -> StoredEdition:
        """Return an edition a version says it has."""
        ...

    def source_object(self, digest: str) -> bytes | None:
        """Return the canonical JSON that is kept under a digest, or None."""
        ...

    def strays(self) -> Iterable[str]:
        """Return the places of versions, editions and the like that no release made."""
        ...
