"""Headers of exported files by pattern, in the form that several static hosts read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_EVERYWHERE: Final = (
    "Access-Control-Allow-Origin: *",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Cross-Origin-Resource-Policy: cross-origin",
)
_TYPES: Final = {
    ".json": "application/json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv; charset=utf-8",
    ".atom": "application/atom+xml",
}

CACHE: Final = "Cache-Control"
MOST: Final = 100
"""Rules that hosts read of such a file; what has none is asked for anew, which is right too."""

_POLICY: Final = "/v1/sites/:site/policies/:policy"
_SHAPES: Final = tuple(
    (re.compile(f"v1/sites/[^/]+{shape}"), pattern)
    for shape, pattern in (
        (r"", "/v1/sites/:site"),
        (r"/(?P<part>[^/]+)", "/v1/sites/:site/{part}"),
        (r"/policies/[^/]+", _POLICY),
        (r"/policies/[^/]+/[^/]+", f"{_POLICY}/:part"),
        (r"/policies/[^/]+/(?P<kind>sections|tables)/[^/]+", f"{_POLICY}/{{kind}}/:name"),
        (r"/policies/[^/]+/versions/\d+/(?P<part>.+)", f"{_POLICY}/versions/:version/{{part}}"),
    )
)
_MAX_AGE: Final = re.compile(r"max-age=(\d+)")
_NAMED: Final = re.compile(r"(?P<stem>[^@.]+)(?P<query>@.*)?(?P<suffix>\.[a-z]+)")


def headers_file(told: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """Return headers by pattern.

    Hosts join what several rules say of a header, so no file is in two rules for its lifetime.

    :param told: Files, each with the headers of its answer.
    """
    blocks = [("/*", list(_EVERYWHERE))]
    blocks += [(f"/*{suffix}", [f"Content-Type: {kind}"]) for suffix, kind in _TYPES.items()]
    kept = sorted(lifetimes(told).items(), key=lambda each: _rank(each[0]))
    blocks += [(pattern, [f"{CACHE}: {said}"]) for pattern, said in kept[: MOST - len(blocks)]]
    return "\n".join(
        f"{path}\n" + "".join(f"  {line}\n" for line in lines) for path, lines in blocks
    )


def lifetimes(told: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, str]:
    """Return how long files may be kept, by pattern; where they differ, the shortest counts."""
    found: dict[str, str] = {}
    for name, headers in told:
        if CACHE in headers:
            pattern = pattern_of(name)
            found[pattern] = min(found.get(pattern, headers[CACHE]), headers[CACHE], key=_seconds)
    return found


def pattern_of(name: str) -> str:
    """Return the pattern of a file: ``:word`` for one segment, one ``*`` for anything.

    >>> pattern_of("v1/sites/shop/policies/privacy/versions/7@locale=de.json")
    '/v1/sites/:site/policies/:policy/versions/7@*.json'
    """
    for shape, pattern in _SHAPES:
        if found := shape.fullmatch(name):
            return pattern.format_map(found.groupdict())
    *_, file = name.rpartition("/versions/")
    return f"{_POLICY}/versions/{_version(file)}" if "/versions/" in name else f"/{name}"


def _version(file: str) -> str:
    """Return the pattern of a version: only its JSON tells numbers, which stay, from names."""
    found = _NAMED.fullmatch(file)
    if found is None or found["suffix"] != ".json":
        return f"*.{file.rpartition('.')[2]}"
    return f"{found['stem']}{'@*' if found['query'] else ''}.json"


def _rank(pattern: str) -> tuple[int, str]:
    """Put the newest versions before older ones, and everything else before them."""
    number = re.search(r"/versions/(\d+)", pattern)
    return (0, pattern) if number is None else (2**31 - int(number[1]), pattern)


def _seconds(said: str) -> int:
    found = _MAX_AGE.search(said)
    return 0 if found is None else int(found[1])
