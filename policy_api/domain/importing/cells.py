"""What a cell of a recipient table says, as facts: bases, places, categories of data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from policy_api.domain import labels
from policy_api.domain.content.limits import CODES, NAME_LENGTH
from policy_api.domain.content.vocabulary import COUNTRIES, REGIONS, TERMS, Scheme
from policy_api.domain.languages import babel_locale

_NOTHING: Final = frozenset(
    {"none", "no data", "no personal data", "nothing", "keine", "aucune", "ninguno", "ninguna"}
)
_UNSTATED: Final = frozenset({"-", "–", "—", "n/a", "n.a.", "?", "unknown", "not stated"})
_OPEN: Final = re.compile(
    r"(?:[,;]?\s*(?:…|\.\.\.|\b(?:and|und|et|y) (?:more|others?|mehr|autres|otros)\b"
    r"|\betc\b\.?|\busw\b\.?|\bu\. ?a\.))+\s*\.?\s*$",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(
    r"art(?:icle|ikel|\.)?\s*6\s*(?:\(1\)|\(1|abs\.?\s*1|para(?:graph)?\.?\s*1|§\s*1|,?\s*1)?"
    r"[\s,]*(?:s\.?\s*1|satz\s*1)?[\s,]*(?:lit(?:era|\.)?|letter|point|\()?\s*\(?([a-f])\)?"
    r"(?:\s*,?\s*(?:\(?(?:eu[- ])?(?:gdpr|dsgvo|ds-gvo|rgpd)\)?))?",
    re.IGNORECASE,
)
_BASES: Final[Mapping[str, str]] = {
    "legitimate interest": "f", "legitimate interests": "f", "our legitimate interest": "f",
    "our legitimate interests": "f", "berechtigtes interesse": "f", "berechtigte interessen": "f",
    "intérêt légitime": "f", "intérêts légitimes": "f", "interés legítimo": "f",
    "consent": "a", "your consent": "a", "einwilligung": "a", "consentement": "a",
    "consentimiento": "a",
    "explicit consent": "a-explicit-consent", "ausdrückliche einwilligung": "a-explicit-consent",
    "consentement explicite": "a-explicit-consent",
    "consentimiento explícito": "a-explicit-consent",
    "contract": "b", "contractual necessity": "b", "vertrag": "b", "vertragserfüllung": "b",
    "contrat": "b", "contrato": "b",
    "performance of a contract": "b-contract-performance",
    "performance of contract": "b-contract-performance",
    "legal obligation": "c", "rechtliche verpflichtung": "c", "obligation légale": "c",
    "obligación legal": "c",
    "vital interests": "d", "public interest": "e-public-interest",
}  # fmt: skip
_PLACES: Final[Mapping[str, str]] = {
    "usa": "US", "u.s.a.": "US", "us": "US", "u.s.": "US", "united states of america": "US",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "the netherlands": "NL", "holland": "NL",
    "czech republic": "CZ", "turkey": "TR", "korea": "KR",
    "worldwide": "001", "global": "001", "globally": "001", "the world": "001",
    "weltweit": "001", "monde entier": "001", "mundial": "001", "todo el mundo": "001",
}  # fmt: skip
_GROUPS: Final = re.compile(r"\s*(?:;|/|\n|\band\b|\bund\b|\bet\b|&)\s*")
_PARTS: Final = re.compile(r"\s*,\s*")
_SHORT_PLACE = 60
_CATEGORIES: Final[Mapping[str, str]] = {
    "email": "pd:EmailAddress", "e-mail": "pd:EmailAddress", "email address": "pd:EmailAddress",
    "e-mail address": "pd:EmailAddress", "name": "pd:Name", "names": "pd:Name",
    "username": "pd:Username", "ip": "pd:IPAddress", "ip address": "pd:IPAddress",
    "ip addresses": "pd:IPAddress", "phone": "pd:TelephoneNumber",
    "phone number": "pd:TelephoneNumber", "telephone number": "pd:TelephoneNumber",
    "cookie": "tech:Cookie", "cookies": "tech:Cookie", "password": "pd:Password",
    "physical address": "pd:PhysicalAddress", "address": "pd:PhysicalAddress",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a cell says."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the row; own categories stand in it by their label."""

    is_whole: bool = True
    """Whether the fields say everything that the cell says."""

    guess: str = ""
    """What had to be guessed, in words."""


NOT_READ: Final = Facts(is_whole=False)


