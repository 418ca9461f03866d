"""Which content coding a request prefers (RFC 9110 §12.5.3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

MAX_HEADER: Final = 1024
"""Longer than every honest Accept-Encoding; the rest is not looked at."""

_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)
_ALIASES: Final = {"x-gzip": "gzip"}
_ANY: Final = "*"


class Coding(StrEnum):
    """Content codings a body can be sent in, the smallest first."""

    BR = "br"
    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


def coding(
    accept_encoding: str | None, *, offered: Collection[Coding] = tuple(Coding)
) -> Coding | None:
    """Return the most wanted coding on offer, the smallest where wishes are equal.

    :param accept_encoding: The header; None if there is none, which asks for no coding at all.
    :returns: None if the request refuses everything on offer.
    """
    if accept_encoding is None:
        return Coding.IDENTITY
    weights = _weights(accept_encoding[:MAX_HEADER])
    wanted = {each: _weight(each, weights) for each in Coding if each in offered}
    best = max(wanted.values())
    return next(each for each in wanted if wanted[each] == best) if best > 0 else None


def _weight(each: Coding, weights: Mapping[str, float]) -> float:
    if each in weights:
        return weights[each]
    if each is not Coding.IDENTITY:
        return weights.get(_ANY, 0)
    # Unless it is ruled out, the plain body is always acceptable, but nobody asked for it.
    return 0 if weights.get(_ANY) == 0 else 0.0005


def _weights(header: str) -> dict[str, float]:
    """Return the weight of every coding that is named, leaving out what is malformed."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = (piece.strip(" \t") for piece in part.partition(";"))
        match = _WEIGHT.fullmatch(parameter)
        if name and (match or not parameter):
            weights.setdefault(_ALIASES.get(name, name), float(match[1]) if match else 1.0)
    return weights
