"""The W3C Data Privacy Vocabulary 2.3, as far as policies need it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from policy_api.domain.content.vocabulary import dpv, eu_gdpr, local, pd
from policy_api.domain.content.vocabulary.places import (
    ADEQUACY,
    ADEQUACY_AS_OF,
    COUNTRIES,
    EEA,
    EEA_TERRITORIES,
    PARTIAL_ADEQUACY,
    REGIONS,
    in_eea,
)
from policy_api.domain.content.vocabulary.term import N_, PREFIXES, Scheme, Term

__all__ = [
    "ADEQUACY",
    "ADEQUACY_AS_OF",
    "CONTACT_TERMS",
    "COUNTRIES",
    "EEA",
    "EEA_TERRITORIES",
    "N_",
    "PARTIAL_ADEQUACY",
    "PREFIXES",
    "REGIONS",
    "TERMS",
    "Scheme",
    "Term",
    "english",
    "fits",
    "in_eea",
    "iri",
    "is_curie",
    "is_special",
    "suggest",
    "term",
]

_TABLES: Final[tuple[tuple[Scheme, Mapping[str, str]], ...]] = (
    (Scheme.LEGAL_BASIS, eu_gdpr.LEGAL_BASES),
    (Scheme.LEGAL_BASIS, dpv.LEGAL_BASES),
    (Scheme.SPECIAL_BASIS, eu_gdpr.SPECIAL_BASES),
    (Scheme.RIGHT, eu_gdpr.RIGHTS),
    (Scheme.TRANSFER, eu_gdpr.TRANSFERS),
    (Scheme.ROLE, eu_gdpr.ROLES),
    (Scheme.ROLE, dpv.ROLES),
    (Scheme.PURPOSE, dpv.PURPOSES),
    (Scheme.DATA_CATEGORY, pd.DATA_CATEGORIES),
    (Scheme.DATA_CATEGORY, local.LOCAL_CATEGORIES),
    (Scheme.DURATION, dpv.DURATIONS),
    (Scheme.POLICY_KIND, dpv.POLICY_KINDS),
    (Scheme.SOURCE, dpv.SOURCES),
    (Scheme.TECHNOLOGY, local.TECHNOLOGIES),
)
_ALSO: Final[Mapping[Scheme, frozenset[Scheme]]] = {
    Scheme.DATA_CATEGORY: frozenset({Scheme.TECHNOLOGY}),
}
_CURIE = re.compile(
    r"(?P<prefix>[a-z][a-z-]{0,15}):(?P<name>[A-Za-z][A-Za-z0-9_-]{0,99})", re.ASCII
)
_TELLING = 4
"""Letters from which on a part of a name says enough to suggest the whole."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", re.ASCII)

CONTACT_TERMS: Final[Mapping[str, str]] = {
    "controller": "dpv:DataController",
    "privacy": "dpv:hasContact",
    "general": "dpv:hasContact",
    "eu_representative": "eu-gdpr:Representative",
    "uk_representative": "dpv:Representative",
    "dpo": "dpv:DataProtectionOfficer",
    "authority": "eu-gdpr:DataProtectionAuthority",
}
"""The term for each role a contact can have."""


def iri(code: str) -> str:
    """Expand a CURIE.

    >>> iri("pd:IPAddress")
    'https://w3id.org/dpv/pd#IPAddress'

    :raises ValueError: If it is not one, or its prefix is unknown.
    """
    match = _CURIE.fullmatch(code)
    if match is None or match["prefix"] not in PREFIXES:
        known = ", ".join(f"{prefix}:" for prefix in PREFIXES)
        raise ValueError(f"{code!a} is not a term; terms begin with one of {known}.")
    return PREFIXES[match["prefix"]] + match["name"]


def is_curie(text: str) -> bool:
    """Tell whether a text has the form of a term with a known prefix."""
    match = _CURIE.fullmatch(text)
    return match is not None and match["prefix"] in PREFIXES


def _terms() -> Iterator[Term]:
    for scheme, labels in _TABLES:
        for code, label in labels.items():
            yield Term(code=code, iri=iri(code), label=label, scheme=scheme)


TERMS: Final[Mapping[str, Term]] = MappingProxyType({each.code: each for each in _terms()})
"""All terms we have a label for, by code."""


def term(code: str) -> Term | None:
    """Return the term of that code, or None if we have no label for it."""
    return TERMS.get(code)


def english(code: str) -> str:
    """Return the English label of a term; for one we do not know, its name spelled out.

    >>> english("pd:IPAddress"), english("x:ShoeSize")
    ('IP address', 'Shoe size')
    """
    found = TERMS.get(code)
    if found is not None:
        return found.label
    words = _WORDS.findall(code.rpartition(":")[2])
    spelled = " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words)
    return spelled[:1].upper() + spelled[1:] or code


def fits(code: str, scheme: Scheme) -> bool:
    """Tell whether a term can answer the question of a scheme.

    Terms of our own (``x:``) can answer any; a cookie is named among data as well.
    """
    found = TERMS.get(code)
    if found is None:
        return is_curie(code) and code.startswith("x:")
    return found.scheme is scheme or found.scheme in _ALSO.get(scheme, frozenset())


def suggest(code: str, scheme: Scheme) -> tuple[str, ...]:
    """Return up to three codes of a scheme that somebody may have meant."""
    codes = [each.code for each in TERMS.values() if fits(each.code, scheme)]
    wanted = code.rpartition(":")[2].casefold()
    names: dict[str, list[str]] = {}
    for each in codes:
        names.setdefault(each.rpartition(":")[2].casefold(), []).append(each)
        names.setdefault(TERMS[each].label.casefold(), []).append(each)
    close = difflib.get_close_matches(wanted[:100], names, n=3, cutoff=0.6)
    holding = [name for name in names if len(wanted) >= _TELLING and wanted in name]
    found = dict.fromkeys(each for name in [*close, *holding] for each in names[name])
    return tuple(found)[:3]


def is_special(code: str) -> bool:
    """Tell whether a category of data is a special one (Art. 9 GDPR)."""
    return code in pd.SPECIAL
