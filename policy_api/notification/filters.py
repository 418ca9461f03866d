"""Which events concern which subscribers: one rule, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, cast, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from policy_api.domain.changes.types import Significance
from policy_api.errors import BadInput, Problem
from policy_api.events.rows import EventRow
from policy_api.notification.models import Endpoint

EVENT_TYPES = ("policy.published", "policy.effective", "policy.withdrawn")

Names = tuple[str, ...] | None
Column = InstrumentedAttribute[list[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a subscriber wants to hear about; None lets everything through."""

    types: Names = None
    sites: Names = None
    policies: Names = None
    change_types: Names = None
    min_significance: str | None = None

    def lets_through(self, event: EventRow) -> bool:
        """Tell whether an event is wanted."""
        policies = () if event.policy is None else (event.policy,)
        return (
            _meets(self.types, (event.type,))
            and _meets(self.sites, event.sites)
            and (not policies or _meets(self.policies, policies))
            and _meets(self.change_types, event.change_types)
            and (
                self.min_significance is None
                or event.significance is None
                or self.min_significance in up_to(event.significance)
            )
        )


def check_filter(wanted: Filter) -> None:
    """Refuse a filter that nothing could pass.

    :raises BadInput: With every part that is wrong.
    """
    problems = [
        Problem("It lets nothing through.", pointer=f"/filter/{name}")
        for name in ("types", "sites", "policies", "change_types")
        if getattr(wanted, name) == ()
    ]
    if unknown := set(wanted.types or ()) - set(EVENT_TYPES):
        known = ", ".join(EVENT_TYPES)
        names = ", ".join(sorted(unknown))
        problems.append(Problem(f"Unknown: {names}.", pointer="/filter/types", expected=known))
    if wanted.min_significance not in {None, *Significance}:
        problems.append(
            Problem(
                "It is no significance.",
                pointer="/filter/min_significance",
                expected=", ".join(Significance),
            )
        )
    if problems:
        raise BadInput(problems=problems)


def filter_of(endpoint: Endpoint) -> Filter:
    """Return an endpoint's filter."""
    return Filter(
        types=_names(endpoint.types),
        sites=_names(endpoint.sites),
        policies=_names(endpoint.policies),
        change_types=_names(endpoint.change_types),
        min_significance=endpoint.min_significance,
    )


def wants(event: EventRow, *, dialect: str) -> ColumnElement[bool]:
    """Return the condition on endpoints that says the same as ``lets_through``."""
    conditions = [
        _overlaps(Endpoint.types, (event.type,), dialect=dialect),
        _overlaps(Endpoint.sites, event.sites, dialect=dialect),
        _overlaps(Endpoint.change_types, event.change_types, dialect=dialect),
    ]
    if event.policy is not None:
        conditions.append(_overlaps(Endpoint.policies, (event.policy,), dialect=dialect))
    if event.significance is not None:
        reached = Endpoint.min_significance.in_(up_to(event.significance))
        conditions.append(or_(Endpoint.min_significance.is_(None), reached))
    return and_(true(), *conditions)


def up_to(significance: str) -> tuple[str, ...]:
    """Return the thresholds that a significance reaches."""
    highest = Significance(significance)
    return tuple(level.value for level in Significance if level <= highest)


def _overlaps(column: Column, values: Collection[str], *, dialect: str) -> ColumnElement[bool]:
    if dialect == "postgresql":
        members = func.jsonb_array_elements_text(cast(column, JSONB)).table_valued("value")
    else:
        members = func.json_each(column).table_valued("value")
    wanted = exists(select(1).select_from(members).where(members.c.value.in_(list(values))))
    return or_(column.is_(None), wanted)


def _meets(wanted: Names, found: Collection[str]) -> bool:
    return wanted is None or not set(wanted).isdisjoint(found)


def _names(stored: Sequence[str] | None) -> Names:
    return None if stored is None else tuple(stored)
