"""Purges: a cache in front is told which answers are outdated, by the tags it keeps them under."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from marshmallow import RAISE, Schema
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from typing_extensions import override

from policy_api import __version__
from policy_api.db.engine import make_engine
from policy_api.db.tx import retrying, writing
from policy_api.events import queries as events
from policy_api.notification import purging
from policy_api.notification.channels.base import Channel, ChannelKind, Surroundings
from policy_api.notification.channels.client import busy, retry_after
from policy_api.notification.wire import ANSWER_BYTES, Message, Outcome, Verdict
from policy_api.settings import PurgeForm
from policy_api.web.tags import outdated

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """One request to a cache."""

    method: str
    headers: Mapping[str, str] = field(repr=False)
    content: Mapping[str, Any] | None = None
    """Sent as JSON."""


def _fastly(tags: Sequence[str], token: str) -> Purge:
    named = {"Surrogate-Key": " ".join(tags), "Accept": "application/json"}
    return Purge(method="POST", headers=named | ({"Fastly-Key": token} if token else {}))


def _cloudflare(tags: Sequence[str], token: str) -> Purge:
    return Purge(method="POST", headers=_bearer(token), content={"tags": list(tags)})


def _varnish(tags: Sequence[str], token: str) -> Purge:
    return Purge(method="PURGE", headers={"xkey-purge": " ".join(tags)} | _bearer(token))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


FORMS: Final[Mapping[PurgeForm, tuple[Callable[[Sequence[str], str], Purge], int]]] = {
    PurgeForm.FASTLY: (_fastly, 256),
    PurgeForm.CLOUDFLARE: (_cloudflare, 30),
    # Varnish takes header lines of 8 kB, and a tag has up to 130 characters.
    PurgeForm.VARNISH: (_varnish, 60),
}
"""How a request is made, and how many tags the other side takes at once."""


def purges(tags: Sequence[str], *, form: PurgeForm, token: str) -> Iterator[Purge]:
    """Yield the requests that purge some tags."""
    made, most = FORMS[form]
    for start in range(0, len(tags), most):
        yield made(tags[start : start + most], token)


class CdnChannel:
    """Turns events into purges; repeating one does no harm."""

    def __init__(
        self, http: aiohttp.ClientSession, engine: Engine, *, surroundings: Surroundings
    ) -> None:
        self._http = http
        self._engine = engine
        self._settings = surroundings.settings
        self._now = surroundings.now
        self._timeout = surroundings.timeout

    async def send(self, message: Message) -> Outcome:
        """Purge what an event outdates."""
        # The body names only as many sites as there is room for; the log knows all of them.
        try:
            tags = await asyncio.to_thread(self._outdated, message)
        except SQLAlchemyError:
            log.exception("What is outdated cannot be looked up.")
            return busy("What is outdated cannot be looked up.")
        outcome = await self.purge(tags)
        if outcome.verdict is not Verdict.DELIVERED:
            log.warning("A purge has to wait: %s", outcome.detail, extra={"event": message.id})
        return outcome

    async def purge(self, tags: Sequence[str]) -> Outcome:
        """Purge some tags; ends at the first request that is refused."""
        settings = self._settings
        outcome = Outcome(verdict=Verdict.DELIVERED)
        form, token = settings.cdn_purge_form, settings.cdn_purge_token
        try:
            async with asyncio.timeout(self._timeout):
                for request in purges(tags, form=form, token=token):
                    outcome = await self._asked(request)
                    if outcome.verdict is not Verdict.DELIVERED:
                        return outcome
        except TimeoutError:
            return busy(f"No answer within {self._timeout:g} seconds.")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return busy(f"The connection failed: {type(error).__name__}.")
        return outcome

    def place(self, target: Mapping[str, Any]) -> str:  # noqa: ARG002 -- as its protocol
        """Return the cache's host."""
        return urlsplit(self._settings.cdn_purge_url).netloc

    def _outdated(self, message: Message) -> tuple[str, ...]:
        with Session(self._engine) as session:
            event = events.event(session, id=message.id)
        return () if event is None else outdated(event.sites, event.policy)

    async def _asked(self, request: Purge) -> Outcome:
        async with self._http.request(
            request.method,
            self._settings.cdn_purge_url,
            headers=dict(request.headers),
            json=request.content,
            allow_redirects=False,
        ) as response:
            answer = (await response.content.read(ANSWER_BYTES)).decode("utf-8", "replace")
            if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                return Outcome(verdict=Verdict.DELIVERED, status=response.status)
            wait = retry_after(response.headers.get("retry-after"), now=self._now())
            return Outcome(
                # There is only one cache: whatever it refuses now, it refuses of all messages.
                verdict=Verdict.BUSY,
                status=response.status,
                detail=f"The cache answered {response.status}.",
                answer=answer,
                retry_after=wait,
            )


@asynccontextmanager
async def open_cdn(surroundings: Surroundings) -> AsyncIterator[Channel]:
    """Open the channel for as long as a worker runs; see that events reach it, if so configured."""
    engine = make_engine(surroundings.settings.database_url, threads=1)
    try:
        await asyncio.to_thread(retrying, lambda: _set_up(engine, surroundings))
        async with _opened(surroundings) as http:
            yield CdnChannel(http, engine, surroundings=surroundings)
    finally:
        engine.dispose()


def _set_up(engine: Engine, surroundings: Surroundings) -> None:
    with Session(engine) as session, writing(session):
        is_wanted = bool(surroundings.settings.cdn_purge_url)
        purging.set_up(session, is_wanted=is_wanted, now=surroundings.now())


async def purge_now(tags: Sequence[str], surroundings: Surroundings) -> Outcome:
    """Purge by hand, without a worker."""
    engine = make_engine(surroundings.settings.database_url, threads=1)
    try:
        async with _opened(surroundings) as http:
            return await CdnChannel(http, engine, surroundings=surroundings).purge(tags)
    finally:
        engine.dispose()


@asynccontextmanager
async def _opened(surroundings: Surroundings) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=surroundings.timeout),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"User-Agent": f"policy-api/{__version__}"},
    ) as http:
        yield http


class CdnTarget(Schema):
    """Nothing: where the cache is, settings say."""

    class Meta:
        unknown = RAISE


class CdnKind(ChannelKind):
    """The cache in front; made by whoever configures one."""

    name = purging.CDN
    target_schema = CdnTarget

    @override
    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Channel]:
        return open_cdn(surroundings)
