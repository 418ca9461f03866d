"""What readers do with their mail subscriptions: ask, confirm, end; and what ends them otherwise.

Whoever asks for an address learns nothing about it: the same rows are written whether it is known,
suppressed or was written to too often; only whether a mail follows is different.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import N_, PolicyError
from policy_api.events import queries as events
from policy_api.events import service as event_log
from policy_api.notification import mail_limits, mail_queries
from policy_api.notification.addresses import Address, MailKeys, token_digest
from policy_api.notification.bell import ring
from policy_api.notification.endpoint_rows import new_endpoint, new_name
from policy_api.notification.endpoints import new_delivery
from policy_api.notification.filters import Filter
from policy_api.notification.mail_limits import LIMITS, MailLimits
from policy_api.notification.mail_queries import Standing, SubscriptionRow, subscription_row
from policy_api.notification.models import (
    Delivery,
    Endpoint,
    MailSubscription,
    Ping,
    Suppression,
)

EMAIL = "email"
IMMEDIATE = "immediate"
BOUNCED = "bounced"
DIGESTS = (IMMEDIATE, "daily", "weekly")

TYPES = ("policy.published", "policy.withdrawn")
"""What people are told: each change once, when it is announced."""

CONFIRMATION = "endpoint.test"
"""Type of the message that asks for a confirmation. Unlike a challenge, it expects no answer."""

SILENT = {"synchronize_session": "fetch"}

log = logging.getLogger(__name__)


class LinkExpired(PolicyError):
    """A link in a mail was opened too late, or what it was about has ended."""

    slug, title, status = "link-expired", N_("The link is no longer valid"), 410


class UnknownLink(PolicyError):
    """A link of a mail is not complete, or what it was about was erased."""

    slug, title, status = "unknown-link", N_("The link is not known"), 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to be told, and where."""

    address: Address
    site: str
    policy: str | None
    locale: str
    min_significance: str
    digest: str = IMMEDIATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where wishes arrive."""

    keys: MailKeys
    remote: str
    """Network address of the client."""

    mount: str = ""
    """Prefix of the program inside another site, for the links in the mails."""

    limits: MailLimits = LIMITS


def ask(session: Session, wish: Wish, *, desk: Desk, now: datetime) -> None:
    """Take a wish down, and let a mail ask for its confirmation if one may be sent."""
    mail_limits.take_turns(session)
    client = desk.keys.client_digest(desk.remote)
    if not mail_limits.has_room(session, client=client, limits=desk.limits, now=now):
        log.warning("Requests for mails are over a limit; no mail follows.")
        return
    mailbox = desk.keys.mailbox_digest(wish.address)
    is_calm = mail_limits.may_write_to(session, mailbox=mailbox, limits=desk.limits, now=now)
    digest = desk.keys.digest(wish.address)
    is_unwanted = mail_queries.is_suppressed(session, digest)
    is_sent = is_calm and not is_unwanted
    endpoint = _new_endpoint(wish, mount=desk.mount, due_at=now if is_sent else None, now=now)
    session.add(endpoint)
    session.flush()
    session.add(_new_subscription(wish, endpoint, keys=desk.keys, now=now))
    _ask_back(session, endpoint, is_sent=is_sent, now=now)
    noted = mailbox if is_calm else mail_limits.REFUSED
    mail_limits.note(session, mailbox=noted, client=client, now=now)
    session.flush()
    ring(session)


def confirm(session: Session, *, token: str, now: datetime) -> SubscriptionRow:
    """Start a subscription; what happens from now on is told.

    Confirming twice is harmless. An earlier subscription of the address to the same thing ends, so
    that asking again is the way to change language, digest or significance.

    :param token: From the link in the mail.
    :raises UnknownLink: If no mail had that link, or what it was about is erased.
    :raises LinkExpired: If the mail is older than three days, or the subscription has ended.
    """
    found, endpoint = _own(session, token)
    standing = subscription_row(found, endpoint.name).standing(now)
    if standing in {Standing.ENDED, Standing.EXPIRED}:
        raise LinkExpired("Please subscribe again.")
    if standing is Standing.ASKED:
        # Nobody can write events meanwhile, so "from now on" is exact.
        event_log.hold(session)
        for earlier, its_endpoint in session.execute(_same(found)).all():
            _end(session, earlier, its_endpoint, now=now)
        found.confirmed_at = endpoint.verified_at = now
        endpoint.state = "active"
        endpoint.after_sequence = events.last_sequence(session)
        _let_go(endpoint)
        _skip_pending(session, endpoint)
        session.flush()
    return subscription_row(found, endpoint.name)


def end(session: Session, *, token: str, now: datetime) -> SubscriptionRow:
    """End a subscription. Ending it twice is harmless.

    Where it was never confirmed, somebody got a mail they did not want: the address is sent none
    any more, whoever asks.

    :param token: From the link in the mail.
    :raises UnknownLink: If no mail had that link, or what it was about is erased.
    """
    found, endpoint = _own(session, token)
    if found.ended_at is None:
        if found.confirmed_at is None:
            _suppress(session, found.address_digest, reason="unwanted", now=now)
        _end(session, found, endpoint, now=now)
    return subscription_row(found, endpoint.name)


def bounce(
    session: Session,
    *,
    address: Address,
    keys: MailKeys,
    now: datetime,
    reason: str = BOUNCED,
) -> int:
    """Send an address nothing any more, and return how many subscriptions that ended.

    :param reason: ``bounced`` or ``complained``.
    """
    digest = keys.digest(address)
    _suppress(session, digest, reason=reason, now=now)
    live = _with_endpoint().where(
        MailSubscription.address_digest == digest, MailSubscription.ended_at.is_(None)
    )
    found = session.execute(live).all()
    for subscription, endpoint in found:
        _end(session, subscription, endpoint, now=now)
    return len(found)


def _own(session: Session, token: str) -> tuple[MailSubscription, Endpoint]:
    query = _with_endpoint().where(MailSubscription.token_digest == token_digest(token))
    found = session.execute(query.with_for_update()).first()
    if found is None:
        raise UnknownLink("Please check that the whole link was opened.")
    return found[0], found[1]


def _same(found: MailSubscription) -> Select[MailSubscription, Endpoint]:
    """Return the query for live subscriptions of the same address to the same thing."""
    return _with_endpoint().where(
        MailSubscription.id != found.id,
        MailSubscription.address_digest == found.address_digest,
        MailSubscription.site == found.site,
        MailSubscription.policy.is_not_distinct_from(found.policy),
        MailSubscription.confirmed_at.is_not(None),
        MailSubscription.ended_at.is_(None),
    )


def _with_endpoint() -> Select[MailSubscription, Endpoint]:
    return (
        select(MailSubscription, Endpoint)
        .join(Endpoint, Endpoint.id == MailSubscription.endpoint_id)
        .order_by(MailSubscription.id)
    )


def _end(session: Session, found: MailSubscription, endpoint: Endpoint, *, now: datetime) -> None:
    found.ended_at = now
    endpoint.state, endpoint.stopped_at = "deleted", now
    _let_go(endpoint)
    _skip_pending(session, endpoint)
    session.flush()


def _let_go(endpoint: Endpoint) -> None:
    """End the lease of whoever is writing to it now, and forget troubles."""
    endpoint.due_at = endpoint.held_until = endpoint.leased_until = endpoint.failing_since = None
    endpoint.failures = 0
    endpoint.lease_token += 1


def _skip_pending(session: Session, endpoint: Endpoint) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id == endpoint.id, Delivery.state.in_(("pending", "parked")))
        .values(state="skipped", reason="unsubscribed"),
        execution_options=SILENT,
    )


def _suppress(session: Session, digest: str, *, reason: str, now: datetime) -> None:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgresql else sqlite).insert(Suppression)
    row = insert.values(address_digest=digest, reason=reason, since=now)
    # What an owner said outlasts what a server said: erasing forgets the one, not the other.
    told = row.on_conflict_do_update(
        index_elements=[Suppression.address_digest],
        set_={"reason": reason, "since": now},
        where=Suppression.reason == BOUNCED,
    )
    session.execute(told)


def _ask_back(session: Session, endpoint: Endpoint, *, is_sent: bool, now: datetime) -> None:
    """Write down the message that asks for a confirmation, also where it is not sent."""
    body = {"type": CONFIRMATION, "timestamp": instant_text(now), "data": {}}
    ping = Ping(
        endpoint_id=endpoint.id,
        number=1,
        id=f"msg_{secrets.token_hex(16)}",
        type=CONFIRMATION,
        body=orjson.dumps(body),
        created_at=now,
    )
    delivery = new_delivery(endpoint, sequence=0, generation=1, now=now)
    if not is_sent:
        delivery.state, delivery.reason = "skipped", "filter"
    session.add_all([ping, delivery])


def _new_endpoint(wish: Wish, *, mount: str, due_at: datetime | None, now: datetime) -> Endpoint:
    name = new_name("ml_")
    wanted = Filter(
        # Bundles are made from the log; fan-out has nothing to hand to them.
        types=TYPES if wish.digest == IMMEDIATE else (),
        sites=(wish.site,),
        policies=None if wish.policy is None else (wish.policy,),
        min_significance=wish.min_significance,
    )
    target = {"owner": name, "mount": mount}
    made = new_endpoint(name, channel=EMAIL, target=target, wanted=wanted, now=now)
    made.due_at = due_at
    return made


def _new_subscription(
    wish: Wish, endpoint: Endpoint, *, keys: MailKeys, now: datetime
) -> MailSubscription:
    return MailSubscription(
        endpoint_id=endpoint.id,
        sealed_address=keys.seal(wish.address, owner=endpoint.name),
        address_digest=keys.digest(wish.address),
        site=wish.site,
        policy=wish.policy,
        locale=wish.locale,
        min_significance=wish.min_significance,
        digest=wish.digest,
        token_digest=token_digest(keys.token(endpoint.name)),
        asked_at=now,
        confirmed_at=None,
        ended_at=None,
        erased_at=None,
    )
