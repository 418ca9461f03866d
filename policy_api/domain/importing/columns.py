"""Which column of a recipient table a head means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from policy_api.errors import BadInput, Problem

_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "privacy_policy": (
        "=privacy policy", "=privacy policies", "=privacy notice", "=privacy statement",
        "=privacy link", "=link", "=link to privacy policy", "=their privacy policy",
        "=link to their privacy policy", "=more information", "=further information",
        "=datenschutzerklärung", "=datenschutzhinweise", "=weitere informationen",
        "=politique de confidentialité", "=política de privacidad",
    ),
    "legal_basis": (
        "lawful bas", "legal bas", "legal ground", "lawful ground", "rechtsgrundlage",
        "base légale", "base legal", "base juridique", "base jurídica", "^fondement",
    ),
    "retention": (
        "retention", "storage period", "how long", "speicherdauer", "aufbewahrung",
        "conservation", "conservación",
    ),
    "country": (
        "=country of establishment", "=establishment", "=country of registration", "=seat",
        "=country of seat", "=registered in", "=sitz",
    ),
    "locations": (
        "location", "country", "countries", "^where", "^region", "standort", "=ort", "=land",
        "localisation", "^pays", "ubicación", "^país",
    ),
    "data_categories": (
        "personal data", "data collected", "data shared", "data processed", "data categor",
        "information collected", "information shared", "categories of", "category of",
        "types of data", "type of data", "=data", "=the data", "personenbezogene daten",
        "datenkategorien", "=daten", "données", "=datos", "datos personales",
    ),
    "purpose": (
        "purpose", "^why", "=zweck", "=zwecke", "zweck der", "finalité", "finalidad", "^reason",
        "used for",
    ),
    "service": (
        "=service", "=services", "=our service", "=the service", "=services provided",
        "=leistung", "=dienst", "=dienste", "=dienstleistung", "=prestation", "=servicio",
    ),
    "legal_name": ("legal name", "=legal entity", "firmenname", "raison sociale", "razón social"),
    "role": ("=role", "=gdpr role", "=rolle", "=rôle", "=rol"),
    "url": ("=website", "=web site", "=web", "=homepage", "=url"),
    "recipient": (
        "recipient", "subprocessor", "sub-processor", "^processor", "provider", "vendor",
        "supplier", "third part", "third-part", "^company", "^partner", "=name", "empfänger",
        "anbieter", "auftragsverarbeiter", "dienstleister", "^unternehmen", "destinataire",
        "prestataire", "fournisseur", "destinatario", "proveedor", "=nom", "=nombre",
    ),
}  # fmt: skip
"""Column → heads that mean it: whole ones (=), beginnings (^), and words anywhere in them.

The order counts: “personal data collected by the third party” is about data.
"""

_LONGEST, _MOST_WORDS = 60, 8

FIELDS: Final = (*_HEADS, "key")
"""What a column of a table or spreadsheet can be."""


@lru_cache(maxsize=4096)
def column_of(head: str) -> str | None:
    """Return the column that a head means, or None.

    >>> column_of("Lawful basis"), column_of("Personal data collected by the third party")
    ('legal_basis', 'data_categories')
    """
    told = " ".join(head.casefold().split()).strip(" :*")
    if not told or len(told) > _LONGEST or len(told.split()) > _MOST_WORDS:
        return None
    return next(
        (column for column, heads in _HEADS.items() if any(_fits(told, head) for head in heads)),
        None,
    )


def columns_of(heads: Sequence[str], chosen: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return a column for each head, each at most once; an empty text where there is none.

    :param chosen: Head → column, as the user says; wins over what a head seems to mean.
    """
    wanted = {_folded(head): column for head, column in (chosen or {}).items()}
    taken = {wanted[_folded(head)] for head in heads if _folded(head) in wanted}
    found: list[str] = []
    for head in heads:
        column = wanted.get(_folded(head))
        if column is None:
            guess = column_of(head) or ""
            column = "" if guess in taken else guess
        taken.add(column)
        found.append(column)
    return tuple(found)


def chosen_columns(written: Sequence[str], heads: Sequence[str] = ()) -> dict[str, str]:
    """Return what the user says of columns, written ``Head=field``.

    :param heads: The heads there are; empty while they are not known.
    :raises BadInput: If a field or a head does not exist.
    """
    chosen: dict[str, str] = {}
    problems: list[Problem] = []
    known = {_folded(head) for head in heads}
    for each in written:
        head, equals, name = each.rpartition("=")
        if not equals or name.strip() not in FIELDS:
            detail = f"“{each[:80]}” maps no column."
            problems.append(Problem(detail, expected=f"Head=field, fields: {', '.join(FIELDS)}"))
        elif known and _folded(head) not in known:
            detail = f"There is no column “{head[:80]}”."
            problems.append(Problem(detail, expected=f"one of: {', '.join(heads)[:400]}"))
        else:
            chosen[head] = name.strip()
    if problems:
        raise BadInput(problems=problems)
    return chosen


def _fits(told: str, head: str) -> bool:
    if head.startswith("="):
        return told == head[1:]
    if head.startswith("^"):
        return told.startswith(head[1:])
    return head in told


def _folded(head: str) -> str:
    return " ".join(head.casefold().split())
