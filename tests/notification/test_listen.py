"""The local receiver: it believes what is signed, and nothing else."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.cli import main
from policy_api.errors import BadInput
from policy_api.notification.listen import Key, Listener, NotGenuine, serve, verify
from policy_api.notification.signing import new_key, shown, signature_headers
from policy_api.notification.wire import SigningKey
from tests.notification.conftest import Subscribe, Times, Work, eventually, state_of

pytestmark = pytest.mark.sqlite_only

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
BODY = orjson.dumps({"type": "policy.published", "sequence": 1, "data": {"policy": "privacy"}})


def signed(*keys: SigningKey, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    return signature_headers(
        message_id="evt_1", timestamp=int(at.timestamp()), body=body, keys=keys
    )


def parsed(*keys: SigningKey) -> tuple[Key, ...]:
    return tuple(Key.parse(shown(key)) for key in keys)


@pytest.mark.parametrize("scheme", ["v1", "v1a"])
def test_what_is_signed_with_the_secret_is_believed(scheme: str) -> None:
    key, other = new_key(scheme), new_key(scheme)

    verify(signed(other, key), BODY, keys=parsed(key), now=NOW)

    with pytest.raises(NotGenuine):
        verify(signed(other), BODY, keys=parsed(key), now=NOW)
    with pytest.raises(NotGenuine):
        verify(signed(key), BODY + b" ", keys=parsed(key), now=NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_is_not_believed_however_well_signed(minutes: int) -> None:
    key = new_key("v1")

    with pytest.raises(NotGenuine):
        verify(signed(key), BODY, keys=parsed(key), now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "evt_1"},
        {"webhook-id": "evt_1", "webhook-timestamp": "now"},
        {"webhook-id": "evt_1", "webhook-timestamp": "9" * 4000},
        {"webhook-id": "evt_1", "webhook-timestamp": str(int(NOW.timestamp()))},
        {
            "webhook-id": "evt_1",
            "webhook-timestamp": str(int(NOW.timestamp())),
            "webhook-signature": "v1,!!! v1 v1a,AAAA ,",
        },
    ],
)
def test_malformed_headers_are_not_believed(headers: dict[str, str]) -> None:
    with pytest.raises(NotGenuine):
        verify(headers, BODY, keys=parsed(new_key("v1"), new_key("v1a")), now=NOW)


@pytest.mark.parametrize("text", ["", "secret", "whsec_", "whsec_####", "whpk_AAAA"])
def test_a_key_is_known_by_its_form(text: str) -> None:
    with pytest.raises(BadInput):
        Key.parse(text)


def test_the_listener_tells_what_came_and_what_came_before() -> None:
    key, told = new_key("v1"), list[str]()
    listener = Listener(parsed(key), told.append, lambda: NOW)

    answers = [listener.receive(signed(key), BODY) for _ in range(2)]

    assert answers == [(204, b""), (204, b"")]
    assert told[0] == "✓ policy.published · evt_1 · signature fits"
    assert told[2] == "✓ policy.published · evt_1 · signature fits, came before"
    assert orjson.loads(told[1]) == orjson.loads(BODY)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"data": 1}', b"\xff"])
def test_the_listener_takes_nothing_but_events(body: bytes) -> None:
    key = new_key("v1")
    listener = Listener(parsed(key), lambda _: None, lambda: NOW)

    assert listener.receive(signed(key, body=body), body)[0] == 401


@pytest.fixture
def listening() -> Iterator[tuple[Listener, str, list[str]]]:
    told: list[str] = []
    listener = Listener((), told.append, clock.now)
    with serve(listener, host="127.0.0.1", port=0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield listener, f"http://127.0.0.1:{server.server_port}/", told
        server.shutdown()
        thread.join(5)


def test_an_endpoint_can_be_verified_with_it(
    session: Session,
    subscribe: Subscribe,
    work: Work,
    times: Times,
    listening: tuple[Listener, str, list[str]],
) -> None:
    listener, url, told = listening
    times.instant = clock.now()

    with work():
        made = subscribe(url)
        listener.keys = (Key.parse(str(made.secret)),)
        eventually(lambda: state_of(session, made.endpoint.name) == "active")

    assert any(line.startswith("✓ endpoint.verify") for line in told)


def test_too_much_is_not_read(listening: tuple[Listener, str, list[str]]) -> None:
    request = urllib.request.Request(listening[1], data=b"x" * 200_000)  # noqa: S310 -- our own

    with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as raised:
        urllib.request.urlopen(request, timeout=5)  # noqa: S310 -- our own server

    if isinstance(raised.value, urllib.error.HTTPError):
        assert raised.value.code == 413
        raised.value.close()


def test_the_command_refuses_what_is_no_key() -> None:
    result = CliRunner().invoke(main, ["listen", "--secret", "nonsense"])

    assert result.exit_code == 1
    assert "whsec_" in result.output
