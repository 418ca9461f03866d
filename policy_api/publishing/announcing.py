"""The events of a release: what subscribers and pollers are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.domain.changes.types import Significance
from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.proof.records import ReleaseRecord, VersionRecord
from policy_api.events import service as events
from policy_api.events.service import EventRecord, ScheduledRecord, SitePart

PUBLISHED = "policy.published"
EFFECTIVE = "policy.effective"
WITHDRAWN = "policy.withdrawn"


def announce(
    session: Session, record: ReleaseRecord, *, chain_head: str, locales: Mapping[str, str]
) -> None:
    """Append one event per policy, and a second one where it takes effect at once.

    Where it takes effect later, that event is scheduled. What took effect before this release is
    told before it, also when no worker was running.

    :param locales: Policy → source locale, whose edition's digest an event names.
    """
    events.fire_due(session, now=record.published_at)
    by_policy: dict[str, list[VersionRecord]] = defaultdict(list)
    for version in record.versions:
        by_policy[version.policy].append(version)
    for policy, versions in sorted(by_policy.items()):
        body = _body(record, policy, versions, chain_head=chain_head, locale=locales[policy])
        _append(session, PUBLISHED, record, versions, body)
        at_once = [found for found in versions if found.effective_at <= record.published_at]
        if at_once:
            body = _body(record, policy, at_once, chain_head=chain_head, locale=locales[policy])
            _append(session, EFFECTIVE, record, at_once, body)
        for due_at, later in _taking_effect_later(record, versions).items():
            body = _body(record, policy, later, chain_head=chain_head, locale=locales[policy])
            _schedule(session, record, later, body=body, due_at=due_at)


def announce_withdrawal(
    session: Session,
    record: ReleaseRecord,
    *,
    withdrawn: Sequence[VersionRecord],
    chain_head: str,
    locales: Mapping[str, str],
) -> None:
    """Append one event per policy whose announced versions are taken back.

    What was scheduled for them is cancelled by ``unschedule``.
    """
    events.fire_due(session, now=record.published_at)
    by_policy: dict[str, list[VersionRecord]] = defaultdict(list)
    for version in withdrawn:
        by_policy[version.policy].append(version)
    for policy, versions in sorted(by_policy.items()):
        body = _body(record, policy, versions, chain_head=chain_head, locale=locales[policy])
        body["withdraws"] = record.withdraws
        _append(session, WITHDRAWN, record, versions, body)


def _append(
    session: Session,
    type_: str,
    record: ReleaseRecord,
    versions: Sequence[VersionRecord],
    body: Mapping[str, Any],
) -> None:
    told = EventRecord(
        type=type_,
        occurred_at=record.published_at,
        data=body,
        release=record.number,
        policy=versions[0].policy,
        sites=tuple(dict.fromkeys(version.site for version in versions)),
        significance=highest_of(versions).value,
        change_types=tuple(sorted({name for version in versions for name in types(version)})),
    )
    events.append(session, told, now=record.published_at)


def unschedule(
    session: Session, withdrawn: Iterable[tuple[int, VersionRecord]], *, now: datetime
) -> None:
    """Cancel the events of versions that will never take effect.

    :param withdrawn: Versions, each with the number of the release it belongs to.
    """
    for release, version in withdrawn:
        events.cancel(
            session,
            release=release,
            policy=version.policy,
            due_at=version.effective_at,
            sites={version.site},
            now=now,
        )


def _taking_effect_later(
    record: ReleaseRecord, versions: Iterable[VersionRecord]
) -> dict[datetime, list[VersionRecord]]:
    """Return versions by the instant at which they take effect, the next one first.

    A correction can carry more than one announced version along.
    """
    by_instant: dict[datetime, list[VersionRecord]] = defaultdict(list)
    for version in sorted(versions, key=lambda version: version.effective_at):
        if version.effective_at > record.published_at:
            by_instant[version.effective_at].append(version)
    return by_instant


def _schedule(
    session: Session,
    record: ReleaseRecord,
    versions: Sequence[VersionRecord],
    *,
    body: Mapping[str, Any],
    due_at: datetime,
) -> None:
    entries = {entry["site"]: entry for entry in body["sites"]}
    common = {name: body[name] for name in body if name not in {"sites", "significance"}}
    told = ScheduledRecord(
        type=EFFECTIVE,
        due_at=due_at,
        release=record.number,
        policy=versions[0].policy,
        data={**common, "effective_at": instant_text(due_at)},
        parts=tuple(
            SitePart(
                site=version.site,
                significance=version.significance,
                change_types=types(version),
                content=entries[version.site],
            )
            for version in versions
        ),
    )
    events.schedule(session, told, now=record.published_at)


def _body(
    record: ReleaseRecord,
    policy: str,
    versions: Iterable[VersionRecord],
    *,
    chain_head: str,
    locale: str,
) -> dict[str, Any]:
    """Return the ``data`` of an event: what happened and where to read it, never the text."""
    listed = list(versions)
    return {
        "policy": policy,
        "release": record.number,
        "kind": record.kind,
        "significance": highest_of(listed).value,
        "effective_at": instant_text(record.effective_at),
        "title": dict(record.title),
        "summary": dict(record.summary),
        "sites": [_site(version, locale) for version in listed],
        "chain_head": chain_head,
    }


def _site(version: VersionRecord, locale: str) -> dict[str, Any]:
    path = f"/v1/sites/{version.site}/policies/{version.policy}"
    diff = None
    if version.previous is not None:
        diff = f"{path}/diff?from={version.previous}&to={version.number}"
    return {
        "site": version.site,
        "version": version.number,
        "previous": version.previous,
        "effective_at": instant_text(version.effective_at),
        "digest": version.editions[locale],
        "href": f"{path}/versions/{version.number}",
        "diff": diff,
        "changes": list(types(version)),
    }


def types(version: VersionRecord) -> tuple[str, ...]:
    """Return the types of change of a version, each once."""
    return tuple(sorted({change["type"] for change in version.changes}))


def highest_of(versions: Iterable[VersionRecord]) -> Significance:
    """Return the highest significance of some versions."""
    return max(Significance(version.significance) for version in versions)
