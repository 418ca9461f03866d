"""Publish a source as a release: plan it, store it, seal it, announce it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy.orm import Session

from policy_api.db.tx import after_commit
from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.planning.plan import plan_release
from policy_api.domain.planning.release import Announcement, Before, PlannedVersion, ReleasePlan
from policy_api.domain.planning.timeline import Timeline
from policy_api.domain.proof.records import (
    DirectoryRecord,
    ReleaseRecord,
    StateRecord,
    UnitChangeRecord,
    VersionRecord,
)
from policy_api.domain.proof.signing import Signer
from policy_api.domain.proof.spelling import Speller
from policy_api.domain.rendering.edition import Composer
from policy_api.errors import PublishConflict
from policy_api.ledger import queries
from policy_api.ledger import service as ledger
from policy_api.publishing.announcing import announce
from policy_api.publishing.directory import directory_of
from policy_api.publishing.past import read_before
from policy_api.signals import edition_published

Progress = Callable[[VersionRecord], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of an act of publishing."""

    release: int
    kind: str
    significance: Significance
    published_at: datetime
    effective_at: datetime
    chain_head: str
    versions: tuple[VersionRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes, and with which key."""

    actor: str
    signer: Signer


def plan(
    session: Session, *, source: Source, announcement: Announcement, now: datetime
) -> ReleasePlan:
    """Return what publishing would do, without doing it."""
    return plan_release(read_before(session, now=now), source, announcement=announcement, now=now)


def publish(
    session: Session,
    *,
    source: Source,
    base: int,
    announcement: Announcement,
    publisher: Publisher,
    now: datetime,
    before: Before | None = None,
    progress: Progress | None = None,
) -> Published:
    """Make a release.

    All of it or nothing: the caller's transaction holds the versions, the editions, the seal and
    the events.

    :param base: Number of the release that the source was edited on; 0 for none.
    :param before: What was read at ``now`` as it stood at that release, by whoever needed it.
    :param progress: Called after each version that was stored.
    :raises PublishConflict: If another release came first.
    :raises PolicyError: Whatever planning refuses.
    """
    ledger.lock(session)
    head = queries.head(session)
    newest = head.number if head else 0
    if newest != base:
        raise PublishConflict(
            "Another release was published since this work began. Bring it onto the newest one.",
            base=base,
            newest=newest,
        )
    if head is not None and head.published_at > now:
        # A clock that was set back must not let a newer text stand behind an older one.
        now, before = head.published_at, None
    known = before or read_before(session, now=now)
    release_plan = plan_release(known, source, announcement=announcement, now=now)
    for state in release_plan.timeline.states:
        ledger.store_source(session, state.source)
    versions, speller = [], Speller()
    for planned in release_plan.versions:
        version = _store_version(session, planned, speller, release=release_plan.number)
        versions.append(version)
        if progress is not None:
            progress(version)
    record = _release_record(release_plan, source, tuple(versions), actor=publisher.actor)
    seal = ledger.append_release(session, record, signer=publisher.signer)
    announce(session, record, chain_head=seal.chain_head, locales=source_locales(source))
    sites = tuple(dict.fromkeys(version.site for version in record.versions))
    after_commit(session, partial(edition_published.send, release=record.number, sites=sites))
    return published(record, chain_head=seal.chain_head)


def _store_version(
    session: Session, planned: PlannedVersion, speller: Speller, *, release: int
) -> VersionRecord:
    spelled = {locale: speller.spell(content) for locale, content in planned.editions.items()}
    record = VersionRecord(
        site=planned.site,
        policy=planned.policy,
        number=planned.number,
        material_number=planned.material_number,
        kind=planned.kind.value,
        significance=planned.significance.value,
        title=planned.title,
        summary=planned.summary,
        published_at=planned.published_at,
        effective_at=planned.effective_at,
        previous=planned.previous,
        origin_release=planned.origin_release,
        changes=tuple(change.to_json() for change in planned.changes),
        editions={locale: edition.digest for locale, edition in spelled.items()},
    )
    contents = {locale: orjson.Fragment(edition.text) for locale, edition in spelled.items()}
    ledger.append_version(session, record, release=release, contents=contents)
    return record


def _release_record(
    planned: ReleasePlan, source: Source, versions: tuple[VersionRecord, ...], *, actor: str
) -> ReleaseRecord:
    told = planned.announcement
    return ReleaseRecord(
        number=planned.number,
        kind=planned.kind.value,
        significance=planned.significance.value,
        title=told.title,
        summary=told.summary,
        published_at=planned.published_at,
        effective_at=planned.effective_at,
        source=source.digest,
        states=states_of(planned.timeline),
        actor=actor,
        nonce=secrets.token_hex(16),
        waivers=tuple(_waivers(planned)),
        versions=versions,
        directory=directories_of(planned.timeline),
        unit_changes=tuple(_unit_changes(planned)),
    )


def _waivers(planned: ReleasePlan) -> Iterator[dict[str, Any]]:
    for waiver in planned.announcement.waivers:
        yield {"rule": waiver.rule, "reason": waiver.reason, "name": waiver.name}


def _unit_changes(planned: ReleasePlan) -> Iterator[UnitChangeRecord]:
    for policy, noted in planned.unit_changes.items():
        for change, significance in noted:
            yield UnitChangeRecord(
                policy=policy,
                unit=change.unit,
                from_hash=change.from_hash,
                to_hash=change.to_hash,
                significance=significance.value,
            )


def states_of(timeline: Timeline) -> tuple[StateRecord, ...]:
    """Return a timeline as the ledger stores it."""
    return tuple(
        StateRecord(
            effective_at=state.effective_at,
            source=state.source.digest,
            origin=state.origin,
        )
        for state in timeline.states
    )


def directories_of(timeline: Timeline) -> tuple[DirectoryRecord, ...]:
    """Return the sites of every state; of two states at one instant the later one counts."""
    by_instant = {
        state.effective_at: directory_of(state.source).to_json() for state in timeline.states
    }
    return tuple(
        DirectoryRecord(effective_at=instant, body=body) for instant, body in by_instant.items()
    )


def source_locales(source: Source) -> dict[str, str]:
    """Return the locale in which each policy is written."""
    composer = Composer(source)
    return {policy: composer.source_locale(policy) for policy in source.policies()}


def published(record: ReleaseRecord, *, chain_head: str) -> Published:
    """Return what a caller is told of a release."""
    return Published(
        release=record.number,
        kind=record.kind,
        significance=Significance(record.significance),
        published_at=record.published_at,
        effective_at=record.effective_at,
        chain_head=chain_head,
        versions=record.versions,
    )
