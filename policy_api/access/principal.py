"""Whoever a request comes from: a token's holder, and what the token is good for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from policy_api import logs
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import (
    EVERYWHERE,
    Action,
    Bases,
    Scope,
    covers,
    full_scopes,
    is_within,
)
from policy_api.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, as the record names them."""

    name: str

    token_id: str | None = None
    """None on the command line."""

    request_id: str = ""

    @classmethod
    def at_console(cls, name: str) -> Self:
        """Return who works on the command line; each command counts as one request."""
        return cls(name=name, request_id=logs.request_id.get() or logs.new_request_id())


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A token at work."""

    actor: Actor
    scopes: frozenset[Scope]

    bases: Bases = field(default_factory=dict)
    """Which site derives from which, as published last; empty where nobody has to know."""

    expires_at: datetime | None = None

    @classmethod
    def at_console(cls, name: str) -> Self:
        """Return whoever sits at the command line: they may do everything."""
        return cls(actor=Actor.at_console(name), scopes=full_scopes())

    @property
    def name(self) -> str:
        """Return the name that the record shows."""
        return self.actor.name

    def may(self, action: Action, site: str | None) -> bool:
        """Tell whether the token is good for an action on a site; None means on everything."""
        return any(
            scope.allows(action) and is_within(site, _root(scope), self.bases)
            for scope in self.scopes
        )

    def may_somewhere(self, *actions: Action) -> bool:
        """Tell whether the token is good for one of some actions on any site at all."""
        return any(scope.allows(action) for scope in self.scopes for action in actions)

    def sees(self, site: str | None) -> bool:
        """Tell whether a site is one of the token's own, whatever it may do there."""
        return any(is_within(site, _root(scope), self.bases) for scope in self.scopes)

    def check(self, *actions: Action, site: str | None, missing: str) -> None:
        """Refuse what the token is not good for.

        Where it has no business at all, it learns as little as from a name that nobody uses.

        :param actions: One of them is enough.
        :param missing: What is said of a thing that is not there.
        :raises NotFound: Outside of the token's own sites.
        :raises NotAllowed: Inside of them.
        """
        if not self.sees(site):
            raise NotFound(missing)
        if not any(self.may(action, site) for action in actions):
            raise NotAllowed(_needed(*actions))

    def covers(self, scope: Scope) -> bool:
        """Tell whether the token could hand on a scope; nobody gives what they do not have."""
        return covers(self.scopes, scope, self.bases)

    def roots(self, action: Action) -> tuple[str | None, ...]:
        """Return the sites whose subtrees the token may act on; None for everything."""
        found = {_root(scope) for scope in self.scopes if scope.allows(action)}
        return (None,) if None in found else tuple(sorted(filter(None, found)))

    def reach(self, action: Action) -> tuple[str, ...] | None:
        """Return every published site the token may act on, or None for all there will be."""
        roots = self.roots(action)
        if roots == (None,):
            return None
        known = {*self.bases, *filter(None, roots)}
        return tuple(sorted(site for site in known if self.may(action, site)))


def check_somewhere(principal: Principal, *actions: Action) -> None:
    """Refuse a token that is good for none of some actions, on whatever site.

    :raises NotAllowed: Before anything is looked up, so that nothing is told about what exists.
    """
    if not principal.may_somewhere(*actions):
        raise NotAllowed(_needed(*actions))


def _needed(*actions: Action) -> str:
    return f"This needs the action {' or '.join(actions)}."


def _root(scope: Scope) -> str | None:
    return None if scope.site == EVERYWHERE else scope.site