def read_legal_basis(text: str, locale: str) -> Facts:
    """Return the legal basis that a cell names."""
    told = _folded(text)
    letter = _BASES.get(told)
    code = f"eu-gdpr:A6-1-{letter}" if letter else _labels(Scheme.LEGAL_BASIS, locale).get(told)
    if code is not None:
        return Facts(fields={"legal_basis": code})
    article = _ARTICLE.search(text)
    begun = next(
        (each for each in sorted(_BASES, key=len, reverse=True) if told.startswith(each)), ""
    )
    if article is None and not begun:
        return NOT_READ
    code = f"eu-gdpr:A6-1-{article[1].lower() if article else _BASES[begun]}"
    whole = article is not None and not _folded(_ARTICLE.sub("", text)).strip(" .")
    guess = "" if whole else f"Taken for {code}; the words stand below the table."
    return Facts(fields={"legal_basis": code}, is_whole=whole, guess=guess)


def read_places(text: str, locale: str) -> Facts:
    """Return where data is handled: countries and regions by code, towns by name."""
    if len(text) > _SHORT_PLACE * 3 or text.rstrip().endswith((".", "!")):
        return NOT_READ
    places: list[dict[str, str]] = []
    for group in _GROUPS.split(text):
        places += _places(group, locale)
    if not places or any(len(place.get("place", "")) > _SHORT_PLACE for place in places):
        return NOT_READ
    unique = [place for number, place in enumerate(places) if place not in places[:number]]
    return Facts(fields={"locations": unique})


def is_place(text: str, locale: str) -> bool:
    """Tell whether a text names at least one country or region."""
    parts = (part for group in _GROUPS.split(text) for part in _PARTS.split(group))
    return any(_territories(locale).get(_folded(part)) for part in parts)


def _places(group: str, locale: str) -> list[dict[str, str]]:
    """Return the places of an enumeration such as ``Frankfurt, Germany``."""
    found: list[dict[str, str]] = []
    waiting: dict[str, str] = {}
    for part in (part.strip() for part in _PARTS.split(group)):
        code = _territories(locale).get(_folded(part))
        if not part:
            continue
        if code in COUNTRIES:
            found.append({"country": code, **waiting})
            waiting = {}
            continue
        name = "region" if code in REGIONS else "place"
        if name in waiting:
            found.append(waiting)
            waiting = {}
        waiting[name] = code if name == "region" and code is not None else part
    return [*found, waiting] if waiting else found


def read_categories(text: str) -> Facts:
    """Return the categories of data of a cell, by label, and whether the list is open."""
    told = _folded(text).strip(" .")
    if told in _NOTHING:
        return Facts(fields={"data_categories": []})
    closed = _OPEN.sub("", text)
    is_open = closed != text
    found: list[str] = []
    for part in _listed(closed):
        label = re.sub(r"^(?:and|und|et|y)\s+", "", part).strip(" .")
        if label and label.casefold() not in {known.casefold() for known in found}:
            found.append(label)
    if not found or len(found) > CODES or any(len(label) > NAME_LENGTH for label in found):
        return NOT_READ
    fields: dict[str, Any] = {"data_categories": found}
    if is_open:
        fields["data_categories_open"] = True
    return Facts(fields=fields)


def category_term(label: str, locale: str) -> str | None:
    """Return the term that a label means, or None."""
    told = label.casefold()
    return _CATEGORIES.get(told) or _labels(Scheme.DATA_CATEGORY, locale).get(told)


def is_unstated(text: str) -> bool:
    """Tell whether a cell says nothing."""
    return not text.strip() or text.strip().casefold() in _UNSTATED


def _listed(text: str) -> list[str]:
    """Return the members of an enumeration; commas in brackets separate nothing."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char in ",;\n•" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += char
    return [" ".join(part.split()) for part in parts]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


@lru_cache(maxsize=32)
def _labels(scheme: Scheme, locale: str) -> Mapping[str, str]:
    """Return the terms of a scheme by their label, in English and in a locale."""
    found: dict[str, str] = {}
    for each in TERMS.values():
        if each.scheme is scheme:
            found.setdefault(each.label.casefold(), each.code)
            found.setdefault(labels.term_label(each.code, locale).casefold(), each.code)
    return found


@lru_cache(maxsize=32)
def _territories(locale: str) -> Mapping[str, str]:
    """Return codes of countries and regions by their names in English and in a locale."""
    found = dict(_PLACES)
    for tag in ("en", locale):
        for code, name in babel_locale(tag).territories.items():
            if code in COUNTRIES or code in REGIONS:
                found.setdefault(str(name).casefold(), code)
    return found
