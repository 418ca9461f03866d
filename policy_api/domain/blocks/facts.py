"""What disclosures and the publisher's own processing both say about data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_api.domain.blocks.base import Reference, Scene
from policy_api.domain.content.fields import Code, Flag, Line
from policy_api.domain.content.limits import CODES
from policy_api.domain.content.list_fields import Category, Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme


class FactsSchema(ContentSchema):
    """Purposes, basis, data and storage of one processing."""

    purpose = Line()
    """Why data is used, in words; translated."""

    purposes = Several(Code(Scheme.PURPOSE), most=CODES)
    """The same as terms, for machines."""

    legal_basis = Code(Scheme.LEGAL_BASIS)
    """Legal basis (Art. 6 GDPR)."""

    special_basis = Code(Scheme.SPECIAL_BASIS)
    """Basis for special categories (Art. 9 GDPR)."""

    legitimate_interest = Line()
    """Which interest, where that is the basis; translated."""

    data_categories = Several(Category(), most=CODES)
    """Which data: keys of categories, or terms. Absent: not stated; `[]`: stated, none."""

    data_categories_open = Flag()
    """Whether the list only gives examples."""

    retention = Line()
    """How long it is kept; translated."""

    required = Line()
    """Whether one must give it, and what if not; translated."""

    source_of_data = Code(Scheme.SOURCE)
    """Where it comes from."""


FACT_ASPECTS: Mapping[str, str] = {
    "purpose": "purpose_changed",
    "purposes": "purpose_changed",
    "legal_basis": "legal_basis_changed",
    "special_basis": "legal_basis_changed",
    "legitimate_interest": "legal_basis_changed",
    "data_categories": "data_changed",
    "data_categories_open": "data_changed",
    "retention": "retention_changed",
    "required": "data_changed",
    "source_of_data": "data_changed",
}
"""Field → second half of the type of a change in it."""


def fact_aspects(noun: str) -> dict[str, str]:
    """Return the change types of facts: ``processing.purpose_changed`` and so on."""
    return {name: f"{noun}.{aspect}" for name, aspect in FACT_ASPECTS.items()}


def composed_facts(stated: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    """Return the facts in edition form, null where nothing is stated."""
    return {
        "purpose": stated.get("purpose"),
        "purposes": [scene.coded(code) for code in stated.get("purposes", ())],
        "legal_basis": scene.coded(stated.get("legal_basis")),
        "special_basis": scene.coded(stated.get("special_basis")),
        "legitimate_interest": stated.get("legitimate_interest"),
        "data_categories": scene.categories(stated.get("data_categories")),
        "data_categories_open": stated.get("data_categories_open", False),
        "retention": stated.get("retention"),
        "required": stated.get("required"),
        "source_of_data": scene.coded(stated.get("source_of_data")),
    }


def category_references(stated: Mapping[str, Any], pointer: str) -> Iterator[Reference]:
    """Yield the organization's own categories that are named among the data."""
    for index, name in enumerate(stated.get("data_categories", ())):
        if ":" not in name:
            yield Reference(pointer=f"{pointer}/data_categories/{index}", path=f"categories/{name}")
