"""What owners do with their webhook endpoints: create, change, prove, replay, stop."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete as drop
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import N_, BadInput, Conflict, NotFound, Problem
from policy_api.events import queries as events
from policy_api.notification import queries
from policy_api.notification.bell import ring
from policy_api.notification.endpoint_rows import (
    EVERYTHING,
    apply_filter,
    new_endpoint,
    new_name,
)
from policy_api.notification.filters import Filter, check_filter
from policy_api.notification.guard import Guard
from policy_api.notification.models import Delivery, Endpoint, EndpointSecret, Ping
from policy_api.notification.queries import EndpointRow
from policy_api.notification.secrets import Vault
from policy_api.notification.signing import SCHEMES, new_key, shown
from policy_api.settings import Settings

WEBHOOK = "webhook"
VERIFY = "endpoint.verify"
TEST = "endpoint.test"
OVERLAP = timedelta(hours=24)
"""How long the secret before stays valid after a rotation."""

CHALLENGE_BYTES = 24
SILENT = {"synchronize_session": "fetch"}


class NotVerified(Conflict):
    """An endpoint has not repeated its challenge yet."""

    slug, title = "endpoint-not-verified", N_("The endpoint is not verified yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An endpoint with what is shown once only."""

    endpoint: EndpointRow
    secret: str | None = field(default=None, repr=False)
    """``whsec_…`` for ``v1``."""

    public_key: str | None = None
    """``whpk_…`` for ``v1a``."""


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What stands between subscribers and the operator's networks and secrets."""

    guard: Guard
    vault: Vault

    @classmethod
    def of(cls, settings: Settings) -> Safeguards:
        """Return the safeguards an operator asked for."""
        return cls(Guard.of(settings), Vault(settings.secret_key))


def create(
    session: Session,
    *,
    url: str,
    safeguards: Safeguards,
    by: str,
    now: datetime,
    wanted: Filter = EVERYTHING,
    signatures: tuple[str, ...] = ("v1",),
    description: str = "",
) -> Made:
    """Make an endpoint; it hears of nothing until it has repeated its challenge.

    :param by: Who asks, for the record.
    :raises BadInput: With what is wrong about the address, the filter or the signatures.
    """
    check_filter(wanted)
    target = {"url": safeguards.guard.checked_url(url)}
    if not signatures or set(signatures) - set(SCHEMES):
        problem = Problem("Unknown signature.", pointer="/signatures", expected=", ".join(SCHEMES))
        raise BadInput(problems=[problem])
    found = new_endpoint(
        new_name(queries.MANAGED_PREFIX),
        channel=WEBHOOK,
        target=target,
        wanted=wanted,
        description=description,
        by=by,
        now=now,
    )
    session.add(found)
    session.flush()
    schemes = tuple(dict.fromkeys(signatures))
    made = _new_keys(session, found, schemes, vault=safeguards.vault, now=now)
    _challenge(session, found, now=now)
    return _made(session, found, made)


def change(
    session: Session,
    *,
    name: str,
    safeguards: Safeguards,
    now: datetime,
    url: str | None = None,
    wanted: Filter | None = None,
    description: str | None = None,
) -> EndpointRow:
    """Change an endpoint; what is left out stays.

    A new address has to prove itself; what happens until then waits for it. Deliveries that a new
    filter does not let through are skipped.

    :raises NotFound: If there is no such endpoint.
    :raises BadInput: With what is wrong about the address or the filter.
    """
    found = own(session, name)
    if wanted is not None:
        check_filter(wanted)
        apply_filter(found, wanted)
        _skip_unwanted(session, found, wanted)
    if description is not None:
        found.description = description
    if url is not None and found.channel != WEBHOOK:
        raise BadInput(problems=[Problem("It is no webhook.", pointer="/url")])
    if url is not None and (checked := safeguards.guard.checked_url(url)) != found.target["url"]:
        found.target = {"url": checked}
        found.state = "pending_verification"
        _start_anew(found)
        _challenge(session, found, now=now)
    session.flush()
    return queries.endpoint(session, name=name)


def delete(session: Session, *, name: str, now: datetime) -> None:
    """End an endpoint; what waited for it is skipped, and its secrets are gone at once.

    :raises NotFound: If there is no such endpoint.
    """
    found = own(session, name)
    found.state, found.stopped_at, found.due_at = "deleted", now, None
    _start_anew(found)
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id == found.id, Delivery.state.in_(("pending", "parked")))
        .values(state="skipped", reason="unsubscribed"),
        execution_options=SILENT,
    )
    session.execute(drop(EndpointSecret).where(EndpointSecret.endpoint_id == found.id))
    session.flush()


def enable(session: Session, *, name: str, now: datetime) -> EndpointRow:
    """Start an endpoint again: everything that is parked is sent, the oldest first.

    One that said it was gone, or never proved itself, gets a new challenge first.

    :raises NotFound: If there is no such endpoint.
    """
    found = own(session, name)
    must_prove = found.state in {"gone", "pending_verification"} or found.verified_at is None
    found.state = "pending_verification" if must_prove else "active"
    found.stopped_at = None
    _start_anew(found)
    session.execute(
        update(Delivery)
        .where(
            Delivery.endpoint_id == found.id,
            Delivery.state.in_(("pending", "parked")),
            Delivery.sequence > 0,
        )
        .values(state="pending", reason=None, attempts=0, due_at=now),
        execution_options=SILENT,
    )
    if must_prove:
        _challenge(session, found, now=now)
    else:
        call(session, found, now=now)
    return queries.endpoint(session, name=name)


