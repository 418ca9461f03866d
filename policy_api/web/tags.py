"""Names under which caches keep answers, so that what changed can be purged and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SITES: Final = "sites"
"""Tag of what is about all sites."""

CHANGES: Final = "changes"
"""Tag of the log of events."""

CHAIN: Final = "chain"
"""Tag of answers that lead along the chain of releases to the newest."""


def tags(site: str, policy: str | None = None, *, immutable: bool = False) -> tuple[str, ...]:
    """Return the tags of an answer about a site, or about one policy of it.

    The first ones are for people, who purge a whole site or policy by hand. The last one is left
    out where an answer never changes: it is what a release purges.
    """
    by_hand = (f"site-{site}", *(() if policy is None else (f"policy-{policy}",)))
    # A key holds no slash, so this is no other tag.
    return by_hand if immutable else (*by_hand, f"{site}/{policy or ''}")


def outdated(sites: Iterable[str], policy: str | None) -> tuple[str, ...]:
    """Return the tags of everything that an event about a policy of some sites outdates."""
    about = (tag for site in sites for tag in (f"{site}/", f"{site}/{policy}"))
    return SITES, CHANGES, CHAIN, *about
