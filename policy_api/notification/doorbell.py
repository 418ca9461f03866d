"""A bell over a broker that a team runs anyway, for Celery or for something else.

It wakes workers and holds nothing: what is due stands in the database, and a ring that nobody
hears costs a worker's next look, a second later. It is of use where PostgreSQL cannot tell by
itself, as behind a pool that lends connections by transaction.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from typing_extensions import override

from policy_api.settings import PREFIX, Settings, SettingsError
from policy_api.signals import edition_published, release_withdrawn

CHANNEL = "policy-api.bell"
"""Of Redis; and the name of the exchange, for RabbitMQ."""

CONNECT_SECONDS = 2.0
"""Longer than that, nobody waits for a convenience."""

LISTEN_SECONDS = 0.5
AGAIN_SECONDS = 1.0
HEARTBEAT_SECONDS = 30

Check = Callable[[], bool]
Ringing = Callable[[], object]

log = logging.getLogger(__name__)


class Broker(Protocol):
    """Carries rings to everyone who listens at the moment."""

    errors: tuple[type[Exception], ...]
    """What it raises when it cannot be reached."""

    def ring(self) -> None:
        """Wake everyone who listens now."""
        ...

    def listen(self, on_ring: Ringing, *, is_over: Check) -> None:
        """Call back for each ring until it is over; and once at first, for those before."""
        ...


class RedisBroker(Broker):
    """Publishes on a channel of Redis, which keeps nothing of it."""

    def __init__(self, url: str) -> None:
        self._redis: Any = importlib.import_module("redis")
        self.errors = (self._redis.RedisError, OSError)
        self._url = url

    @override
    def ring(self) -> None:
        with self._client() as client:
            client.publish(CHANNEL, b"")

    @override
    def listen(self, on_ring: Ringing, *, is_over: Check) -> None:
        with self._client() as client, client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(CHANNEL)
            on_ring()
            while not is_over():
                if heard.get_message(timeout=LISTEN_SECONDS):
                    on_ring()

    def _client(self) -> Any:  # noqa: ANN401 -- the package is an extra
        return self._redis.Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=CONNECT_SECONDS,
            health_check_interval=HEARTBEAT_SECONDS,
        )


class RabbitBroker(Broker):
    """Publishes to an exchange of RabbitMQ; each listener has a queue that ends with it."""

    def __init__(self, url: str) -> None:
        self._amqp: Any = importlib.import_module("amqp")
        self.errors = (self._amqp.AMQPError, OSError)
        self._parts = urlsplit(url)

    @override
    def ring(self) -> None:
        with self._connected() as connection:
            channel = self._channel(connection)
            channel.basic_publish(self._amqp.Message(b"", delivery_mode=1), exchange=CHANNEL)

    @override
    def listen(self, on_ring: Ringing, *, is_over: Check) -> None:
        with self._connected() as connection:
            channel = self._channel(connection)
            # A worker that is busy needs to know of one ring, not of each.
            limits = {"x-max-length": 1}
            queue = channel.queue_declare(exclusive=True, auto_delete=True, arguments=limits).queue
            channel.queue_bind(queue, CHANNEL)
            channel.basic_consume(queue, no_ack=True, callback=lambda _: on_ring())
            on_ring()
            while not is_over():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=LISTEN_SECONDS)
                connection.heartbeat_tick()

    def _channel(self, connection: Any) -> Any:  # noqa: ANN401 -- the package is an extra
        channel = connection.channel()
        channel.exchange_declare(CHANNEL, "fanout", durable=False, auto_delete=False)
        return channel

    def _connected(self) -> Any:  # noqa: ANN401 -- the package is an extra
        parts = self._parts
        is_secure = parts.scheme == "amqps"
        return self._amqp.Connection(
            host=f"{parts.hostname}:{parts.port or (5671 if is_secure else 5672)}",
            userid=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            virtual_host=unquote(parts.path[1:]) or "/",
            ssl={"server_hostname": parts.hostname} if is_secure else False,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=CONNECT_SECONDS,
            write_timeout=CONNECT_SECONDS,
            heartbeat=HEARTBEAT_SECONDS,
        )


def broker(url: str) -> Broker:
    """Return the broker at an address.

    :raises SettingsError: If what speaks to it is not installed.
    """
    made = RedisBroker if urlsplit(url).scheme in {"redis", "rediss"} else RabbitBroker
    try:
        return made(url)
    except ImportError as error:
        problem = f"Install the extra policy-api[doorbell]: there is no package {error.name}."
        raise SettingsError([(f"{PREFIX}DOORBELL_URL", problem)]) from None


def ring(url: str) -> None:
    """Wake the workers that listen at a broker, from a task of Celery or from anywhere else.

    :raises SettingsError: If what speaks to the broker is not installed.
    """
    broker(url).ring()


class Doorbell(threading.Thread):
    """Calls back for each ring; on a thread, so that nothing can hold it up."""

    def __init__(self, found: Broker, on_ring: Ringing) -> None:
        super().__init__(name="doorbell", daemon=True)
        self._broker = found
        self._on_ring = on_ring
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        """Listen until stopped; a lost connection is made anew."""
        while not self._stopped.is_set():
            try:
                self._broker.listen(self._on_ring, is_over=self._stopped.is_set)
            except self._broker.errors as error:
                log.warning("The doorbell is silent.", extra={"error": type(error).__name__})
                self._stopped.wait(AGAIN_SECONDS)


class Ringer:
    """Rings after each release, on a thread: nobody who publishes waits for a broker."""

    def __init__(self, found: Broker) -> None:
        self._broker = found

    def __call__(self, _sender: object, **_told: object) -> None:
        """Ring; a program that ends waits for that, a few seconds at the longest."""
        threading.Thread(target=self._ring, name="ringer").start()

    def _ring(self) -> None:
        try:
            self._broker.ring()
        except self._broker.errors as error:
            log.warning("Nobody could be rung.", extra={"error": type(error).__name__})


def register_doorbell(settings: Settings) -> Ringer | None:
    """Ring after each release, if an operator named a broker. The caller keeps the ringer."""
    if not settings.doorbell_url:
        return None
    ringer = Ringer(broker(settings.doorbell_url))
    for signal in (edition_published, release_withdrawn):
        signal.connect(ringer)
    return ringer
