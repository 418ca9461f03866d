"""Withdraw an announced release before it takes effect."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from policy_api.db.tx import after_commit
from policy_api.domain.changes.types import Significance
from policy_api.domain.planning.release import Kind, Text
from policy_api.domain.planning.timeline import Timeline
from policy_api.domain.proof.records import ReleaseRecord, VersionName, VersionRecord
from policy_api.errors import NotFound, NotWithdrawable
from policy_api.ledger import queries
from policy_api.ledger import service as ledger
from policy_api.ledger.rows import VersionRow
from policy_api.publishing.announcing import announce_withdrawal, unschedule
from policy_api.publishing.past import read_timeline
from policy_api.publishing.service import (
    Published,
    Publisher,
    directories_of,
    published,
    source_locales,
    states_of,
)
from policy_api.signals import release_withdrawn


def withdraw(
    session: Session,
    *,
    release: int,
    title: Text,
    summary: Text,
    publisher: Publisher,
    now: datetime,
) -> Published:
    """Take an announced release back; what it announced never takes effect.

    It is a release of its own: the announcement stays in the history, marked. A correction that
    was made of the text in force meanwhile stays in force.

    :param release: Number of the release that announced it.
    :raises NotFound: If there is no such release.
    :raises NotWithdrawable: If it has taken effect, or another announced release builds on it.
    """
    ledger.lock(session)
    head = queries.head(session)
    if head is not None:
        # A clock that was set back must not take back what has been in force already.
        now = max(now, head.published_at)
    timeline = read_timeline(session).since(now)
    remaining = _without(session, timeline, release=release, now=now)
    taken_back = queries.versions_announced_by(session, release=release, after=now)
    record = _record(
        session,
        remaining,
        release=release,
        taken_back=taken_back,
        texts=(title, summary),
        actor=publisher.actor,
        now=now,
    )
    seal = ledger.append_release(session, record, signer=publisher.signer)
    withdrawn = [_version_record(session, row) for row in taken_back]
    releases = (row.release for row in taken_back)
    unschedule(session, zip(releases, withdrawn, strict=True), now=now)
    announce_withdrawal(
        session,
        record,
        withdrawn=withdrawn,
        chain_head=seal.chain_head,
        locales=source_locales(timeline.states[-1].source),
    )
    sites = tuple(dict.fromkeys(row.site for row in taken_back))
    after_commit(session, partial(release_withdrawn.send, release=release, sites=sites))
    return published(record, chain_head=seal.chain_head)


def _without(session: Session, timeline: Timeline, *, release: int, now: datetime) -> Timeline:
    """Return the timeline without what a release announced."""
    if queries.release(session, release) is None:
        raise NotFound(f"There is no release {release}.")
    announced = timeline.after(now)
    found = [state for state in announced if state.origin == release]
    if not found:
        raise NotWithdrawable(f"Release {release} is not waiting to take effect.")
    # Two can be announced for the same instant; the later one was written on the earlier.
    later = [state.origin for state in announced[announced.index(found[-1]) + 1 :]]
    if later:
        raise NotWithdrawable(
            "Other announced releases build on it. Withdraw those first.", releases=later
        )
    kept = tuple(state for state in timeline.states if state is not found[-1])
    if not kept:
        raise NotWithdrawable("Nothing would be left: publish the first release instead.")
    return Timeline(kept)


def _record(
    session: Session,
    remaining: Timeline,
    *,
    release: int,
    taken_back: Sequence[VersionRow],
    texts: tuple[Text, Text],
    actor: str,
    now: datetime,
) -> ReleaseRecord:
    title, summary = texts
    head = remaining.states[-1]
    return ReleaseRecord(
        number=queries.head_number(session) + 1,
        kind=Kind.WITHDRAWAL.value,
        significance=Significance.TECHNICAL.value,
        title=title,
        summary=summary,
        published_at=now,
        effective_at=now,
        source=head.source.digest,
        states=states_of(remaining),
        actor=actor,
        nonce=secrets.token_hex(16),
        withdraws=release,
        withdrawn=tuple(
            VersionName(site=row.site, policy=row.policy, number=row.number) for row in taken_back
        ),
        directory=directories_of(remaining),
    )


def _version_record(session: Session, row: VersionRow) -> VersionRecord:
    return VersionRecord(
        site=row.site,
        policy=row.policy,
        number=row.number,
        material_number=row.material_number,
        kind=row.kind,
        significance=row.significance,
        title=row.title,
        summary=row.summary,
        published_at=row.published_at,
        effective_at=row.effective_at,
        previous=row.previous,
        origin_release=row.origin_release,
        changes=row.changes,
        editions=queries.edition_digests(session, version_id=row.id),
    )
