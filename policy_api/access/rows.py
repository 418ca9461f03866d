"""What access answers: plain values, without a secret in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from policy_api.access.scopes import Scope
from policy_api.domain.proof.canonical import instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token as lists show it."""

    id: str
    holder: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    secret_digest: str = field(repr=False)

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it opens anything now."""
        return self.revoked_at is None and now < self.expires_at

    def to_json(self) -> dict[str, Any]:
        """Return the token as the API and the command line show it."""
        return {
            "id": self.id,
            "holder": self.holder,
            "scopes": sorted(map(str, self.scopes)),
            "created_at": instant_text(self.created_at),
            "created_by": self.created_by,
            "expires_at": instant_text(self.expires_at),
            "last_used_at": self.last_used_at and instant_text(self.last_used_at),
            "revoked_at": self.revoked_at and instant_text(self.revoked_at),
            "revoked_by": self.revoked_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of the audit log."""

    sequence: int
    at: datetime
    actor: str
    token_id: str | None
    action: str
    object: str
    site: str | None
    before_digest: str | None
    after_digest: str | None
    request_id: str
    chain_digest: str

    def to_json(self) -> dict[str, Any]:
        """Return the line as the API and the command line show it."""
        return {
            "sequence": self.sequence,
            "at": instant_text(self.at),
            "actor": self.actor,
            "token_id": self.token_id,
            "action": self.action,
            "object": self.object,
            "site": self.site,
            "before_digest": self.before_digest,
            "after_digest": self.after_digest,
            "request_id": self.request_id,
            "chain_digest": self.chain_digest,
        }
