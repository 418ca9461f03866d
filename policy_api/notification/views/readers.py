"""What mail providers report about readers, and erasing a reader's address on demand.

An address stands in the body alone: the address of a request ends up in logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response

from policy_api import clock
from policy_api.access.answering import told
from policy_api.access.doors import needs, principal
from policy_api.access.scopes import Action
from policy_api.db.tx import retrying, writing
from policy_api.notification.addresses import Address
from policy_api.notification.readers import Reception, clear_spool
from policy_api.notification.subscription_schemas import BouncesIn, EndedOut, ErasedOut, ErasureIn
from policy_api.web.api import Blueprint
from policy_api.web.state import state

T = TypeVar("T")

blp = Blueprint("readers", __name__, description="Addresses of readers who are told by e-mail.")


@blp.post("/v1/subscriptions/bounces")
@needs(Action.SUBSCRIPTIONS)
@blp.arguments(BouncesIn)
@blp.response(200, EndedOut)
def report_bounces(body: dict[str, Any]) -> Response:
    """Write to addresses no more that do not exist, or whose owners complained."""
    reported = [(Address.parse(each["email"]), each["kind"]) for each in body["bounces"]]
    ended = _received(lambda reception: reception.suppress(reported))
    return told({"ended": ended})


@blp.post("/v1/subscriptions/erasures")
@needs(Action.SUBSCRIPTIONS)
@blp.arguments(ErasureIn)
@blp.response(200, ErasedOut)
def erase_reader(body: dict[str, Any]) -> Response:
    """Forget an address at once, because its owner wants it. Repeating it is harmless."""
    address = Address.parse(body["email"])
    never_again = body["never_again"]
    erased = _received(lambda reception: reception.erase(address, never_again=never_again))
    clear_spool(state().settings, address)
    return told({"erased": erased})


def _received(act: Callable[[Reception], T]) -> T:
    """Do something in one write transaction.

    No idempotency key is minded: it would keep a digest of the request, and so of the address.
    """

    def attempt() -> T:
        with writing() as session:
            reception = Reception(
                session=session, by=principal(), settings=state().settings, now=clock.now()
            )
            return act(reception)

    return retrying(attempt)
