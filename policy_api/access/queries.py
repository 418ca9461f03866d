"""Questions to access, one statement each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.access.models import AuditEntry, Token
from policy_api.access.rows import AuditRow, TokenRow
from policy_api.access.scopes import Scope


def token(session: Session, token_id: str) -> TokenRow | None:
    """Return a token, valid or not."""
    found = session.scalar(select(Token).where(Token.id == token_id))
    return None if found is None else token_row(found)


def tokens(
    session: Session, *, after: str | None = None, limit: int | None = None
) -> tuple[TokenRow, ...]:
    """Return tokens by id.

    :param after: Only those with a greater id.
    """
    query = select(Token).order_by(Token.id).limit(limit)
    if after is not None:
        query = query.where(Token.id > after)
    return tuple(token_row(found) for found in session.scalars(query))


def audit(
    session: Session,
    *,
    before: int | None = None,
    limit: int | None = None,
    sites: Collection[str] | None = None,
) -> tuple[AuditRow, ...]:
    """Return lines of the audit log, newest first.

    :param before: Only those with a smaller sequence.
    :param sites: Only those about one of these sites; None for all.
    """
    query = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    if sites is not None:
        query = query.where(AuditEntry.site.in_(sites))
    return tuple(audit_row(found) for found in session.scalars(query))


def whole_audit(session: Session) -> Iterator[AuditRow]:
    """Yield every line of the audit log, oldest first."""
    query = select(AuditEntry).order_by(AuditEntry.sequence).execution_options(yield_per=500)
    for found in session.scalars(query):
        yield audit_row(found)


def token_row(found: Token) -> TokenRow:
    """Return the row of a token as other modules see it."""
    return TokenRow(
        id=found.id,
        holder=found.holder,
        scopes=frozenset(map(Scope.parse, found.scopes)),
        created_at=found.created_at,
        created_by=found.created_by,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
        revoked_at=found.revoked_at,
        revoked_by=found.revoked_by,
        secret_digest=found.secret_digest,
    )


def audit_row(found: AuditEntry) -> AuditRow:
    """Return a line of the audit log as other modules see it."""
    return AuditRow(**{field.name: getattr(found, field.name) for field in fields(AuditRow)})
