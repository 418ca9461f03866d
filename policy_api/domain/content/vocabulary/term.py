"""What a term is, and the marker for words that translators shall see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a word of the program for extraction; `policy_api.domain.labels` translates it."""
    return text


class Scheme(StrEnum):
    """The question a term answers."""

    LEGAL_BASIS = "legal_basis"
    SPECIAL_BASIS = "special_basis"
    RIGHT = "right"
    TRANSFER = "transfer"
    ROLE = "role"
    PURPOSE = "purpose"
    DATA_CATEGORY = "data_category"
    DURATION = "duration"
    POLICY_KIND = "policy_kind"
    SOURCE = "source"
    TECHNOLOGY = "technology"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A concept of the vocabulary that an author can name by its code."""

    code: str
    """CURIE, such as ``pd:IPAddress``."""

    iri: str
    label: str
    """Short and plain, in English; marked for translators."""

    scheme: Scheme


PREFIXES: Final[Mapping[str, str]] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "tech": "https://w3id.org/dpv/tech#",
    "x": "urn:policy-api:term:",
}
"""Namespaces of the W3C Data Privacy Vocabulary 2.3; ``x`` is for terms of our own."""
