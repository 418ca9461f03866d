"""One id per request, in the logs and on answers that no cache may keep."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from policy_api import logs

HEADER: Final = "X-Request-Id"


def register_tracing(app: Flask, *, trusts_proxy: bool) -> None:
    """Give every request of an app a number.

    :param trusts_proxy: Whether an id in the request was given by a proxy of the operator's.
    """

    @app.before_request
    def number() -> None:
        offered = request.headers.get(HEADER) if trusts_proxy else None
        logs.request_id.set(logs.new_request_id(offered))

    @app.after_request
    def name(response: Response) -> Response:
        # A stored answer is served to others as well, for whom the id would be wrong.
        if "no-store" in response.headers.get("Cache-Control", ""):
            response.headers[HEADER] = logs.request_id.get()
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        logs.request_id.set("")
