"""Webhook endpoints over the API: who may, what is shown, what is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jsonschema
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from policy_api.access import queries as access
from policy_api.access.principal import Actor
from policy_api.access.scopes import parse_scopes
from policy_api.access.service import mint
from policy_api.db.tx import writing
from policy_api.events import service as events
from policy_api.events.service import EventRecord
from policy_api.notification import fanout
from policy_api.notification.event_schemas import event_schemas, webhooks
from policy_api.notification.models import Endpoint, Ping
from policy_api.settings import Profile, Settings

URL = "https://hooks.example.org/policies"
NOW = datetime.now(UTC)

Call = Callable[..., Any]


@pytest.fixture
def token(session: Session) -> Callable[[str], str]:
    """Return a function that makes a token."""

    def make(*scopes: str) -> str:
        with writing(session):
            written, _ = mint(
                session,
                holder="tests",
                scopes=parse_scopes(scopes),
                days=1,
                profile=Profile.TESTING,
                by=Actor(name="tests"),
                now=NOW,
            )
        return written

    return make


@pytest.fixture
def call(client: FlaskClient, token: Callable[[str], str]) -> Call:
    """Return a function that asks as the holder of a token for all webhooks."""
    everywhere = token("*:webhooks")

    def ask(method: str, path: str = "", *, by: str = everywhere, **options: Any) -> Any:  # noqa: ANN401
        headers = {"Authorization": f"Bearer {by}", **options.pop("headers", {})}
        return client.open(f"/v1/webhooks{path}", method=method, headers=headers, **options)

    return ask


def created(call: Call, **members: object) -> Any:  # noqa: ANN401 -- JSON
    answer = call("POST", json={"url": URL, **members})
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def activate(session: Session, name: str) -> None:
    """Make an endpoint active, as if it had repeated its challenge."""
    with writing(session):
        found = session.query(Endpoint).filter_by(name=name).one()
        found.state, found.verified_at, found.after_sequence = "active", NOW, 0


def happen(session: Session, **members: object) -> None:
    told = {
        "type": "policy.published",
        "occurred_at": NOW,
        "data": {"policy": "privacy", "sites": []},
        "policy": "privacy",
        "sites": ("shop",),
        "significance": "material",
        **members,
    }
    with writing(session):
        events.append(session, EventRecord(**told), now=NOW)  # type: ignore[arg-type]
        fanout.advance(session, now=NOW)


def test_an_endpoint_shows_its_secret_once(call: Call) -> None:
    made = call("POST", json={"url": URL, "signatures": ["v1", "v1a"]})
    found = made.get_json()

    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/webhooks/{found['id']}"
    assert made.headers["Cache-Control"] == "private, no-store"
    assert found["secret"].startswith("whsec_")
    assert found["public_key"].startswith("whpk_")
    assert found["state"] == "pending_verification"
    read = call("GET", f"/{found['id']}").get_json()
    assert {**read, "secret": found["secret"], "public_key": found["public_key"]} == found


def test_a_repeated_request_makes_one_endpoint_and_shows_no_secret_again(call: Call) -> None:
    headers = {"Idempotency-Key": "once"}
    first, second = (call("POST", json={"url": URL}, headers=headers).get_json() for _ in range(2))

    assert second == {**first, "secret": None}
    assert len(call("GET").get_json()["items"]) == 1


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"url": "http://hooks.example.org/"}, "/url"),
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "https://me:secret@hooks.example.org/"}, "/url"),
        ({"url": ""}, "/url"),
        ({"filter": {"types": ["policy.deleted"]}}, "/filter/types/0"),
        ({"filter": {"sites": []}}, "/filter/sites"),
        ({"filter": {"sites": ["No Key"]}}, "/filter/sites/0"),
        ({"filter": {"change_types": ["x"]}}, "/filter/change_types/0"),
        ({"filter": {"min_significance": "huge"}}, "/filter/min_significance"),
        ({"signatures": ["v2"]}, "/signatures/0"),
        ({"colour": "red"}, "/colour"),
    ],
)
@pytest.mark.sqlite_only
def test_what_cannot_be_is_refused_with_its_place(
    call: Call, members: dict[str, object], pointer: str
) -> None:
    answer = call("POST", json={"url": URL, **members})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_without_a_token_nothing_opens(client: FlaskClient, call: Call) -> None:
    name = created(call)["id"]

    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{name}"),
        ("DELETE", f"/{name}"),
        ("POST", f"/{name}/rotate-secret"),
        ("GET", f"/{name}/deliveries"),
    ):
        assert client.open(f"/v1/webhooks{path}", method=method).status_code == 401


def test_a_token_of_one_site_has_to_do_with_its_own_endpoints_only(
    call: Call, token: Callable[[str], str]
) -> None:
    shop, reader = token("shop:webhooks"), token("shop:audit")
    of_all, of_forum = created(call), created(call, filter={"sites": ["forum"]})
    of_shop = call("POST", by=shop, json={"url": URL, "filter": {"sites": ["shop"]}}).get_json()

    assert call("GET", by=reader).status_code == 403
    assert [each["id"] for each in call("GET", by=shop).get_json()["items"]] == [of_shop["id"]]
    for other in (of_all, of_forum):
        assert call("GET", f"/{other['id']}", by=shop).status_code == 404
        assert call("DELETE", f"/{other['id']}", by=shop).status_code == 404
        assert call("POST", f"/{other['id']}/test", by=shop).status_code == 404
    assert call("POST", by=shop, json={"url": URL}).status_code == 403
    wider = {"filter": {"sites": ["shop", "forum"]}}
    assert call("PATCH", f"/{of_shop['id']}", by=shop, json=wider).status_code == 403
    assert call("PATCH", f"/{of_shop['id']}", by=shop, json={"filter": None}).status_code == 403


def test_a_list_goes_on_behind_its_last_item(call: Call) -> None:
    names = [created(call)["id"] for _ in range(3)]

    first = call("GET", query_string={"limit": 2}).get_json()
    rest = call("GET", first["next"].removeprefix("/v1/webhooks")).get_json()

    assert [each["id"] for each in first["items"] + rest["items"]] == names
    assert rest["next"] is None


def test_what_a_change_leaves_out_stays(call: Call) -> None:
    made = created(call, filter={"sites": ["shop"]}, description="First")

    changed = call("PATCH", f"/{made['id']}", json={"description": "Second"}).get_json()

    assert changed["description"] == "Second"
    assert changed["filter"] == made["filter"]
    assert changed["url"] == URL
    moved = call("PATCH", f"/{made['id']}", json={"url": f"{URL}/new"}).get_json()
    assert moved["state"] == "pending_verification"


def test_a_deleted_endpoint_is_gone(call: Call) -> None:
    name = created(call)["id"]

    assert call("DELETE", f"/{name}").status_code == 204
    assert call("GET", f"/{name}").status_code == 404
    assert call("GET").get_json()["items"] == []


def test_rotating_shows_another_secret(call: Call) -> None:
    made = created(call)

    rotated = call("POST", f"/{made['id']}/rotate-secret").get_json()

    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]


def test_only_an_active_endpoint_can_be_tested(call: Call, session: Session) -> None:
    name = created(call)["id"]
    assert call("POST", f"/{name}/test").status_code == 409

    activate(session, name)
    tested = call("POST", f"/{name}/test")

    assert tested.status_code == 202
    log = call("GET", f"/{name}/deliveries").get_json()["items"]
    assert log[0]["webhook_id"] == tested.get_json()["webhook_id"]
    assert log[0]["sequence"] is None


def test_stopping_parks_and_starting_sends(call: Call, session: Session) -> None:
    name = created(call)["id"]
    activate(session, name)
    assert call("POST", f"/{name}/disable").get_json()["state"] == "disabled"
    happen(session)

    parked = call("GET", f"/{name}/deliveries/1.1").get_json()
    assert (parked["state"], parked["reason"]) == ("parked", "disabled")

    assert call("POST", f"/{name}/enable").get_json()["state"] == "active"
    assert call("GET", f"/{name}/deliveries/1.1").get_json()["state"] == "pending"


def test_the_log_goes_back_page_by_page(call: Call, session: Session) -> None:
    name = created(call)["id"]
    activate(session, name)
    for _ in range(3):
        happen(session)

    first = call("GET", f"/{name}/deliveries", query_string={"limit": 2}).get_json()
    rest = call("GET", first["next"].removeprefix("/v1/webhooks")).get_json()

    ids = [each["id"] for each in first["items"] + rest["items"]]
    assert ids == ["3.1", "2.1", "1.1", "0.1"]


def test_everything_since_an_event_or_an_instant_is_sent_again(
    call: Call, session: Session
) -> None:
    name = created(call)["id"]
    activate(session, name)
    for _ in range(3):
        happen(session)

    by_number = call("POST", f"/{name}/replay", json={"since_sequence": 2})
    by_instant = call("POST", f"/{name}/replay", json={"since": "2020-01-01T00:00:00Z"})

    assert by_number.status_code == 202
    assert by_number.get_json() == {"deliveries": 2}
    assert by_instant.get_json() == {"deliveries": 3}
    for wrong in ({}, {"since_sequence": 1, "since": "2020-01-01T00:00:00Z"}, {"since": "2020"}):
        assert call("POST", f"/{name}/replay", json=wrong).status_code == 422


def test_one_event_is_sent_again(call: Call, session: Session) -> None:
    name = created(call)["id"]
    activate(session, name)
    happen(session)

    again = call("POST", f"/{name}/deliveries/1.1/redeliver")

    assert again.status_code == 202
    assert again.get_json()["sequence"] == 1
    for unknown in ("7.1", "0.1", "x", "1.1.1"):
        assert call("POST", f"/{name}/deliveries/{unknown}/redeliver").status_code == 404


def test_what_is_done_is_on_record(call: Call, session: Session) -> None:
    name = created(call, filter={"sites": ["shop"]})["id"]
    call("PATCH", f"/{name}", json={"description": "New"})
    call("DELETE", f"/{name}")

    rows = [row for row in access.audit(session, limit=10) if row.object == f"webhooks/{name}"]
    assert [(row.action, row.site) for row in rows] == [
        ("webhook.delete", "shop"),
        ("webhook.change", "shop"),
        ("webhook.create", "shop"),
    ]


@pytest.mark.sqlite_only
def test_mail_subscriptions_are_no_webhooks(
    call: Call, session: Session, app: Flask, settings: Settings
) -> None:
    from policy_api.notification import subscriptions  # noqa: PLC0415 -- for this alone
    from policy_api.notification.addresses import Address, MailKeys  # noqa: PLC0415

    with writing(session):
        subscriptions.ask(
            session,
            subscriptions.Wish(
                address=Address.parse("reader@example.net"),
                site="shop",
                policy=None,
                locale="en",
                min_significance="material",
            ),
            desk=subscriptions.Desk(keys=MailKeys(settings.secret_key), remote="198.51.100.1"),
            now=NOW,
        )
        name = session.query(Endpoint.name).scalar()

    assert call("GET", f"/{name}").status_code == 404
    assert call("GET").get_json()["items"] == []


@pytest.mark.sqlite_only
def test_the_openapi_document_describes_every_message(client: FlaskClient) -> None:
    document = client.get("/v1/openapi.json").get_json()

    assert document["webhooks"] == webhooks()
    assert set(document["webhooks"]) == {
        "policy.published",
        "policy.effective",
        "policy.withdrawn",
        "endpoint.verify",
        "endpoint.test",
    }
    for schema in event_schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.sqlite_only
def test_challenges_and_tests_are_as_described(call: Call, session: Session) -> None:
    name = created(call)["id"]
    activate(session, name)
    call("POST", f"/{name}/test")

    session.rollback()
    pings = session.query(Ping).all()
    assert {ping.type for ping in pings} == {"endpoint.verify", "endpoint.test"}
    for ping in pings:
        jsonschema.validate(orjson.loads(ping.body), event_schemas()[ping.type])
