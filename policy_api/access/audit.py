"""The audit log: who did what, each line bound to all before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.access.models import AuditEntry, AuditHead
from policy_api.access.principal import Actor
from policy_api.access.queries import audit_row
from policy_api.access.rows import AuditRow
from policy_api.domain.proof.canonical import DIGEST_PREFIX, canonical_json

_LINE: Final = b"\x10policy-api/audit/v1\n"
"""Precedes what is digested, so that a line of the log is never taken for a link of releases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that was done, in the same transaction."""

    action: str
    object: str
    site: str | None = None
    before: str | None = None
    """Digest of the state before; None where there was none."""

    after: str | None = None


def record(session: Session, act: Act, *, by: Actor, now: datetime) -> AuditRow:
    """Write an act at the end of the log.

    Takes the last line, so it comes last in a transaction: other writers wait for it.
    """
    head = session.scalars(select(AuditHead).with_for_update()).one()
    members: dict[str, Any] = {
        "sequence": head.sequence + 1,
        "at": now,
        "actor": by.name,
        "token_id": by.token_id,
        "action": act.action,
        "object": act.object,
        "site": act.site,
        "before_digest": act.before,
        "after_digest": act.after,
        "request_id": by.request_id,
    }
    unbound = AuditRow(**members, chain_digest="")
    found = AuditEntry(**members, chain_digest=chained(unbound, previous=head.chain_digest))
    session.add(found)
    head.sequence, head.chain_digest = found.sequence, found.chain_digest
    session.flush()
    return audit_row(found)


def chained(row: AuditRow, *, previous: str | None) -> str:
    """Return the digest of a line and all before it."""
    said = {name: value for name, value in row.to_json().items() if name != "chain_digest"}
    told = canonical_json({**said, "previous": previous})
    return DIGEST_PREFIX + hashlib.sha256(_LINE + told).hexdigest()


def first_broken(rows: Iterable[AuditRow], *, head: str | None) -> int | None:
    """Return the sequence of the first line that does not fit, or None if all do.

    :param head: Where the log is said to end; a shorter one does not fit either.
    """
    previous: str | None = None
    number = 0
    for row in rows:
        number += 1
        if row.sequence != number or row.chain_digest != chained(row, previous=previous):
            return number
        previous = row.chain_digest
    return None if previous == head else number + 1


def log_head(session: Session) -> str | None:
    """Return the digest that the log ends with; None while it is empty."""
    return session.scalars(select(AuditHead.chain_digest)).one()
