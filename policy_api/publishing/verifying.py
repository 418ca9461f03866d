"""Verify a database: releases against their chain, events against them, and packed bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.proof.chain import Checkpoint
from policy_api.domain.proof.history import MISSHAPEN, Damaged, Progress, StoredRelease, silent
from policy_api.domain.proof.verify import Break, verify
from policy_api.events import queries as events
from policy_api.events.rows import EventRow
from policy_api.events.service import id_of
from policy_api.ledger.history import DatabaseHistory, reading_at
from policy_api.packing import verifying as packed
from policy_api.publishing.announcing import PUBLISHED, WITHDRAWN

_PAGE = 200


def verify_database(
    session: Session, *, checkpoint: Checkpoint | None = None, progress: Progress = silent
) -> Break | None:
    """Return the first thing that does not fit, or None."""
    found = verify(DatabaseHistory(session), checkpoint=checkpoint, progress=progress)
    if found is not None:
        return found
    try:
        found = next(_Log(session).breaks(), None)
        with reading_at("packed"):
            return found or next(packed.breaks(session), None)
    except Damaged as damage:
        return Break(damage.place, "something readable", damage.problem)


@dataclass(slots=True)
class _Log:
    """The events, held against releases that were found sound."""

    session: Session
    releases: dict[int, Mapping[str, object]] = field(default_factory=dict)
    """Number → what every event of the release says of it."""

    published_at: dict[int, datetime] = field(default_factory=dict)
    digests: dict[tuple[str, str, int], frozenset[str]] = field(default_factory=dict)
    due: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    """Release, type and policy of what must have been told, once each."""

    def breaks(self) -> Iterator[Break]:
        """Walk through the log, and then name what is missing from it."""
        for stored in DatabaseHistory(self.session).releases():
            self._note(stored)
        last = 0
        for event in self._events():
            place, last = f"events/{event.sequence}", last + 1
            try:
                yield from _differences(place, self._expected(event, last))
            except MISSHAPEN as error:
                yield Break(place, "the body of an event", f"{type(error).__name__}: {error}")
            self.due[(event.release or 0, event.type, event.policy or "")] -= 1
        with reading_at("event_counter"):
            given = events.last_given(self.session)
        if given != last:
            yield Break("events", given, last)
        for (release, type_, policy), count in self.due.items():
            if type_ in {PUBLISHED, WITHDRAWN} and count:
                yield Break(f"releases/{release}/events/{policy}/{type_}", 1, 1 - count)

    def _note(self, stored: StoredRelease) -> None:
        record = stored.record
        self.published_at[record.number] = record.published_at
        self.releases[record.number] = {
            "release": record.number,
            "kind": record.kind,
            "title": dict(record.title),
            "summary": dict(record.summary),
            "chain_head": stored.seal.chain_head,
        }
        for version in record.versions:
            name = version.site, version.policy, version.number
            self.digests[name] = frozenset(version.editions.values())
        published = {version.policy for version in record.versions}
        withdrawn = {name.policy for name in record.withdrawn}
        self.due.update((record.number, PUBLISHED, policy) for policy in published)
        self.due.update((record.number, WITHDRAWN, policy) for policy in withdrawn)

    def _events(self) -> Iterator[EventRow]:
        last = 0
        while True:
            with reading_at(f"events/{last + 1}"):
                found = events.after(self.session, sequence=last, limit=_PAGE)
            yield from found
            if len(found) < _PAGE:
                return
            last = found[-1].sequence

    def _expected(self, event: EventRow, number: int) -> Iterator[tuple[str, object, object]]:
        """Yield what each column and each part of the body must be, and what it is."""
        content = event.content
        data = content["data"]
        yield "sequence", number, event.sequence
        yield "id", id_of(event.body), event.id
        yield "body/sequence", event.sequence, content["sequence"]
        yield "type", content["type"], event.type
        yield "occurred_at", content["timestamp"], instant_text(event.occurred_at)
        for name in ("release", "policy", "significance"):
            yield name, data.get(name), getattr(event, name)
        yield from _lists(event, data)
        if event.release is not None:
            yield from self._of_release(event, data)

    def _of_release(
        self, event: EventRow, data: Mapping[str, Any]
    ) -> Iterator[tuple[str, object, object]]:
        for name, value in self.releases.get(event.release or 0, {"release": None}).items():
            yield f"body/data/{name}", value, data[name]
        for site in data["sites"]:
            known = self.digests.get((site["site"], data["policy"], site["version"]), frozenset())
            found = site["digest"]
            place = f"body/data/sites/{site['site']}/digest"
            yield place, found if found in known else "the digest of an edition", found
        published_at = self.published_at[event.release or 0]
        if event.type in {PUBLISHED, WITHDRAWN}:
            yield "occurred_at", published_at, event.occurred_at
        # What only the clock brings about is written down once somebody looks.
        earliest = max(published_at, event.occurred_at)
        is_late = event.occurred_at > published_at and event.recorded_at > earliest
        yield "recorded_at", event.recorded_at if is_late else earliest, event.recorded_at


def _lists(event: EventRow, data: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Compare the lists that filters use with the sites in the body, which may be the first few.

    A site that gets two versions at once is in the body twice.
    """
    named = list(dict.fromkeys(site["site"] for site in data["sites"]))
    types = {name for site in data["sites"] for name in site["changes"]}
    if "sites_total" not in data:
        yield "sites", named, list(event.sites)
        yield "change_types", sorted(types), list(event.change_types)
        return
    yield "sites", named, list(event.sites[: len(named)])
    yield "change_types", sorted(types), sorted(types & set(event.change_types))


def _differences(place: str, expected: Iterator[tuple[str, object, object]]) -> Iterator[Break]:
    for name, wanted, found in expected:
        if wanted != found:
            yield Break(f"{place}/{name}", wanted, found)
