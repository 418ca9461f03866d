"""The directory of sites and hosts that a state of the source gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.notice import notice_days
from policy_api.domain.variants.effective import policies_of
from policy_api.ledger.rows import Directory, SiteInfo


def directory_of(source: Source) -> Directory:
    """Return every site of a source as it is found and linked to."""
    return Directory(sites={key: _site(source, key) for key in source.sites()})


def _site(source: Source, key: str) -> SiteInfo:
    entry: Mapping[str, Any] = source.entries[f"sites/{key}"]
    source_locale = str(source.organization.get("source_locale", "en"))
    name = entry["name"]
    return SiteInfo(
        key=key,
        name=name if isinstance(name, Mapping) else {source_locale: name},
        hosts=tuple(entry["hosts"]),
        base=entry.get("base"),
        umbrella=bool(entry.get("umbrella")),
        locales=tuple(entry["locales"]),
        source_locale=source_locale,
        policies=policies_of(source, key),
        notice_period_days=notice_days(source, key),
        pages=entry.get("pages", {}),
    )
