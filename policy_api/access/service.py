"""Mint, find and revoke tokens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from policy_api.access import queries
from policy_api.access.audit import Act, record
from policy_api.access.models import Token
from policy_api.access.principal import Actor
from policy_api.access.queries import token_row
from policy_api.access.rows import TokenRow
from policy_api.access.scopes import EVERYWHERE, Scope
from policy_api.access.secret import new_token, parse
from policy_api.domain.proof.canonical import digest
from policy_api.errors import NotFound
from policy_api.settings import Profile

USE_INTERVAL: Final = timedelta(minutes=1)
NO_SUCH_TOKEN: Final = "There is no such token."  # noqa: S105 -- a sentence


def mint(
    session: Session,
    *,
    holder: str,
    scopes: Collection[Scope],
    days: int,
    profile: Profile,
    by: Actor,
    now: datetime,
) -> tuple[str, TokenRow]:
    """Make a token and return it as it is shown once.

    Whether the maker may hand on these scopes is checked at the door.
    """
    written, credential = new_token(profile)
    found = Token(
        id=credential.id,
        secret_digest=credential.digest,
        holder=holder,
        scopes=sorted(map(str, scopes)),
        created_at=now,
        created_by=by.name,
        expires_at=now + timedelta(days=days),
        last_used_at=None,
        revoked_at=None,
        revoked_by=None,
    )
    session.add(found)
    session.flush()
    row = token_row(found)
    _record(session, "token.create", row, after=_state(row), by=by, now=now)
    return written, row


def revoke(session: Session, *, token_id: str, by: Actor, now: datetime) -> TokenRow:
    """Take a token out of use, from the next request on. Revoking twice is harmless.

    :raises NotFound: If there is none of that id.
    """
    found = session.scalar(select(Token).where(Token.id == token_id).with_for_update())
    if found is None:
        raise NotFound(NO_SUCH_TOKEN)
    before = token_row(found)
    if found.revoked_at is not None:
        return before
    found.revoked_at, found.revoked_by = now, by.name
    session.flush()
    row = token_row(found)
    _record(session, "token.revoke", row, before=_state(before), after=_state(row), by=by, now=now)
    return row


def revoke_leaked(session: Session, written: str, *, by: Actor, now: datetime) -> bool:
    """Revoke a token that somebody found where it does not belong; tell whether it is one.

    Whoever has a token may end it: that is the least they could do with it.
    """
    credential = parse(written)
    found = None if credential is None else queries.token(session, credential.id)
    if credential is None or found is None or not credential.opens(found.secret_digest):
        return False
    revoke(session, token_id=found.id, by=by, now=now)
    return True


def authenticated(session: Session, written: str, *, now: datetime) -> TokenRow | None:
    """Return the token that somebody presents, or None if it is not valid now.

    A token that does not exist costs the same comparison as one with a wrong secret.
    """
    credential = parse(written)
    if credential is None:
        return None
    found = queries.token(session, credential.id)
    opens = credential.opens(None if found is None else found.secret_digest)
    return found if opens and found is not None and found.is_valid(now) else None


def is_use_due(found: TokenRow, now: datetime) -> bool:
    """Tell whether it is time to note again that a token is in use."""
    return found.last_used_at is None or now - found.last_used_at >= USE_INTERVAL


def note_use(session: Session, *, token_id: str, now: datetime) -> None:
    """Note that a token is in use, unless another process just did."""
    due = or_(Token.last_used_at.is_(None), Token.last_used_at <= now - USE_INTERVAL)
    session.execute(
        update(Token).where(Token.id == token_id, due).values(last_used_at=now),
        execution_options={"synchronize_session": False},
    )


def site_of(scopes: Collection[Scope]) -> str | None:
    """Return the one site that scopes are about; None where it is more than one, or all."""
    sites = {scope.site for scope in scopes}
    site = sites.pop() if len(sites) == 1 else EVERYWHERE
    return None if site == EVERYWHERE else site


def _record(
    session: Session,
    action: str,
    row: TokenRow,
    *,
    by: Actor,
    now: datetime,
    before: str | None = None,
    after: str | None = None,
) -> None:
    act = Act(
        action=action,
        object=f"tokens/{row.id}",
        site=site_of(row.scopes),
        before=before,
        after=after,
    )
    record(session, act, by=by, now=now)


def _state(row: TokenRow) -> str:
    """Return the digest of what a token is good for; its use does not change it."""
    return digest({name: value for name, value in row.to_json().items() if name != "last_used_at"})
