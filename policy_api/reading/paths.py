"""Addresses of the public API, as paths below the place where the program is mounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePaths:
    """Addresses of one site."""

    mount: str
    """Prefix of the program inside another site, percent-encoded; empty at the root."""

    site: str

    @classmethod
    def below(cls, root_path: str, site: str) -> Self:
        """Return the addresses of a site under a mount prefix as WSGI spells it."""
        return cls(mount=quote(root_path), site=site)

    @property
    def home(self) -> str:
        """Return the address of the site itself."""
        return f"{self.mount}/v1/sites/{self.site}"

    def policy(self, policy: str) -> PolicyPaths:
        """Return the addresses of one of its policies."""
        return PolicyPaths(home=f"{self.home}/policies/{policy}")


@dataclass(frozen=True, slots=True)
class PolicyPaths:
    """Addresses of one policy of one site."""

    home: str

    def in_force(self, suffix: str = "", **query: str | None) -> str:
        """Return the address of the edition in force."""
        return with_query(f"{self.home}{suffix}", **query)

    def version(self, number: int | str, suffix: str = "", **query: str | None) -> str:
        """Return the address of a version's edition."""
        return with_query(f"{self.home}/versions/{number}{suffix}", **query)

    def proof(self, number: int) -> str:
        """Return the address of a version's proof."""
        return f"{self.home}/versions/{number}/proof"

    def diff(self, *, before: int, after: int, **query: str | None) -> str:
        """Return the address of the differences between two versions."""
        return with_query(f"{self.home}/diff", **{"from": str(before), "to": str(after)}, **query)

    def below(self, name: str, **query: str | None) -> str:
        """Return the address of a named part: ``changelog``, ``feed.atom``."""
        return with_query(f"{self.home}/{name}", **query)


def with_query(path: str, **query: str | None) -> str:
    """Return a path with the parameters that have a value."""
    stated = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(stated)}" if stated else path
