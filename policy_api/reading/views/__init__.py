"""The doors of reading, one file per kind of resource."""

from __future__ import annotations

from policy_api.reading.views import assets, changes, editions, events, feeds, sites, versions
from policy_api.web.api import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = (
    sites.blp,
    editions.blp,
    versions.blp,
    changes.blp,
    feeds.blp,
    events.blp,
    assets.blp,
)
"""All of them; every answer may be read by scripts of any origin."""
