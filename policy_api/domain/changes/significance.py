"""How much each type of change matters by default, and what a publisher may declare instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from policy_api.domain.changes.types import Change, Significance

TECHNICAL, EDITORIAL = Significance.TECHNICAL, Significance.EDITORIAL
NON_MATERIAL, MATERIAL = Significance.NON_MATERIAL, Significance.MATERIAL


@dataclass(frozen=True, slots=True)
class ChangeType:
    """One type of change."""

    name: str
    significance: Significance
    """What it counts for unless the difference itself is slighter; see ``weigh``."""

    meaning: str
    """What happened, in words for readers of the documentation."""


def _facts(noun: str, thing: str) -> tuple[ChangeType, ...]:
    """Return the types that disclosures and the publisher's own processing share."""
    return (
        ChangeType(f"{noun}.added", MATERIAL, f"{thing} appears."),
        ChangeType(f"{noun}.removed", NON_MATERIAL, f"{thing} is gone."),
        ChangeType(f"{noun}.purpose_changed", MATERIAL, "What the data is used for."),
        ChangeType(f"{noun}.legal_basis_changed", MATERIAL, "The legal basis or the interest."),
        ChangeType(
            f"{noun}.data_changed", MATERIAL, "Which data, its origin, or the duty to give it."
        ),
        ChangeType(f"{noun}.location_changed", MATERIAL, "Where the data is handled."),
        ChangeType(f"{noun}.transfer_changed", MATERIAL, "Leaving the EEA, or its safeguards."),
        ChangeType(f"{noun}.retention_changed", MATERIAL, "How long the data is kept."),
        ChangeType(f"{noun}.renamed", NON_MATERIAL, "It goes by another name."),
        ChangeType(f"{noun}.link_changed", EDITORIAL, "A link for further reading."),
        ChangeType(f"{noun}.moved", EDITORIAL, "Its place among the others, or the order inside."),
    )


CHANGE_TYPES: tuple[ChangeType, ...] = (
    ChangeType("policy.retitled", EDITORIAL, "The title of the policy."),
    ChangeType("section.added", NON_MATERIAL, "A section appears."),
    ChangeType("section.removed", MATERIAL, "A section is gone."),
    ChangeType("section.moved", EDITORIAL, "A section stands elsewhere."),
    ChangeType("section.retitled", EDITORIAL, "The heading of a section."),
    ChangeType("section.changed", NON_MATERIAL, "A text or a block inside a section."),
    *_facts("recipient", "A disclosure to a recipient"),
    ChangeType("recipient.replaced", MATERIAL, "One recipient takes the place of another."),
    ChangeType("recipient.role_changed", MATERIAL, "Processor, third party and so on."),
    *_facts("processing", "Something the publisher does with data"),
    ChangeType("right.added", NON_MATERIAL, "A right of the reader appears."),
    ChangeType("right.removed", MATERIAL, "A right of the reader is gone."),
    ChangeType("retention.changed", MATERIAL, "A rule on how long data is kept, in any way."),
    ChangeType("contact.changed", NON_MATERIAL, "A contact appears, differs or is gone."),
    ChangeType("cookie.added", MATERIAL, "A cookie or other storage appears."),
    ChangeType("cookie.changed", MATERIAL, "A cookie's purpose, duration, provider or kind."),
    ChangeType("cookie.removed", NON_MATERIAL, "A cookie is gone."),
    ChangeType("license.changed", NON_MATERIAL, "The license of the policy's text."),
    ChangeType("site.scope_changed", NON_MATERIAL, "The sites, names or hosts it covers."),
    ChangeType("translation.added", EDITORIAL, "The policy is there in one more language."),
    ChangeType("translation.changed", EDITORIAL, "Words of a translation, or a language left."),
)
"""Every type the program itself makes, in the order of the documentation."""

DEFAULTS: Mapping[str, Significance] = {kind.name: kind.significance for kind in CHANGE_TYPES}
"""Type → default significance."""

FIELD_DEFAULTS: Mapping[str, Significance] = {
    "anchor": TECHNICAL,
    "height": TECHNICAL,
    "limit": TECHNICAL,
    "layer": EDITORIAL,
    "tone": EDITORIAL,
}
"""Fields of sections and blocks that shape the page and say nothing."""


def default_significance(change_type: str) -> Significance:
    """Return the default of a type; one that a plugin made up counts as ``non_material``."""
    return DEFAULTS.get(change_type, NON_MATERIAL)


def weigh(
    change_type: str, *, field: str, before: object, after: object, gained: Iterable[str]
) -> Significance:
    """Return the default significance of a difference that is more than wording.

    :param field: Name of the field that differs.
    :param gained: Members that a set gained.
    """
    if change_type == "section.changed":
        if field == "automated_decisions" and after is True:
            return MATERIAL
        return FIELD_DEFAULTS.get(field, default_significance(change_type))
    if change_type.endswith(".data_changed") and _is_less(field, before, after, gained):
        return NON_MATERIAL
    return default_significance(change_type)


def _is_less(field: str, before: object, after: object, gained: Iterable[str]) -> bool:
    """Tell whether data that is handled only became less: members lost, or a list closed."""
    if field == "data_categories":
        return after is not None and not tuple(gained)
    return field == "data_categories_open" and bool(before) and not after


def highest(changes: Iterable[Change]) -> Significance:
    """Return the significance of a set of changes: that of the weightiest, or technical."""
    return max((change.significance for change in changes), default=TECHNICAL)


def apply_declared(changes: Iterable[Change], declared: Significance | None) -> tuple[Change, ...]:
    """Weigh changes as a publisher declared them.

    Raised: the changes at the highest level are raised to it, slighter ones stay. Lowered: every
    change above is lowered to it; whether that is allowed is for the caller to check.
    """
    found = tuple(changes)
    if declared is None:
        return found
    top = highest(found)
    if declared > top:
        return tuple(
            replace(change, significance=declared) if change.significance is top else change
            for change in found
        )
    return tuple(
        replace(change, significance=min(change.significance, declared)) for change in found
    )
