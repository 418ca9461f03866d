"""All kinds of entries, and how one is loaded: from what somebody wrote to stored form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marshmallow import ValidationError

from policy_api.domain.content.faults import faults, meant, shown
from policy_api.domain.content.source import Entry
from policy_api.domain.entries.category import CATEGORY
from policy_api.domain.entries.contact import CONTACT
from policy_api.domain.entries.kind import EntryKind
from policy_api.domain.entries.locale import LOCALES
from policy_api.domain.entries.organization import ORGANIZATION
from policy_api.domain.entries.overlay import OVERLAY
from policy_api.domain.entries.policy import POLICY
from policy_api.domain.entries.recipient import RECIPIENT
from policy_api.domain.entries.section import SECTION
from policy_api.domain.entries.site import SITE
from policy_api.domain.entries.table import TABLE
from policy_api.domain.languages import canonical
from policy_api.errors import BadInput, Problem

__all__ = ["ENTRY_KINDS", "Entry", "EntryKind", "kind_of", "load_entry", "path_problem"]

ENTRY_KINDS: Final[tuple[EntryKind, ...]] = (
    ORGANIZATION,
    SITE,
    CONTACT,
    RECIPIENT,
    CATEGORY,
    POLICY,
    SECTION,
    TABLE,
    OVERLAY,
    *LOCALES,
)
"""Every kind, in the order of the documentation."""


def kind_of(path: str) -> EntryKind | None:
    """Return the kind of the entry at a path, or None if no entry can be there."""
    for kind in ENTRY_KINDS:
        steps = kind.steps(path)
        if steps is not None:
            return kind if _is_canonical(steps.get("locale")) else None
    return None


def path_problem(path: str) -> Problem | None:
    """Say why no entry can be at a path, or return None if one can."""
    if kind_of(path) is not None:
        return None
    detail = f"There is no kind of entry for “{shown(path, 120)}”."
    return Problem(detail, expected=_path_meant(path))


def load_entry(path: str, value: object) -> Entry:
    """Check what somebody wrote at a path and return it in stored form.

    :raises BadInput: With a problem for everything that is wrong, each with its pointer.
    """
    kind = kind_of(path)
    if kind is None:
        problem = path_problem(path)
        raise BadInput(problems=[problem] if problem else [])
    if not isinstance(value, Mapping):
        raise BadInput(problems=[Problem("An entry is an object with fields.")])
    try:
        entry: Entry = kind.loader.load(value)
    except ValidationError as error:
        raise BadInput(problems=faults(error.messages)) from error
    return entry


def _is_canonical(locale: str | None) -> bool:
    if locale is None:
        return True
    try:
        return canonical(locale) == locale
    except ValueError:
        return False


def _path_meant(path: str) -> str:
    for kind in ENTRY_KINDS:
        steps = kind.steps(path)
        if steps is not None:
            return _locale_meant(path, steps["locale"])
        if kind.form.fullmatch(path.lower()) and path != path.lower():
            return f"lower case: {path.lower()}"
    first = path.partition("/")[0]
    families = {kind.template.partition("/")[0] for kind in ENTRY_KINDS}
    if first not in families:
        return meant(first, sorted(families))
    forms = [kind.template for kind in ENTRY_KINDS if kind.template.startswith(first)]
    return f"one of: {', '.join(forms)}"


def _locale_meant(path: str, locale: str) -> str:
    try:
        right = canonical(locale)
    except ValueError as error:
        return str(error)
    return path.replace(f"/locales/{locale}/", f"/locales/{right}/")
