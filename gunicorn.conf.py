"""How gunicorn runs: behind a buffering proxy, which is the one that meets slow clients."""

from __future__ import annotations

import gc
import os
from collections import Counter
from pathlib import Path
from typing import Any


def _setting(name: str, default: str) -> str:
    """Read one of our settings; a variable that is set but empty counts as not set."""
    return os.environ.get(f"POLICY_API_{name}") or default


def _is_on(name: str) -> bool:
    """Read a switch that is on by default."""
    return _setting(name, "true").lower() in {"true", "t", "yes", "y", "on", "1"}


wsgi_app = "policy_api.app:create_app()"
bind = f"{_setting('BIND', '127.0.0.1')}:{_setting('PORT', '8000')}"
workers = int(_setting("WEB_CONCURRENCY", "2"))
_FAST = _is_on("FAST_WORKER")
worker_class = "policy_api.reading.worker.EditionWorker" if _FAST else "gthread"
threads = 4

# Threads that move from core to core hand Python's lock over slowly. Only where there is a worker
# for each core: of several programs on a machine, each would choose the first ones.
_PINS = _is_on("PIN_WORKERS") and hasattr(os, "sched_setaffinity")


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401 -- gunicorn's
    """Choose the core that the fewest workers have."""
    cores = sorted(os.sched_getaffinity(0)) if _PINS else []
    taken = Counter(getattr(other, "core", None) for other in server.WORKERS.values())
    is_alone = bool(cores) and server.cfg.workers >= len(cores)
    worker.core = min(cores, key=lambda core: taken[core]) if is_alone else None


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401, ARG001 -- gunicorn's
    """Stay on that core."""
    if worker.core is not None:
        os.sched_setaffinity(0, {worker.core})


def post_worker_init(worker: Any) -> None:  # noqa: ANN401, ARG001 -- gunicorn's
    """Keep what was loaded out of garbage collection, which would walk it over and over."""
    gc.collect()
    gc.freeze()


# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
timeout = 30
graceful_timeout = 30
# Longer than a proxy keeps its idle connections, so that the proxy is the one that closes.
keepalive = 75
max_requests = 20000
max_requests_jitter = 2000
umask = 0o077

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 4096

# The program itself decides which proxies it trusts (POLICY_API_TRUSTED_PROXIES).
forwarded_allow_ips = ""
forwarder_headers = ""
header_map = "drop"

# Otherwise a socket for remote control appears in the home directory.
control_socket_disable = True

# Nobody's visits are logged here; a proxy may, if its operator has a reason to.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "policy_api.logs.JsonFormatter"}},
    "handlers": {
        "lines": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": _setting("LOG_LEVEL", "INFO"), "handlers": ["lines"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["lines"], "propagate": False},
        # A configured logger would switch access lines on, whatever `accesslog` says.
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
}
