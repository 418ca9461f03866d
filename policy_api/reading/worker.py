"""A gunicorn worker that answers repeats as soon as they arrive, before a thread is needed.

It rests on the inside of gunicorn's threaded worker; a test says so loudly when that moves.
"""

from __future__ import annotations

import logging
import selectors
import signal
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from typing import Any, ClassVar, Final

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker
from typing_extensions import override

from policy_api.reading.fast_path import fast_path_of
from policy_api.reading.worker_lane import Lane, Sent
from policy_api.reading.worker_log import access_line
from policy_api.reading.worker_succession import Succession

READ_BYTES: Final = 8192
"""As much as gunicorn reads at once; a longer head is for gunicorn."""

LINGER_SECONDS: Final = 2.0
"""How long a stopping worker waits for a request that a client may be sending already."""

SIGN_OF_LIFE_SECONDS: Final = 1.0
"""How often the arbiter is told that the worker lives; it waits thirty times as long."""

ROUND_SECONDS: Final = 0.1
"""How long a busy worker answers before it looks after idle connections and its parent."""

HANDOVER_SECONDS: Final = 10.0
"""How long a worker that is sent away goes on while those that follow load the program."""

STALLED_SECONDS: Final = 30.0
"""How long a client may take nothing of its answer."""


class _Outcome(Enum):
    """What became of a connection that had something to say."""

    ANSWERED = auto()
    UNFINISHED = auto()
    NOTHING = auto()
    USUAL = auto()
    GONE = auto()


class Connection(TConn):
    """A connection that remembers what it was told, what it has not sent yet, and when it was."""

    client: Any
    parser: Any
    timeout: Any

    received: bytes | None = None
    unsent: memoryview
    answered_at: float = 0.0


