"""Packing: what readers ask for most is compressed once, as strongly as can be.

A packed body is found by what it is. So it is right wherever its digest fits, whatever was
published meanwhile; one that is missing is compressed by whoever is asked for it, faster and less.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

import brotli  # type: ignore[import-untyped]
import zstandard
from flask import Flask
from sqlalchemy import delete, insert

from policy_api import clock
from policy_api.db.base import db
from policy_api.db.tx import retrying, writing
from policy_api.errors import Unavailable
from policy_api.packing import queries
from policy_api.packing.models import PackedBody, PackingState
from policy_api.web.compression import MIN_BYTES
from policy_api.web.negotiation import Coding
from policy_api.web.state import State, state_of

T = TypeVar("T")

STRONGEST: Final[Mapping[Coding, Callable[[bytes], bytes]]] = {
    Coding.BR: lambda body: bytes(brotli.compress(body, quality=11)),
    Coding.ZSTD: lambda body: zstandard.ZstdCompressor(level=19).compress(body),
    Coding.GZIP: lambda body: gzip.compress(body, compresslevel=9, mtime=0),
}

LEASE: Final = timedelta(minutes=5)
"""How long a run counts as alive after its last sign of life."""

AT_ONCE: Final = 8
"""Bodies stored in one transaction: half a second of compressing, and no long write."""

DROPPED_AT_ONCE: Final = 500
OK, BROKEN_OFF = 200, 500


@dataclass(slots=True, kw_only=True)
class Packed:
    """What a run did."""

    made: int = 0
    kept: int = 0
    dropped: int = 0


class Packer:
    """Packs what is in force on every site, and drops what is not any more."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._client = app.test_client()
        state: State = state_of(app)
        # Hosts that are refused would be refused here too.
        self._host = next(iter(state.settings.trusted_hosts), "localhost")

    def run(self) -> Packed | None:
        """Do all there is to do; None if that is nothing, or another process is at it.

        Being killed does no harm: what was stored stays, and the next run goes on.
        """
        # Requests made inside of an application context would share it, and see one another.
        return Context().run(self._run)

    def _run(self) -> Packed | None:
        state = self._ask(partial(retrying, take))
        if state is None:
            return None
        there = self._ask(lambda: queries.packed_digests(db.session()))
        places = self._places()
        outdated = sorted(there - places.keys())
        # First, so that what is made takes the room of what was dropped.
        for part in _parts(outdated, DROPPED_AT_ONCE):
            self._ask(partial(retrying, partial(_drop, part)))
        done = Packed(kept=len(there) - len(outdated), dropped=len(outdated))
        missing = [path for digest, path in places.items() if digest not in there]
        for part in _parts(missing, AT_ONCE):
            rows = [row for path in part for row in self._rows(path, places)]
            self._ask(partial(retrying, partial(_store, rows)))
            done.made += len(rows) // len(STRONGEST)
        has_changed = bool(done.made or done.dropped)
        self._ask(partial(retrying, partial(_finish, state, has_changed=has_changed)))
        return done

    def _places(self) -> dict[str, str]:
        """Return the digest of each body in force, and where it is read.

        The bodies themselves would not fit into the memory where sites are many.
        """
        paths = self._ask(lambda: list(queries.addresses(db.session(), now=clock.now())))
        return {found[0]: path for path in paths if (found := self._body(path)) is not None}

    def _rows(self, path: str, places: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        digest, body = self._body(path) or ("", b"")
        # What was published since is for the next run.
        if digest in places:
            for coding, compress in STRONGEST.items():
                yield {"digest": digest, "coding": coding.value, "body": compress(body)}

    def _body(self, path: str) -> tuple[str, bytes] | None:
        """Return digest and body of what is read at an address; None if there is little or none."""
        headers = {"Host": self._host, "Accept-Encoding": Coding.IDENTITY.value}
        answer = self._client.get(path, headers=headers)
        if answer.status_code >= BROKEN_OFF:
            raise Unavailable(f"{path} could not be read.")
        if answer.status_code != OK or len(answer.data) < MIN_BYTES:
            return None
        return answer.headers["ETag"].strip('"'), answer.data

    def _ask(self, call: Callable[[], T]) -> T:
        with self._app.app_context():
            return call()


def take() -> str | None:
    """Begin a run, and return the state it is for; None if there is nothing to do."""
    now = clock.now()
    with writing() as session:
        # Of two that come at once, one waits here, and then finds that it came too late.
        found = session.get_one(PackingState, 1, with_for_update=True, populate_existing=True)
        if not queries.is_due(session, now=now):
            return None
        found.taken_until = now + LEASE
        return queries.wanted_state(session, now=now)


def _drop(digests: Sequence[str]) -> None:
    with writing() as session:
        session.execute(delete(PackedBody).where(PackedBody.digest.in_(digests)))


def _store(rows: Sequence[Mapping[str, Any]]) -> None:
    with writing() as session:
        found = session.get_one(PackingState, 1, with_for_update=True, populate_existing=True)
        found.taken_until = clock.now() + LEASE
        if rows:
            session.execute(insert(PackedBody), rows)


def _finish(state: str, *, has_changed: bool) -> None:
    with writing() as session:
        found = session.get_one(PackingState, 1, with_for_update=True, populate_existing=True)
        found.state, found.taken_until = state, clock.now()
        if has_changed:
            # Whoever keeps answers in the faster codings drops them now.
            found.number += 1


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
