"""A receiver of webhooks for one's own machine: checks each message and shows it.

It is also the shortest example of a correct receiver: verify the exact bytes, refuse old
timestamps, know a ``webhook-id`` that came before, echo a challenge.
"""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from policy_api.errors import N_, BadInput, PolicyError, Problem
from policy_api.notification.signing import PUBLIC_PREFIX, SECRET_BYTES, SECRET_PREFIX

TOLERANCE = timedelta(minutes=5)
MAX_BODY = 100_000
VERIFY = "endpoint.verify"
MIN_KEY, MAX_KEY = 24, 64


class NotGenuine(PolicyError):
    """A message was not signed with a known secret, or came too late."""

    slug, title, status = "not-genuine", N_("The message is not genuine"), 401


@dataclass(frozen=True, slots=True)
class Key:
    """A secret or a public key, as the program that sends has shown it."""

    scheme: str
    raw: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read ``whsec_…`` or ``whpk_…``.

        :raises BadInput: If it is neither.
        """
        for prefix, scheme in ((SECRET_PREFIX, "v1"), (PUBLIC_PREFIX, "v1a")):
            if text.startswith(prefix):
                raw = _decoded(text.removeprefix(prefix))
                fits = len(raw) == SECRET_BYTES if scheme == "v1a" else len(raw) >= MIN_KEY
                if fits and len(raw) <= MAX_KEY:
                    return cls(scheme, raw)
        problem = Problem("It is no key.", pointer="/secret", expected="whsec_… or whpk_…")
        raise BadInput(problems=[problem])

    def made(self, signature: bytes, content: bytes) -> bool:
        """Tell whether a signature was made with this key."""
        if self.scheme == "v1":
            return hmac.compare_digest(hmac.digest(self.raw, content, "sha256"), signature)
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature:
            return False
        return True


def verify(
    headers: Mapping[str, str], body: bytes, *, keys: tuple[Key, ...], now: datetime
) -> None:
    """Check a message by its headers.

    :param headers: With lower-case names.
    :param keys: One is enough to fit; without any, only the timestamp is checked.
    :raises NotGenuine: If no signature fits, or the message is more than five minutes old.
    """
    message_id, written = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not written.isascii() or not written.isdigit():
        raise NotGenuine("webhook-id or webhook-timestamp is missing.")
    if abs(now.timestamp() - int(written[:15])) > TOLERANCE.total_seconds():
        raise NotGenuine("webhook-timestamp is more than five minutes away from now.")
    content = f"{message_id}.{written}.".encode() + body
    signatures = tuple(_signatures(headers.get("webhook-signature", "")))
    if keys and not any(
        key.scheme == scheme and key.made(signature, content)
        for scheme, signature in signatures
        for key in keys
    ):
        raise NotGenuine("No signature was made with the secret.")


def _signatures(header: str) -> Iterator[tuple[str, bytes]]:
    for part in header.split():
        scheme, _, written = part.partition(",")
        yield scheme, _decoded(written)


def _decoded(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except ValueError:
        return b""


@dataclass
class Listener:
    """Receives, checks and tells."""

    keys: tuple[Key, ...]
    tell: Callable[[str], object]
    now: Callable[[], datetime]
    status: int = HTTPStatus.NO_CONTENT
    """What is answered to genuine messages; another one shows how the sender tries again."""

    _seen: set[str] = field(default_factory=set)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to a message."""
        with self._turn:
            try:
                verify(headers, body, keys=self.keys, now=self.now())
                content = _content(body)
            except PolicyError as error:
                self.tell(f"✗ {error.detail}")
                return error.status, b""
            return self._answer(headers["webhook-id"], content)

    def _answer(self, message_id: str, content: Mapping[str, Any]) -> tuple[int, bytes]:
        checked = "signature fits" if self.keys else "signature not checked"
        again = ", came before" if message_id in self._seen else ""
        self._seen.add(message_id)
        self.tell(f"✓ {content.get('type')} · {message_id} · {checked}{again}")
        self.tell(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
        if content.get("type") == VERIFY:
            return HTTPStatus.OK, orjson.dumps({"challenge": content["data"]["challenge"]})
        return self.status, b""


def serve(listener: Listener, *, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server that hands what is posted to it to a listener; not started yet."""

    class Post(BaseHTTPRequestHandler):
        """One request."""

        def receive(self) -> None:
            """Receive a message."""
            length = self.headers.get("content-length", "0")
            if not length.isdigit() or int(length) > MAX_BODY:
                self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"")
                return
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._reply(*listener.receive(headers, body))

        do_POST = receive  # noqa: N815 -- http.server's name

        def log_message(self, *_: object) -> None:
            """Leave the talking to the listener."""

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if body:
                self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return ThreadingHTTPServer((host, port), Post)


def _content(body: bytes) -> Mapping[str, Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        raise NotGenuine("The body is no event.")
    return content
