"""Request counts and times for Prometheus, where its client is installed."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, g, request

from policy_api.errors import NotFound
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

SWITCHED_OFF: Final = (
    "Metrics are off, because the Prometheus client is not installed: "
    "install the extra policy-api[metrics] and start again."
)
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
NOTED_AT_ONCE: Final = 128
_NOWHERE: Final = "none"

blp = Blueprint("metrics", __name__, description="For whoever runs the service.")


class RequestMetrics:
    """Counters of one app."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415

        self.registry = CollectorRegistry()
        self._requests = Counter(
            "policy_api_requests",
            "Requests answered.",
            ("method", "operation", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "policy_api_request_seconds",
            "Time to answer.",
            ("operation",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._noted: deque[tuple[str, str, int, float]] = deque()
        # Where processes share a place, somebody else shows what this one has counted.
        self._at_once = 1 if "PROMETHEUS_MULTIPROC_DIR" in os.environ else NOTED_AT_ONCE

    def observe(self, *, method: str, operation: str, status: int, seconds: float) -> None:
        """Note one request; many are counted at once, which takes a tenth of the time for each."""
        self._noted.append((method, operation, status, seconds))
        if len(self._noted) >= self._at_once:
            self._count_noted()

    def _count_noted(self) -> None:
        while self._noted:
            try:
                noted = self._noted.popleft()
            except IndexError:
                # Another thread has taken the last one.
                return
            self._count(*noted)

    def _count(self, method: str, operation: str, status: int, seconds: float) -> None:
        # Names and statuses are few; finding their series anew takes most of the time to count.
        series = self._series.get((method, operation, status))
        if series is None:
            requests = self._requests.labels(method, operation, str(status))
            series = requests, self._seconds.labels(operation)
            self._series[method, operation, status] = series
        requests, times = series
        requests.inc()
        times.observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """Return all metrics and their media type, of all processes where they share a place."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415

        self._count_noted()
        return generate_latest(self._shown()), CONTENT_TYPE_LATEST

    def _shown(self) -> CollectorRegistry:
        from prometheus_client import CollectorRegistry, multiprocess  # noqa: PLC0415

        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return self.registry
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return shared


@blp.get("/metrics")
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/plain")
@blp.alt_response(404, "NOT_FOUND")
def get_metrics(_query: Mapping[str, Any]) -> Response:
    """Return the metrics of this service in Prometheus' text format."""
    metrics: RequestMetrics | None = current_app.extensions["policy-api-metrics"]
    if metrics is None:
        raise NotFound(SWITCHED_OFF)
    body, media_type = metrics.text()
    return Response(body, content_type=media_type, headers={"Cache-Control": "no-store"})


def register_metrics(app: Flask) -> None:
    """Count the requests of an app, if that can be done here."""
    app.extensions["policy-api-metrics"] = metrics = _metrics()
    if metrics is None:
        return

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        # An address nobody defined has no name of its own, or strangers could invent series.
        operation = (request.endpoint or _NOWHERE).rpartition(".")[2]
        metrics.observe(
            method=request.method if request.url_rule else _NOWHERE,
            operation=operation,
            status=response.status_code,
            seconds=time.perf_counter() - g.pop("started", time.perf_counter()),
        )
        return response


def _metrics() -> RequestMetrics | None:
    try:
        return RequestMetrics()
    except ImportError:
        return None