class EditionWorker(ThreadWorker):
    """gunicorn's threaded worker with a lane of its own for repeats."""

    lane: Lane | None = None
    succession: ClassVar = Succession()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- gunicorn's
        super().__init__(*args, **kwargs)
        self._stalling: dict[Connection, float] = {}
        self._alive_at = 0.0
        self._logs_access = False
        self._leaves_at: float | None = None
        # This is still the process that will fork.
        self.succession.announce(self.age)

    @override
    def run(self) -> None:
        self.succession.enter(self.age)
        super().run()

    @override
    def handle_exit(self, sig: int, frame: Any) -> None:
        if self._leaves_at is None:
            self._leaves_at = time.monotonic() + HANDOVER_SECONDS
        self._leave_if_due()

    def _leave_if_due(self) -> None:
        """Begin to stop, if that was asked for and the next worker is ready or late."""
        if self._leaves_at is None or not self.alive:
            return
        if time.monotonic() >= self._leaves_at or not self.succession.is_awaited(self.age):
            super().handle_exit(signal.SIGTERM, None)

    @override
    def load_wsgi(self) -> None:
        super().load_wsgi()
        fast = fast_path_of(self.wsgi)
        if fast is None or not self._is_plain_http():
            return
        self.lane = Lane(fast, self.cfg)
        self.wsgi: Any = self.lane.recording(self.wsgi)
        self._logs_access = _logs_access(self.log)

    def _is_plain_http(self) -> bool:
        """Tell whether what is read from a socket is HTTP/1 and comes from whom it says."""
        cfg = self.cfg
        return (
            not cfg.is_ssl
            and cfg.protocol == "http"
            and cfg.proxy_protocol == "off"
            and cfg.http2_cleartext == "off"
            and not cfg.forwarded_allow_ips
            and bool(cfg.keepalive)
        )

    @override
    def accept(self, listener: socket.socket) -> None:
        if self.lane is None:
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        # A thread is needed only when there is something to read.
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(client, selectors.EVENT_READ, self._when_first_readable(conn))

    @override
    def notify(self) -> None:
        self._leave_if_due()
        now = time.monotonic()
        if now >= self._alive_at + min(SIGN_OF_LIFE_SECONDS, self.cfg.timeout / 4):
            self._alive_at = now
            super().notify()

    @override
    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        if self.lane is None:
            super().wait_for_and_dispatch_events(timeout)
            return
        # Between two rounds gunicorn looks after itself; that need not be after every request.
        until = time.monotonic() + ROUND_SECONDS
        while self._dispatch(self.lane, timeout) and self._may_go_on(until):
            continue

    def _may_go_on(self, until: float) -> bool:
        is_full = self.nr_conns >= self.worker_connections
        return bool(self.alive) and not is_full and time.monotonic() < until

    def _dispatch(self, lane: Lane, timeout: float | None) -> bool:
        """Answer what has arrived; tell whether anything had."""
        try:
            events = self.poller.select(timeout)
        except InterruptedError:
            return False
        for key, mask in events:
            if mask & selectors.EVENT_READ and isinstance(key.data, partial):
                self._receive(*key.data.args)
        # One look at the database is enough for all that has arrived, in full, by now.
        lane.begin()
        for key, _ in events:
            key.data(key.fileobj)
        return bool(events)

    @override
    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        if self.lane is None:
            super().on_client_socket_readable(conn, client)
            return
        outcome = self._serve(conn)
        if outcome in {_Outcome.ANSWERED, _Outcome.NOTHING}:
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._hand_on(conn, outcome)

    @override
    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        if self.lane is None:
            super().on_pending_socket_readable(conn, client)
            return
        outcome = self._serve(conn, may_stay=self._has_room())
        if outcome is _Outcome.NOTHING:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        conn.data_ready = True
        if outcome is _Outcome.ANSWERED:
            self._keep_alive(conn)
        else:
            self._hand_on(conn, outcome)

    @override
    def murder_keepalived(self, force: bool = False) -> None:
        now = time.monotonic()
        while not force and self.alive and self.keepalived_conns:
            conn: Any = self.keepalived_conns[0]
            latest = getattr(conn, "answered_at", 0.0) + self.cfg.keepalive
            if conn.timeout > now or latest <= now:
                break
            # It was answered on the lane since it was put here.
            conn.timeout = latest
            self.keepalived_conns.rotate(-1)
        super().murder_keepalived(force=force)  # type: ignore[call-arg]

    @override
    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        for conn in [conn for conn, until in self._stalling.items() if until <= now]:
            self.poller.unregister(conn.sock)
            self._drop(conn)

    def _when_first_readable(self, conn: Connection) -> Callable[[Any], None]:
        return partial(self.on_pending_socket_readable, conn)

    def _has_room(self) -> bool:
        return len(self.keepalived_conns) < self.max_keepalived

    @staticmethod
    def _receive(conn: Connection) -> None:
        """Read what has arrived; nothing, if the client is gone."""
        try:
            conn.received = conn.sock.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            conn.received = None
        except OSError:
            conn.received = b""

    def _serve(self, conn: Connection, *, may_stay: bool = True) -> _Outcome:
        """Answer what was received, if it is a repeat."""
        received, conn.received = conn.received, None
        if received is None:
            return _Outcome.NOTHING
        if not received:
            return _Outcome.GONE
        started = time.perf_counter()
        is_for_lane = self.alive and may_stay and isinstance(conn.client, tuple)
        sent = self.lane.answer(received) if self.lane is not None and is_for_lane else None
        if sent is None:
            self._give_back(conn, received)
            return _Outcome.USUAL
        outcome = self._send(conn, sent)
        if outcome is not _Outcome.GONE:
            self._tell(conn, received, sent, started=started)
        return outcome

    @staticmethod
    def _give_back(conn: Connection, received: bytes) -> None:
        """Let gunicorn's parser read what was received, as if nobody had."""
        conn.init()
        conn.parser.unreader.unread(received)

    @staticmethod
    def _send(conn: Connection, sent: Sent) -> _Outcome:
        """Send as much as the client takes at once; nobody waits for it here."""
        try:
            taken = conn.sock.sendmsg((sent.head, sent.body))
        except (BlockingIOError, InterruptedError):
            taken = 0
        except OSError:
            return _Outcome.GONE
        if taken < len(sent.head) + len(sent.body):
            conn.unsent = memoryview(sent.head + sent.body)[taken:]
            return _Outcome.UNFINISHED
        conn.answered_at = time.monotonic()
        return _Outcome.ANSWERED

    def _hand_on(self, conn: Connection, outcome: _Outcome) -> None:
        """Give a connection that waits for nothing to whoever it is for now."""
        if outcome is _Outcome.USUAL:
            self.enqueue_req(conn)
        elif outcome is _Outcome.UNFINISHED:
            self._stalling[conn] = time.monotonic() + STALLED_SECONDS
            self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._go_on, conn))
        else:
            self._drop(conn)

    def _go_on(self, conn: Connection, client: socket.socket) -> None:
        """Send more of an answer to a client that takes its time."""
        try:
            taken = client.send(conn.unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.poller.unregister(client)
            self._drop(conn)
            return
        conn.unsent = conn.unsent[taken:]
        self._stalling[conn] = time.monotonic() + STALLED_SECONDS
        if not conn.unsent:
            self.poller.unregister(client)
            del self._stalling[conn]
            self._keep_alive(conn)

    def _keep_alive(self, conn: Connection) -> None:
        """Wait for the next request of a connection, as after an answer of a thread."""
        conn.set_timeout()
        if not self.alive:
            conn.timeout = min(conn.timeout, time.monotonic() + LINGER_SECONDS)
        self.keepalived_conns.append(conn)
        readable = partial(self.on_client_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def _drop(self, conn: Connection) -> None:
        self._stalling.pop(conn, None)
        self.nr_conns -= 1
        conn.close()

    def _tell(self, conn: Connection, received: bytes, sent: Sent, *, started: float) -> None:
        """Write to metrics and access log what a thread would have written."""
        if self.lane is None:
            return
        method = received.partition(b" ")[0].decode()
        self.lane.count(sent, method=method, started=started)
        if self._logs_access:
            spent = timedelta(seconds=time.perf_counter() - started)
            response, request, environ = access_line(received, sent, client=conn.client[0])
            self.log.access(response, request, environ, spent)


def _logs_access(log: Any) -> bool:  # noqa: ANN401 -- gunicorn's, or one named in its settings
    """Tell whether anybody reads access lines."""
    is_own = type(log).access is not Logger.access
    return is_own or bool(log.access_log_enabled and log.access_log.isEnabledFor(logging.INFO))
