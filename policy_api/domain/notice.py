"""Notice periods: how long before it takes effect readers learn of a material change."""

from __future__ import annotations

from datetime import datetime, timedelta

from policy_api.domain.content.source import Source

DEFAULT_DAYS = 30
"""Days of notice where no site of the chain states any."""


def notice_days(source: Source, site: str) -> int:
    """Return the days a site promises: its own, else those of the nearest base."""
    for link in reversed(source.site_chain(site)):
        stated = source.entries[f"sites/{link}"].get("notice_period_days")
        if stated is not None:
            return int(stated)
    return DEFAULT_DAYS


def earliest(published_at: datetime, days: int) -> datetime:
    """Return the first instant at which a material change may take effect."""
    return published_at + timedelta(days=days)
