"""Releases as the API shows them, and what a publisher asks for as it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import request, url_for

from policy_api.access.principal import Principal
from policy_api.access.scopes import Action
from policy_api.domain.changes.types import Significance
from policy_api.domain.planning.release import Announcement, Kind, Waiver
from policy_api.domain.proof.canonical import instant_text
from policy_api.ledger.rows import ReleaseRow, VersionRow
from policy_api.publishing.releasing import waiver_counts

Json = dict[str, Any]


def announcement(body: Mapping[str, Any], *, name: str) -> Announcement:
    """Return what a publisher says about a release.

    :param name: Who sets rules aside, where some are.
    """
    level = body.get("significance")
    return Announcement(
        kind=Kind(body.get("kind", Kind.CHANGE.value)),
        significance=None if level is None else Significance(level),
        title=body["title"],
        summary=body["summary"],
        effective_at=body.get("effective_at"),
        waivers=tuple(
            Waiver(rule=waiver["rule"], reason=waiver["reason"], name=name)
            for waiver in body.get("waivers", ())
        ),
    )


def release_json(
    found: ReleaseRow, versions: Iterable[VersionRow], *, by: Principal, now: datetime
) -> Json:
    """Return a release; who made it and why rules were set aside is for auditors."""
    audits = by.may(Action.AUDIT, None)
    return {
        "release": found.number,
        "kind": found.kind,
        "significance": found.significance,
        "title": dict(found.title),
        "summary": dict(found.summary),
        "published_at": instant_text(found.published_at),
        "effective_at": instant_text(found.effective_at),
        "withdraws": found.withdraws,
        "source": found.source_digest,
        "chain_head": found.chain_head,
        "waivers": waiver_counts(found),
        "waived": [dict(waiver) for waiver in found.waivers] if audits else None,
        "published_by": found.actor if audits else None,
        "versions": [_version(version, now) for version in versions],
        "href": url_for("publishing.get_release", release=found.number),
    }


def _version(version: VersionRow, now: datetime) -> Json:
    path = f"/v1/sites/{version.site}/policies/{version.policy}/versions/{version.number}"
    return {
        "site": version.site,
        "policy": version.policy,
        "version": version.number,
        "material_number": version.material_number,
        "previous": version.previous,
        "significance": version.significance,
        "effective_at": instant_text(version.effective_at),
        "status": version.status(now).value,
        "changes": sorted({change["type"] for change in version.changes}),
        "href": quote(request.root_path) + path,
    }
