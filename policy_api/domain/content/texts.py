"""The identity of a text: what a translation or an override says it was made from."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache

from policy_api.domain.proof.canonical import canonical_json


def collapsed(text: str) -> str:
    """Return a text in NFC with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=8192)
def text_hash(text: str) -> str:
    """Return the ``source_hash`` of a text; white space does not count."""
    return f"sha256:{hashlib.sha256(collapsed(text).encode()).hexdigest()}"


def value_hash(value: object) -> str:
    """Return the ``source_hash`` of any field: of a text as text, else of its canonical JSON."""
    if isinstance(value, str):
        return text_hash(value)
    return f"sha256:{hashlib.sha256(canonical_json(value)).hexdigest()}"
