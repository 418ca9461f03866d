"""Send what a lease holds: one delivery after the other, each stored before the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import SystemRandom

import orjson

from policy_api.errors import Unavailable
from policy_api.notification import retry
from policy_api.notification.channels.base import Channel
from policy_api.notification.completion import Finished, Tried
from policy_api.notification.lease import Due, Lease
from policy_api.notification.letters import Letter, LetterKey
from policy_api.notification.limits import Places
from policy_api.notification.pace import Pace
from policy_api.notification.retry import Health
from policy_api.notification.secrets import Vault
from policy_api.notification.wire import Message, Outcome, SigningKey, Verdict

VERIFY = "endpoint.verify"
CROWDED = (1.0, 3.0)
"""Seconds until an endpoint is looked at again whose place was crowded."""

Report = Callable[[Tried], Awaitable[object]]


@dataclass(slots=True)
class _Progress:
    """Where a lease stands."""

    health: Health
    is_verified: bool = False
    due_at: datetime | None = None
    last: Tried | None = None
    """The last attempt, which is stored together with the end of the lease."""


class Sender:
    """Works leases off, with mercy for each place."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        vault: Vault,
        pace: Pace,
        now: Callable[[], datetime],
    ) -> None:
        self._channels = channels
        self._vault = vault
        self._pace = pace
        self._now = now
        self._places = Places(pace.per_place, pace.place_rate)
        self.is_stopping = False

    async def work(
        self, lease: Lease, letters: Mapping[LetterKey, Letter], report: Report
    ) -> tuple[Finished, Tried | None]:
        """Send a lease's deliveries in order; return how it ends, with the last attempt.

        :param report: Waits until an attempt is stored, so that a crash can repeat no more than
            the one delivery that is under way.
        """
        progress = _Progress(lease.health)
        # Cancelled when there is no more time to drain; the lease ends all the same.
        with suppress(asyncio.CancelledError):
            await self._send_all(lease, letters, report, progress)
        finished = Finished(
            endpoint_id=lease.endpoint_id,
            token=lease.token,
            health=progress.health,
            is_verified=progress.is_verified,
            due_at=progress.due_at,
        )
        return finished, progress.last

    async def _send_all(
        self,
        lease: Lease,
        letters: Mapping[LetterKey, Letter],
        report: Report,
        progress: _Progress,
    ) -> None:
        channel = self._channels[lease.channel]
        place = channel.place(lease.target)
        if self._places.is_crowded(place):
            progress.due_at = self._now() + timedelta(seconds=SystemRandom().uniform(*CROWDED))
            return
        loop = asyncio.get_running_loop()
        last_start = loop.time() + self._pace.lease.total_seconds() - self._pace.timeout
        for due in lease.due:
            async with self._places.visit(place):
                # After a long freeze or a long wait, somebody else may have the lease.
                if self.is_stopping or loop.time() > last_start:
                    return
                letter = letters[lease.endpoint_id, due.sequence, due.generation]
                tried = await self._try(channel, lease, due, letter)
            if self._concludes(tried, letter, progress) or due is lease.due[-1]:
                progress.last = tried
                return
            await report(tried)

    async def _try(self, channel: Channel, lease: Lease, due: Due, letter: Letter) -> Tried:
        started_at, clock = self._now(), asyncio.get_running_loop().time
        started = clock()
        is_last = due is lease.due[-1] and not lease.has_more
        try:
            message = self._message(lease, letter, is_last=is_last)
        except Unavailable as error:
            outcome = Outcome(verdict=Verdict.BUSY, detail=error.detail)
        else:
            outcome = await channel.send(message)
        return Tried(
            endpoint_id=lease.endpoint_id,
            token=lease.token,
            due=due,
            started_at=started_at,
            milliseconds=round((clock() - started) * 1000),
            outcome=_checked(outcome, letter),
        )

    def _message(self, lease: Lease, letter: Letter, *, is_last: bool) -> Message:
        keys = tuple(
            SigningKey(scheme=key.scheme, raw=self._vault.open(key.sealed, owner=lease.name))
            for key in lease.keys
        )
        return Message(
            id=letter.id,
            type=letter.type,
            body=letter.body,
            target=lease.target,
            keys=keys,
            is_last=is_last,
        )

    def _concludes(self, tried: Tried, letter: Letter, progress: _Progress) -> bool:
        """Note what an attempt means for the endpoint; tell whether the lease ends with it."""
        before = progress.health
        progress.health = retry.after(
            before, tried.outcome, now=self._now(), schedule=self._pace.schedule
        )
        if tried.outcome.verdict is Verdict.DELIVERED:
            progress.is_verified = progress.is_verified or letter.type == VERIFY
            return False
        return progress.health.is_held or progress.health.state in {"disabled", "gone"}


def _checked(outcome: Outcome, letter: Letter) -> Outcome:
    """Count a challenge as delivered only if the answer repeats it."""
    if letter.type != VERIFY or outcome.verdict is not Verdict.DELIVERED:
        return outcome
    challenge = orjson.loads(letter.body)["data"]["challenge"]
    if _repeated(outcome.answer) == challenge:
        return outcome
    return replace(
        outcome, verdict=Verdict.RETRY, detail="The answer does not repeat the challenge."
    )


def _repeated(answer: str) -> object:
    """Return what an answer repeats: the text itself, or ``challenge`` of a JSON object."""
    try:
        value = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return answer.strip()
    return value.get("challenge") if isinstance(value, dict) else value
