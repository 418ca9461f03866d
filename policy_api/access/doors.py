"""Who comes through which door: every operation says what it needs, and without that it is shut."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from policy_api import clock, logs
from policy_api.access import service
from policy_api.access.guessing import Guesses
from policy_api.access.principal import Actor, Principal, check_somewhere
from policy_api.access.refusals import NotAllowed, NotAuthenticated, TokenInAddress
from policy_api.access.rows import TokenRow
from policy_api.access.scopes import EVERYWHERE, Action, Bases
from policy_api.access.secret import parse
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.web.api import Blueprint

View = TypeVar("View", bound=Callable[..., Any])
BasesOf = Callable[[Session], Bases]

SCHEME: Final = "token"
"""Name of the way to authenticate, in the OpenAPI document."""

_NAME: Final = "policy-api-access"
_DECLARED: Final = "__access__"
_IN_ADDRESS: Final = ("token", "access_token")
NO_GOOD: Final = 'Bearer error="invalid_token"'
"""What RFC 6750 says to whoever sent a token that opens nothing."""

_LOGGED_PER_MINUTE: Final = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """What an operation needs: a token good for one of some actions, or nothing at all."""

    actions: tuple[Action, ...] = ()
    needs_token: bool = True


ANYONE: Final = Access(needs_token=False)


@dataclass(slots=True, kw_only=True)
class Doors:
    """What one app knows about its doors."""

    bases_of: BasesOf
    """Asks the ledger which site derives from which."""

    public: frozenset[str]
    """Blueprints that are anyone's to use."""

    refused: list[datetime] = field(default_factory=list)
    """When tokens were refused lately, so that guessing does not fill the log."""

    guesses: Guesses = field(default_factory=Guesses)


def needs(*actions: Action) -> Callable[[View], View]:
    """Open an operation to tokens that are good for one of some actions; without any, to all."""

    def declare(view: View) -> View:
        setattr(view, _DECLARED, Access(actions))
        return Blueprint.doc(security=[{SCHEME: []}])(view)

    return declare


def open_to_all(view: View) -> View:
    """Open an operation to anyone."""
    setattr(view, _DECLARED, ANYONE)
    return view


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return what an operation needs, or None if nobody said so."""
    doors: Doors = app.extensions[_NAME]
    if endpoint.rpartition(".")[0] in doors.public:
        return ANYONE
    declared = getattr(app.view_functions[endpoint], _DECLARED, None)
    return declared if isinstance(declared, Access) else None


def register_doors(app: Flask, *, public: Collection[str], bases_of: BasesOf) -> None:
    """Shut every door of an app that nobody opened.

    :param public: Names of blueprints that are anyone's to use.
    :param bases_of: Tells which published site derives from which.
    """
    app.extensions[_NAME] = Doors(bases_of=bases_of, public=frozenset(public))
    app.before_request(_let_in)


def known_sites(session: Session) -> tuple[str, ...]:
    """Return the sites that are published."""
    return tuple(sorted(_doors().bases_of(session)))


def principal() -> Principal:
    """Return whoever the present request comes from.

    :raises NotAuthenticated: At a door that is open to all.
    """
    found = g.get("principal")
    if not isinstance(found, Principal):
        raise NotAuthenticated("Send the header Authorization: Bearer with a token.")
    return found


def check_guesses(now: datetime, *, token_id: str = "") -> None:
    """Refuse a request that shows a token, if too many from the same place were no good.

    :param token_id: Public part of the token, which may have been good there before.
    :raises TooManyGuesses: With when to come back.
    """
    _doors().guesses.check(request.remote_addr or "", token_id=token_id, now=now)


def note_guess(now: datetime) -> None:
    """Count a token that was no good."""
    _doors().guesses.note_refused(request.remote_addr or "", now=now)


def _let_in() -> None:
    if request.url_rule is None or request.endpoint is None or request.method == "OPTIONS":
        return
    access = access_of(current_app, request.endpoint)
    if access is ANYONE:
        return
    if any(name in request.args for name in _IN_ADDRESS):
        raise TokenInAddress("Send it in the header Authorization, and replace it: it is known.")
    g.principal = found = _arrive()
    if access is None:
        raise NotAllowed("No token opens this.")
    if access.actions:
        check_somewhere(found, *access.actions)


def _arrive() -> Principal:
    """Return whoever presents the request's token.

    :raises NotAuthenticated: If there is none that is valid now.
    """
    now = clock.now()
    given = request.authorization
    written = given.token if given is not None and given.type == "bearer" else None
    if not written:
        raise NotAuthenticated("Send the header Authorization: Bearer with a token.")
    session = db.session()
    found = _found(session, written, now)
    if found is None:
        _note_refusal(now)
        raise NotAuthenticated("The token is unknown, expired or revoked.", challenge=NO_GOOD)
    _note_use(found, now)
    return Principal(
        actor=Actor(name=found.holder, token_id=found.id, request_id=logs.request_id.get()),
        scopes=found.scopes,
        bases=_bases(session, found),
        expires_at=found.expires_at,
    )


def _found(session: Session, written: str, now: datetime) -> TokenRow | None:
    """Look a token up, unless too many from the same place were no good."""
    credential = parse(written)
    check_guesses(now, token_id="" if credential is None else credential.id)
    found = service.authenticated(session, written, now=now)
    if found is None:
        note_guess(now)
        return None
    _doors().guesses.note_good(request.remote_addr or "", token_id=found.id)
    return found


def _doors() -> Doors:
    doors: Doors = current_app.extensions[_NAME]
    return doors


def _bases(session: Session, found: TokenRow) -> Bases:
    if all(scope.site == EVERYWHERE for scope in found.scopes):
        return {}
    return _doors().bases_of(session)


def _note_use(found: TokenRow, now: datetime) -> None:
    """Note that a token is in use; an answer does not wait for, or fail with, a busy database."""
    if not service.is_use_due(found, now):
        return
    try:
        with writing() as session:
            service.note_use(session, token_id=found.id, now=now)
    except SQLAlchemyError as error:
        _log.warning("The use of a token was not noted: %s", type(error).__name__)


def _note_refusal(now: datetime) -> None:
    doors = _doors()
    doors.refused = [at for at in doors.refused if now - at < timedelta(minutes=1)]
    if len(doors.refused) < _LOGGED_PER_MINUTE:
        doors.refused.append(now)
        _log.warning("A token was refused.", extra={"client": request.remote_addr or ""})
