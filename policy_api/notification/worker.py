"""The program that sends: any number of them, side by side with the web processes."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from policy_api import clock
from policy_api.db.engine import make_engine
from policy_api.errors import Unavailable
from policy_api.notification.bell import Bell
from policy_api.notification.channels import load_channels
from policy_api.notification.channels.base import CHANNELS, ChannelMaker, Surroundings
from policy_api.notification.collector import seldom_collecting
from policy_api.notification.doorbell import Doorbell, broker
from policy_api.notification.lease import Lease
from policy_api.notification.letters import Letter, LetterKey
from policy_api.notification.limits import Slots
from policy_api.notification.mailbox import Clock, Mailbox, Turn, database_time
from policy_api.notification.pace import Pace, pace_of
from policy_api.notification.recorder import Recorder
from policy_api.notification.secrets import Vault
from policy_api.notification.sender import Sender
from policy_api.plugins import load_plugins
from policy_api.settings import Settings

T = TypeVar("T")

FILES = 65536
"""Open files a worker asks for: each request is one."""

RESOLVERS = 32
AGAIN_SECONDS = 1.0
CONNECTIONS = 3

log = logging.getLogger(__name__)


def run_worker(settings: Settings, *, pace: Pace | None = None) -> None:
    """Send until told to stop, then finish what is under way.

    Needs no application; SIGTERM and SIGINT stop it.
    """
    load_plugins(settings.plugins)
    load_channels(settings.plugins)
    _allow_many_files()
    engine = make_engine(settings.database_url, threads=CONNECTIONS)
    try:
        worker = Worker(engine, settings=settings, pace=pace or pace_of(settings))
        with seldom_collecting():
            asyncio.run(_until_signalled(worker))
    finally:
        engine.dispose()


async def _until_signalled(worker: Worker) -> None:
    loop = asyncio.get_running_loop()
    # Names that never resolve hold a thread each, and must not keep others waiting.
    loop.set_default_executor(ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve"))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    await worker.run()


class Worker:
    """Brings due events about, hands events out, leases endpoints, sends, and stores results."""

    def __init__(
        self,
        engine: Engine,
        *,
        settings: Settings,
        pace: Pace,
        channels: Iterable[tuple[str, ChannelMaker]] | None = None,
        now: Callable[[], datetime] = clock.now,
        database_now: Clock = database_time,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._pace = pace
        self._makers = tuple(
            ((kind.name, kind.open) for kind in CHANNELS) if channels is None else channels
        )
        self._now = now
        self._mailbox = Mailbox(
            engine,
            pace=pace,
            channels=[name for name, _ in self._makers],
            now=database_now,
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        self._slots = Slots(fast=pace.slots, slow=pace.slow_slots, slow_after=pace.slow_after)
        self._tasks: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._recorder = Recorder(self._ask, self._mailbox.record, pace=pace)

    def stop(self) -> None:
        """Take nothing new, and end once what is under way is stored."""
        self._stopping.set()
        self._awake.set()

    async def run(self) -> None:
        """Work until stopped."""
        loop = asyncio.get_running_loop()
        wake = partial(_call, loop, self._awake.set)
        bells = self._bells(wake)
        async with AsyncExitStack() as stack:
            sender = await self._open(stack)
            recording = asyncio.create_task(self._recorder.run())
            sweeping = asyncio.create_task(self._sweep())
            for bell in bells:
                bell.start()
            try:
                await self._take_turns(sender)
                await self._drain(sender)
            finally:
                for bell in bells:
                    await asyncio.to_thread(bell.stop)
                sweeping.cancel()
                await self._recorder.close()
                await recording
                await self._ask(self._mailbox.close)
                self._thread.shutdown()

    def _bells(self, wake: Callable[[], object]) -> tuple[Bell | Doorbell, ...]:
        bell, url = Bell(self._engine, wake), self._settings.doorbell_url
        return (bell, Doorbell(broker(url), wake)) if url else (bell,)

    async def _open(self, stack: AsyncExitStack) -> Sender:
        around = Surroundings(settings=self._settings, now=self._now, timeout=self._pace.timeout)
        channels = {
            name: await stack.enter_async_context(make(around)) for name, make in self._makers
        }
        vault = Vault(self._settings.secret_key)
        return Sender(channels, vault=vault, pace=self._pace, now=self._now)

    async def _take_turns(self, sender: Sender) -> None:
        self._slots.on_free = self._awake.set
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                turn = await self._ask(partial(self._mailbox.turn, self._room()))
            except (SQLAlchemyError, Unavailable):
                log.exception("The database does not answer; trying again.")
                await self._pause(AGAIN_SECONDS)
                continue
            for lease in turn.leases:
                self._start(sender, lease, turn.letters)
            if not turn.has_more:
                await self._pause(self._until_next(turn))

    def _room(self) -> int:
        """Return how many leases may start; those that have not begun to run count as well."""
        return max(0, self._slots.free - (len(self._tasks) - self._slots.taken))

    def _start(self, sender: Sender, lease: Lease, letters: dict[LetterKey, Letter]) -> None:
        task = asyncio.create_task(self._work(sender, lease, letters))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, sender: Sender, lease: Lease, letters: dict[LetterKey, Letter]) -> None:
        with self._slots.take(), self._recorder.member():
            try:
                finished, last = await sender.work(lease, letters, self._recorder.tried)
            except Exception:
                # A channel broke its promise; its endpoint waits for the lease to run out.
                log.exception("A channel failed.", extra={"endpoint": lease.name})
                return
            await self._recorder.finished(finished, last)
        self._awake.set()

    async def _drain(self, sender: Sender) -> None:
        """Let what is under way end by itself, and cut off what does not."""
        sender.is_stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._pace.drain)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            with suppress(SQLAlchemyError, Unavailable):
                if found := await self._ask(self._mailbox.sweep):
                    log.warning("Endpoints had been forgotten.", extra={"endpoints": found})
                    self._awake.set()
            await asyncio.sleep(self._pace.sweep)

    def _until_next(self, turn: Turn) -> float:
        if turn.next_due is None:
            return self._pace.poll
        return min(self._pace.poll, max(0.01, (turn.next_due - turn.now).total_seconds()))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), seconds)

    async def _ask(self, call: Callable[[], T]) -> T:
        """Call something on the one thread that may use the mailbox."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def _call(loop: asyncio.AbstractEventLoop, act: Callable[[], object]) -> None:
    # The loop may be closed already, when the last commit rings.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(act)


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
