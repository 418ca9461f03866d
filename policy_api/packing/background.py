"""Packing beside a program that runs for long, in a process of its own that has time."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.engine import make_engine
from policy_api.packing.queries import is_due
from policy_api.settings import Settings

LOOK_SECONDS: Final = 5.0
"""Between two looks whether something was published."""

AGAIN_SECONDS: Final = 60.0
"""How long nothing is tried after a run that failed."""

log = logging.getLogger(__name__)


@contextmanager
def keeping_packed(settings: Settings, *, every: float = LOOK_SECONDS) -> Iterator[None]:
    """Pack whatever is published while a block runs, unless the settings say no.

    :param every: Seconds between two looks.
    """
    if not settings.pack_bodies:
        yield
        return
    stop = threading.Event()
    watching = partial(_watch, settings, stop, every=every)
    thread = threading.Thread(target=watching, name="packing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _watch(settings: Settings, stop: threading.Event, *, every: float) -> None:
    engine = make_engine(settings.database_url, threads=1)
    pause = every
    try:
        while not stop.wait(pause):
            pause = every
            if _is_due(engine) and not _run(stop):
                pause = AGAIN_SECONDS
    finally:
        engine.dispose()


def _is_due(engine: Engine) -> bool:
    try:
        with Session(engine) as session:
            return is_due(session, now=clock.now())
    except SQLAlchemyError:
        # Whoever needs the database says so louder.
        return False


def _run(stop: threading.Event) -> bool:
    """Run the command, and tell whether it did what it is for."""
    command = [sys.executable, "-c", "from policy_api.cli import main; main()", "pack", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own program
    while process.poll() is None:
        if stop.wait(0.2):
            process.terminate()
            process.wait()
            return True
    if process.returncode:
        log.warning("Packing failed; trying again.", extra={"code": process.returncode})
    return process.returncode == 0