def disable(session: Session, *, name: str, now: datetime) -> EndpointRow:
    """Stop an endpoint; what happens from now on waits for it.

    :raises NotFound: If there is no such endpoint.
    """
    found = own(session, name)
    if found.state not in queries.STOPPED:
        found.state, found.stopped_at, found.due_at = "disabled", now, None
        _start_anew(found)
        session.flush()
    return queries.endpoint(session, name=name)


def rotate(session: Session, *, name: str, safeguards: Safeguards, now: datetime) -> Made:
    """Give an endpoint new keys; the ones before sign beside them for another day.

    :raises NotFound: If there is no such endpoint.
    """
    found = own(session, name)
    live = session.scalars(
        select(EndpointSecret).where(EndpointSecret.endpoint_id == found.id)
    ).all()
    for secret in live:
        if secret.expires_at is None:
            secret.expires_at = now + OVERLAP
        else:
            # Never three at once: a header with many signatures is an oracle and a burden.
            session.delete(secret)
    schemes = tuple(sorted({secret.scheme for secret in live}))
    given = _new_keys(session, found, schemes, vault=safeguards.vault, now=now)
    return _made(session, found, given)


def send_test(session: Session, *, name: str, now: datetime) -> str:
    """Send a message that means nothing, and return its ``webhook-id``.

    :raises NotFound: If there is no such endpoint.
    :raises NotVerified: If it is not active.
    """
    found = own(session, name)
    if found.state not in {"active", "suspect"}:
        raise NotVerified("Only an active endpoint can be tested.", state=found.state)
    return _ping(session, found, TEST, {"endpoint": name}, now=now)


def own(session: Session, name: str) -> Endpoint:
    """Return an endpoint and keep others from changing it meanwhile.

    :raises NotFound: If there is none of that name.
    """
    query = select(Endpoint).where(
        Endpoint.name == name, queries.is_managed(), Endpoint.state != "deleted"
    )
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(f"There is no endpoint {name}.")
    return found


def call(session: Session, found: Endpoint, *, now: datetime) -> None:
    """Make a worker look at an endpoint now, even if it is given rest."""
    found.due_at = now
    session.flush()
    ring(session)


def _start_anew(found: Endpoint) -> None:
    """Forget troubles, and end the lease of whoever is sending to it now."""
    found.failures, found.failing_since, found.held_until = 0, None, None
    found.lease_token += 1
    found.leased_until = None


def _skip_unwanted(session: Session, found: Endpoint, wanted: Filter) -> None:
    pending = session.scalars(
        select(Delivery).where(
            Delivery.endpoint_id == found.id, Delivery.state == "pending", Delivery.sequence > 0
        )
    )
    for delivery in pending:
        event = events.after(session, sequence=delivery.sequence - 1, limit=1)[0]
        if not wanted.lets_through(event):
            delivery.state, delivery.reason = "skipped", "filter"


def _new_keys(
    session: Session, found: Endpoint, schemes: tuple[str, ...], *, vault: Vault, now: datetime
) -> dict[str, str]:
    """Store new keys and return what the receiver is given of each."""
    last = session.scalar(
        select(func.max(EndpointSecret.number)).where(EndpointSecret.endpoint_id == found.id)
    )
    keys = {scheme: new_key(scheme) for scheme in schemes}
    for number, key in enumerate(keys.values(), (last or 0) + 1):
        secret = EndpointSecret(
            endpoint_id=found.id,
            number=number,
            scheme=key.scheme,
            sealed=vault.seal(key.raw, owner=found.name),
            created_at=now,
            expires_at=None,
        )
        session.add(secret)
    session.flush()
    return {scheme: shown(key) for scheme, key in keys.items()}


def _made(session: Session, found: Endpoint, given: dict[str, str]) -> Made:
    row = queries.endpoint(session, name=found.name)
    return Made(endpoint=row, secret=given.get("v1"), public_key=given.get("v1a"))


def _challenge(session: Session, found: Endpoint, *, now: datetime) -> None:
    """Ask the receiver to repeat something that only it is told; earlier questions lapse."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.endpoint_id == found.id, Delivery.sequence == 0, Delivery.state == "pending"
        )
        .values(state="skipped", reason="unsubscribed"),
        execution_options=SILENT,
    )
    question = {"endpoint": found.name, "challenge": secrets.token_urlsafe(CHALLENGE_BYTES)}
    _ping(session, found, VERIFY, question, now=now)


def _ping(
    session: Session, found: Endpoint, type_: str, content: dict[str, str], *, now: datetime
) -> str:
    last = session.scalar(select(func.max(Ping.number)).where(Ping.endpoint_id == found.id))
    number, message = (last or 0) + 1, f"msg_{secrets.token_hex(16)}"
    body = {"type": type_, "timestamp": instant_text(now), "data": content}
    ping = Ping(
        endpoint_id=found.id,
        number=number,
        id=message,
        type=type_,
        body=orjson.dumps(body),
        created_at=now,
    )
    session.add(ping)
    session.add(new_delivery(found, sequence=0, generation=number, now=now))
    call(session, found, now=now)
    return message


def new_delivery(found: Endpoint, *, sequence: int, generation: int, now: datetime) -> Delivery:
    """Return a delivery that is due at once."""
    return Delivery(
        endpoint_id=found.id,
        sequence=sequence,
        generation=generation,
        state="pending",
        reason=None,
        attempts=0,
        created_at=now,
        due_at=now,
        delivered_at=None,
    )
