"""Questions about mail subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from policy_api.notification.addresses import token_digest
from policy_api.notification.models import Endpoint, MailSubscription, Ping, Suppression

CONFIRM_WITHIN = timedelta(days=3)


class Standing(StrEnum):
    """Where a subscription stands."""

    ASKED = "asked"
    EXPIRED = "expired"
    """Asked for, and not confirmed in time."""

    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRow:
    """A subscription; its address is readable with the key alone."""

    id: int
    owner: str
    """Name of its endpoint, to which its address and its links are bound."""

    site: str
    policy: str | None
    locale: str
    min_significance: str | None
    digest: str
    asked_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    address_digest: str = field(repr=False)
    sealed_address: bytes | None = field(repr=False)

    def standing(self, now: datetime) -> Standing:
        """Tell where it stands."""
        if self.ended_at is not None:
            return Standing.ENDED
        if self.confirmed_at is not None:
            return Standing.CONFIRMED
        return Standing.EXPIRED if now - self.asked_at > CONFIRM_WITHIN else Standing.ASKED


def by_token(session: Session, token: str) -> SubscriptionRow | None:
    """Return the subscription whose mails carry a secret."""
    return _one(session, _rows().where(MailSubscription.token_digest == token_digest(token)))


def by_owner(session: Session, owner: str) -> SubscriptionRow | None:
    """Return the subscription of an endpoint."""
    return _one(session, _rows().where(Endpoint.name == owner))


def is_suppressed(session: Session, address_digest: str) -> bool:
    """Tell whether an address is sent nothing."""
    query = select(Suppression.since).where(Suppression.address_digest == address_digest)
    return session.scalar(query) is not None


def confirmations(session: Session, address_digest: str) -> list[tuple[str, str]]:
    """Return what asked an address for a confirmation: ids of messages, with whose they are."""
    query = (
        select(Ping.id, Endpoint.name)
        .join(Endpoint, Endpoint.id == Ping.endpoint_id)
        .join(MailSubscription, MailSubscription.endpoint_id == Endpoint.id)
        .where(MailSubscription.address_digest == address_digest)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def _rows() -> Select[MailSubscription, str]:
    return select(MailSubscription, Endpoint.name).join(
        Endpoint, Endpoint.id == MailSubscription.endpoint_id
    )


def _one(session: Session, query: Select[MailSubscription, str]) -> SubscriptionRow | None:
    found: Row[MailSubscription, str] | None = session.execute(query).first()
    return None if found is None else subscription_row(found[0], found[1])


def subscription_row(found: MailSubscription, owner: str) -> SubscriptionRow:
    """Return a subscription as a value."""
    return SubscriptionRow(
        id=found.id,
        owner=owner,
        site=found.site,
        policy=found.policy,
        locale=found.locale,
        min_significance=found.min_significance,
        digest=found.digest,
        asked_at=found.asked_at,
        confirmed_at=found.confirmed_at,
        ended_at=found.ended_at,
        address_digest=found.address_digest,
        sealed_address=found.sealed_address,
    )
