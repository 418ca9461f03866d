"""What a worker sends is accepted by the packages of Standard Webhooks, in both languages."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from policy_api import clock
from policy_api.db.tx import writing
from policy_api.notification import endpoints
from policy_api.notification.endpoints import Safeguards
from policy_api.notification.signing import new_key, shown
from policy_api.testing.receivers import Receiver, Request, polite
from tests.notification.conftest import Happen, Subscribe, Times, Work, eventually, state_of
from tests.notification.node import Case, needs_node, verdicts

pytestmark = [needs_node, pytest.mark.sqlite_only]

BOTH = ("v1", "v1a")


@pytest.fixture
def sent(
    *,
    session: Session,
    happen: Happen,
    subscribe: Subscribe,
    work: Work,
    times: Times,
    safeguards: Safeguards,
) -> tuple[list[str], Request]:
    """Return two secrets, one taking the place of the other, and what a receiver gets then."""
    times.instant = clock.now()
    with Receiver(polite) as receiver, work():
        made = subscribe(receiver.url, signatures=BOTH)
        name = made.endpoint.name
        eventually(lambda: state_of(session, name) == "active")
        with writing(session):
            newer = endpoints.rotate(session, name=name, safeguards=safeguards, now=times())
        happen(data={"title": {"de": "Für alle ✓", "ar": "سياسة"}, "sites": [{"site": "shop"}]})
        (request,) = receiver.wait_for(1)
    return [str(made.secret), str(newer.secret)], request


def case(secret: str, request: Request, **changed: str) -> Case:
    body = changed.pop("body", request.body.decode())
    headers = {
        **request.headers,
        **{name.replace("_", "-"): each for name, each in changed.items()},
    }
    return secret, headers, body


def test_both_packages_accept_it_with_the_old_secret_and_the_new(
    sent: tuple[list[str], Request],
) -> None:
    secrets, request = sent
    schemes = [each.split(",")[0] for each in request.headers["webhook-signature"].split(" ")]
    assert sorted(schemes) == ["v1", "v1", "v1a", "v1a"]

    by_javascript = verdicts([case(secret, request) for secret in secrets])
    by_python = [Webhook(each).verify(request.body, dict(request.headers)) for each in secrets]

    content = json.loads(request.body)
    assert by_javascript == [{"accepted": content}] * 2
    assert by_python == [content] * 2


def test_the_javascript_package_refuses_what_was_tampered_with(
    sent: tuple[list[str], Request],
) -> None:
    (secret, _), request = sent
    earlier = str(int(request.headers["webhook-timestamp"]) - 600)

    found = verdicts(
        [
            case(shown(new_key("v1")), request),
            case(secret, request, body=request.body.decode() + " "),
            case(secret, request, webhook_id="evt_other"),
            case(secret, request, webhook_timestamp=earlier),
        ]
    )

    assert found == [{"refused": "WebhookVerificationError"}] * 4
