"""Notice at once that something was committed, whoever did it; missing it costs a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

CHANNEL = "policy_api_work"
LOOK_SECONDS = 0.01
"""Asking SQLite for its version of the data takes 4 microseconds."""

LISTEN_SECONDS = 0.5
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


def ring(session: Session) -> None:
    """Wake the workers once the transaction is committed. New events do so by themselves."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class Bell(threading.Thread):
    """Calls back after commits; on a thread, so that nothing can hold it up."""

    def __init__(self, engine: Engine, on_ring: Callable[[], object]) -> None:
        super().__init__(name="bell", daemon=True)
        self._engine = engine
        self._on_ring = on_ring
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        """Listen until stopped; a lost connection is made anew."""
        listen = self._watch if self._engine.dialect.name == "sqlite" else self._listen
        while not self._stopped.is_set():
            try:
                listen()
            except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
                log.warning("The bell is silent for now.", extra={"error": type(error).__name__})
                self._stopped.wait(AGAIN_SECONDS)

    def _watch(self) -> None:
        """Compare the version of SQLite's data, which others' commits change."""
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            seen = None
            while not self._stopped.wait(LOOK_SECONDS):
                version = driver.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    self._on_ring()

    def _listen(self) -> None:
        """Wait for PostgreSQL to tell."""
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            # Detached, it is closed in the end and not lent to others while it listens.
            connection.detach()
            driver.autocommit = True
            driver.execute(f"LISTEN {CHANNEL}")
            self._on_ring()
            while not self._stopped.is_set():
                if any(True for _ in driver.notifies(timeout=LISTEN_SECONDS, stop_after=1)):
                    self._on_ring()
