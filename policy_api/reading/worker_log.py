"""What gunicorn's access log wants to know of an answer that no thread gave."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from policy_api.reading.worker_lane import Sent


def access_line(received: bytes, sent: Sent, *, client: str) -> tuple[Any, Any, dict[str, str]]:
    """Return response, request and environment, as far as the log looks at them.

    :param received: The head of a request that was understood.
    """
    line, *fields = received[:-4].decode("latin-1").split("\r\n")
    method, target, protocol = line.split(" ")
    path, _, query = target.partition("?")
    headers = [
        (name.upper(), value.strip(" \t"))
        for name, _, value in (field.partition(":") for field in fields)
    ]
    environ = {
        "REMOTE_ADDR": client,
        "REQUEST_METHOD": method,
        "RAW_URI": target,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": protocol,
        **{f"HTTP_{name.replace('-', '_')}": value for name, value in headers},
    }
    kept = sent.whole.kept
    response = SimpleNamespace(
        status="304 NOT MODIFIED" if sent.is_unchanged else "200 OK",
        sent=len(sent.body),
        headers=kept.unchanged if sent.is_unchanged else kept.headers,
    )
    return response, SimpleNamespace(headers=headers), environ
