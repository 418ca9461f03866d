"""Each resource of a site at two addresses: by the site's key, and by the host alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Response, g, request

from policy_api.reading import resolve
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint
from policy_api.web.hosts import request_host

BY_KEY: Final = "/v1/sites/<key:site>"
BY_HOST: Final = "/v1"

PLACES: Final[dict[str, str]] = {
    "site": "Key of the site.",
    "policy": "Key of the policy.",
    "section": "Key of the section.",
    "table": "Key of the table.",
    "version": "Number of the version, `current`, or `upcoming` for the next one.",
    "form": "JSON, Markdown, or linked data.",
}
"""Parts of an address, in words for the documentation."""

View = Callable[..., Response]


def of_site(blp: Blueprint, path: str) -> Callable[[View], View]:
    """Register a view that takes ``site``, and its twin for a host that belongs to a site.

    :param path: Address below the site: ``/policies``.
    """

    def register(view: View) -> View:
        named = f"{view.__name__}_of_this_host"
        blp.get(BY_KEY + path, parameters=described(BY_KEY + path))(view)
        blp.get(BY_HOST + path, endpoint=named, parameters=described(path), tags=["by host"])(
            _by_host(view)
        )
        return view

    return register


def described(rule: str) -> list[dict[str, str]]:
    """Return the descriptions of an address's parts."""
    return [
        {"in": "path", "name": name, "description": description}
        for name, description in PLACES.items()
        if f":{name}>" in rule
    ]


def _by_host(view: View) -> View:
    @wraps(view)
    def twin(**arguments: Any) -> Response:  # noqa: ANN401 -- the view's own
        visit = arrive()
        host = request_host(request.environ)
        site = resolve.site_of_host(visit.moment.directory, host)
        response = view(site=site.key, **arguments)
        response.headers["Content-Location"] = _canonical(site.key)
        if response.cache_control.immutable:
            # What belongs to a host may come to belong to another site.
            response.headers["Cache-Control"] = str(visit.lifetime)
        return response

    return twin


def _canonical(site: str) -> str:
    """Return the address by the site's key, with what was asked for and understood."""
    path = request.path.replace(BY_HOST, BY_KEY.replace("<key:site>", site), 1)
    query: dict[str, str] = g.get("query", {})
    return quote(request.root_path + path) + (f"?{urlencode(query)}" if query else "")
