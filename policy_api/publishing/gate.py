"""The gate: everything that must be right before a release goes out, told in one answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from policy_api.domain.linting.base import LINT_RULES
from policy_api.domain.planning.plan import LOWERED_RULE, NOTICE_RULE
from policy_api.domain.planning.release import Waiver
from policy_api.errors import N_, BadInput, Problem, Refused

SOURCE_RULE: Final = "source"
LOCKED_RULE: Final = "locked-node"
STALE_RULE: Final = "stale-override"
TRANSLATION_RULE: Final = "translation"
SIZE_RULE: Final = "event-size"
REVIEW_RULE: Final = "review"
KEY_RULE: Final = "site-key"

WAIVABLE: Final = frozenset(
    {NOTICE_RULE, LOWERED_RULE, STALE_RULE, TRANSLATION_RULE, REVIEW_RULE, KEY_RULE}
)
"""Rules of publishing that somebody may set aside with a reason; rules of lint always may be."""

FIXED: Final = frozenset({SOURCE_RULE, LOCKED_RULE, SIZE_RULE})
"""Rules that nobody may set aside: what they ask for cannot be published otherwise."""


class GateClosed(Refused):
    """Something is not right with a release yet; lists all of it, and what may be waived."""

    slug, title = "gate-closed", N_("The release is not ready")

    def in_words(self) -> GateClosed:
        """Return the same refusal with a line for people in the place of each finding."""
        found = self.extra["findings"]
        lines = [_line(each) for each in found] if isinstance(found, list) else []
        return GateClosed(self.detail, findings=lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFinding:
    """One thing that keeps a release back."""

    rule: str
    detail: str
    path: str = ""
    """Path of the entry, or address of the node; empty where it is about the whole."""

    pointer: str = ""
    sites: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """What a program needs to mend it, by name."""

    is_fixed: bool = False
    """Whether this case cannot be set aside, though its rule can."""

    @property
    def is_waivable(self) -> bool:
        """Tell whether a reason is enough to let it pass."""
        return self.rule not in FIXED and not self.is_fixed

    def to_json(self) -> dict[str, Any]:
        """Return the finding as the API shows it."""
        return {
            "rule": self.rule,
            "detail": self.detail,
            "path": self.path,
            "pointer": self.pointer,
            "sites": list(self.sites),
            "waivable": self.is_waivable,
            **dict(self.facts),
        }


def check_waivers(waivers: Sequence[Waiver]) -> None:
    """Refuse waivers of rules that do not exist, or that nobody may set aside.

    :raises BadInput: Pointing at each of them.
    """
    problems = []
    known = WAIVABLE | set(LINT_RULES.names())
    for index, waiver in enumerate(waivers):
        rule = waiver.rule.partition(":")[0]
        if rule not in known:
            detail = f"The rule {rule!r} cannot be waived."
            expected = f"one of: {', '.join(sorted(WAIVABLE))}, or the id of a lint rule"
            problems.append(Problem(detail, pointer=f"/waivers/{index}/rule", expected=expected))
    if problems:
        raise BadInput(problems=problems)


def waives(waiver: Waiver, found: GateFinding) -> bool:
    """Tell whether a waiver lets a finding pass.

    Its rule may be followed by ``:`` and a path below which it is set aside.
    """
    rule, _, path = waiver.rule.partition(":")
    inside = not path or found.path == path or found.path.startswith(f"{path}/")
    return found.is_waivable and rule == found.rule and inside


def pass_gate(findings: Iterable[GateFinding], waivers: Sequence[Waiver]) -> tuple[Waiver, ...]:
    """Return the waivers that were needed.

    :raises GateClosed: With every finding that is left.
    """
    listed = list(findings)
    left = [found for found in listed if not any(waives(waiver, found) for waiver in waivers)]
    if left:
        rules = dict.fromkeys(found.rule for found in left if found.is_waivable)
        raise GateClosed(
            f"{len(left)} things keep the release back."
            if len(left) > 1
            else "One thing keeps the release back.",
            findings=[found.to_json() for found in left],
            waivable=list(rules),
        )
    return tuple(each for each in waivers if any(waives(each, found) for found in listed))


def of_problems(problems: Iterable[Problem]) -> Iterator[GateFinding]:
    """Yield what is wrong with a source."""
    for problem in problems:
        # The op's refusal says so in what it would have expected.
        is_locked = problem.expected == "an op on a node that is not locked"
        yield GateFinding(
            rule=LOCKED_RULE if is_locked else SOURCE_RULE,
            detail=problem.detail,
            path=problem.file,
            pointer=problem.pointer,
        )


def _line(found: Mapping[str, Any]) -> str:
    mark = "may be waived" if found["waivable"] else "cannot be waived"
    where = " ".join(part for part in (found["path"], found["pointer"]) if part)
    return f"{found['rule']} ({mark}) {where}: {found['detail']}".replace(" :", ":")


def merged(findings: Iterable[GateFinding]) -> list[GateFinding]:
    """Return each thing once, with all the sites it was found on."""
    known: dict[GateFinding, tuple[str, ...]] = {}
    for found in findings:
        bare = replace(found, sites=())
        known[bare] = tuple(dict.fromkeys((*known.get(bare, ()), *found.sites)))
    return [replace(bare, sites=sites) for bare, sites in known.items()]
