"""What a rule is: what it is called, what it rests on, and what it finds wrong with one policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Protocol, TypeVar

from policy_api.domain import labels
from policy_api.domain.linting.view import View
from policy_api.registry import Registry

T = TypeVar("T")


class Severity(StrEnum):
    """How bad a finding is."""

    INFO = "info"
    """Worth a look."""

    WARNING = "warning"
    """Good practice, or a duty that leaves room."""

    ERROR = "error"
    """A duty the policy does not meet."""

    @property
    def weight(self) -> int:
        """Place on the scale, the lightest first."""
        return ("info", "warning", "error").index(self.value)


class Verdict(StrEnum):
    """What a rule says of one policy on one site, or of the whole."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"


class Code(str):
    """A term in a message; told by its label in the reader's language."""

    __slots__ = ()


class Country(str):
    """A country in a message, by its code."""

    __slots__ = ()


class Language(str):
    """A language in a message, by its tag."""

    __slots__ = ()


Value = str | int | date | tuple[str, ...]
"""Something that is filled into a message; members of a tuple are enumerated."""


def told(value: Value, locale: str) -> str:
    """Return a value as a reader of that locale would write it."""
    match value:
        case tuple():
            return labels.list_of([told(each, locale) for each in value], locale)
        case Code():
            return labels.term_label(value, locale)
        case Country():
            return labels.country(value, locale)
        case Language():
            return labels.language_name(value, locale)
        case date():
            return labels.long_date(value, locale)
        case _:
            return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong, and where."""

    path: str
    """Address inside the policy, or of an entry and a field in it: ``contacts/dpo/email``."""

    message: str
    """English, marked by ``N_``, with the names of the values in braces."""

    values: Mapping[str, Value] = field(default_factory=dict)

    place: tuple[str, str] | None = None
    """Entry and pointer, where the path alone does not lead there."""


def flaw(path: str, message: str, **values: Value) -> Flaw:
    """Return a flaw; a shorter way to write one."""
    return Flaw(path=path, message=message, values=values)


def data_names(view: View, categories: Iterable[str]) -> tuple[str, ...]:
    """Return categories of data for a message: terms by their label, others as they are called."""
    return tuple(Code(key) if ":" in key else view.category_name(key) for key in categories)


Found = Iterable[Flaw] | None
"""Flaws; nothing wrong if empty; None if the rule does not apply."""


class Rule(Protocol):
    """A rule. Built-in ones and plugins look the same."""

    id: ClassVar[str]
    """Never reused, never renamed: waivers name it."""

    severity: ClassVar[Severity]

    source: ClassVar[str]
    """Article or guideline the rule rests on."""

    title: ClassVar[str]
    """What the rule asks for, in one plain English sentence."""

    pack: ClassVar[str] = ""
    """Regime for which it was written; empty for rules that always run."""

    def check(self, view: View) -> Found:
        """Return what is wrong with one policy on one site, or None if there is no case."""
        ...


def each(subjects: Iterable[T], *judges: Callable[[T], Flaw | None]) -> list[Flaw] | None:
    """Judge every subject; without subjects there is no case, so None."""
    known = tuple(subjects)
    if not known:
        return None
    verdicts = (judge(subject) for subject in known for judge in judges)
    return [found for found in verdicts if found is not None]


LINT_RULES: Registry[Rule] = Registry("lint rule")
"""All rules by id; filled by ``register_builtin_rules`` and by plugins, then frozen."""
