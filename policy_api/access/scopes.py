"""What a token may do and where: one action on one site and all that derive from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from policy_api.domain.content.keys import is_key
from policy_api.domain.content.limits import BASE_DEPTH

EVERYWHERE: Final = "*"
"""In the place of a site: all of them, those to come included, and what they share."""

ALL_ACTIONS: Final = "*"

Bases = Mapping[str, str | None]
"""Site → the site it derives from."""


class Action(StrEnum):
    """Something a token can be good for."""

    READ_DRAFT = "read-draft"
    WRITE = "write"
    TRANSLATE = "translate"
    REVIEW = "review"
    PUBLISH = "publish"
    WEBHOOKS = "webhooks"
    SUBSCRIPTIONS = "subscriptions"
    AUDIT = "audit"
    ADMIN = "admin"


DRAFTING: Final = frozenset({Action.WRITE, Action.TRANSLATE, Action.REVIEW, Action.PUBLISH})
"""Who works on drafts may read them too."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One action, on one site and those derived from it; written ``shop:publish``."""

    site: str
    action: Action

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a scope.

        :raises ValueError: With what is wrong, for the person who wrote it.
        """
        site, sign, action = text.rpartition(":")
        if not sign or not (site == EVERYWHERE or is_key(site)):
            raise ValueError("Must be a site's key or *, a colon and an action: shop:publish.")
        if action not in set(Action):
            raise ValueError(f"There is no such action; known: {', '.join(Action)}.")
        return cls(site, Action(action))

    def __str__(self) -> str:
        return f"{self.site}:{self.action}"

    def allows(self, action: Action) -> bool:
        """Tell whether it is good for an action, wherever that may be."""
        return self.action is action or (action is Action.READ_DRAFT and self.action in DRAFTING)


def parse_scopes(texts: Iterable[str]) -> frozenset[Scope]:
    """Read scopes; ``shop:*`` stands for every action there is today.

    :raises ValueError: If one of them is none.
    """
    found: set[Scope] = set()
    for text in texts:
        site, _, action = text.rpartition(":")
        actions: Collection[str] = tuple(Action) if action == ALL_ACTIONS else (action,)
        found.update(Scope.parse(f"{site}:{each}") for each in actions)
    return frozenset(found)


def full_scopes() -> frozenset[Scope]:
    """Return everything that anybody may do."""
    return frozenset(Scope(EVERYWHERE, action) for action in Action)


def is_within(site: str | None, root: str | None, bases: Bases) -> bool:
    """Tell whether a site is another one or derives from it; None stands for everything."""
    if root is None or site == root:
        return True
    for _ in range(BASE_DEPTH):
        site = None if site is None else bases.get(site)
        if site == root:
            return True
    return False


def covers(scopes: Iterable[Scope], wanted: Scope, bases: Bases) -> bool:
    """Tell whether some scopes include another one."""
    site = None if wanted.site == EVERYWHERE else wanted.site
    return any(
        scope.allows(wanted.action)
        and is_within(site, None if scope.site == EVERYWHERE else scope.site, bases)
        for scope in scopes
    )
