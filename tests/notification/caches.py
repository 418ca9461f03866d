"""A cache on the loopback that keeps answers by their tags, and takes purges as three kinds do."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from flask.testing import FlaskClient

from policy_api.settings import PurgeForm

TOKEN = "cdn-token-of-the-tests"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An answer in the cache."""

    body: bytes
    tags: frozenset[str]


@dataclass
class Cache:
    """What a CDN does, as far as purging needs it."""

    form: PurgeForm
    kept: dict[str, Kept] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    requests: list[tuple[str, ...]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    """Statuses to refuse with, before it does what it is asked."""

    url: str = ""

    def read(self, client: FlaskClient, paths: Iterable[str]) -> None:
        """Fetch what is not here yet."""
        for path in paths:
            if path not in self.kept:
                answer = client.get(path)
                assert answer.status_code == 200, f"{path}: {answer.status}"
                tags = frozenset(answer.headers.get("Surrogate-Key", "").split())
                assert tags == frozenset(answer.headers.get("Cache-Tag", "").split(",")) - {""}
                self.kept[path] = Kept(body=answer.data, tags=tags)
        self.dropped.clear()

    def stale(self, client: FlaskClient) -> list[str]:
        """Return what it would still show though it is outdated."""
        return [path for path, kept in self.kept.items() if client.get(path).data != kept.body]

    def purge(self, tags: tuple[str, ...]) -> None:
        self.requests.append(tags)
        for path in [path for path, kept in self.kept.items() if kept.tags & set(tags)]:
            del self.kept[path]
            self.dropped.add(path)

    def wait_for(self, count: int, *, seconds: float = 20) -> None:
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.requests) >= count, timeout=seconds)
        assert enough, f"{len(self.requests)} of {count} purges came."

    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def listening(self) -> Iterator[None]:
        verbs = {f"do_{verb}": _Door.take for verb in ("POST", "PURGE")}
        door = type("Door", (_Door,), {"cache": self, **verbs})
        server = ThreadingHTTPServer(("127.0.0.1", 0), door)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/purge"
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def hear(self, tags: tuple[str, ...]) -> None:
        with self._changed:
            self.purge(tags)
            self._changed.notify_all()


class _Door(BaseHTTPRequestHandler):
    cache: Cache

    def take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.cache.refusals:
            self._answer(self.cache.refusals.pop(0))
            return
        tags = self._tags(body)
        if tags is None:
            self._answer(403)
            return
        self.cache.hear(tags)
        self._answer(200)

    def _tags(self, body: bytes) -> tuple[str, ...] | None:
        """Return the tags, if the request is as this kind of cache takes it."""
        is_known = self.headers["Authorization"] == f"Bearer {TOKEN}"
        match self.cache.form, self.command:
            case PurgeForm.FASTLY, "POST" if self.headers["Fastly-Key"] == TOKEN:
                return tuple(self.headers["Surrogate-Key"].split())
            case PurgeForm.CLOUDFLARE, "POST" if is_known:
                return tuple(orjson.loads(body)["tags"])
            case PurgeForm.VARNISH, "PURGE" if is_known:
                return tuple(self.headers["xkey-purge"].split())
        return None

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
