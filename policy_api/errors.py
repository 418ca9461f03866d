"""Every error a client may see, as one tree.

PolicyError               500
├── Refused               422   a rule of publishing says no
│   ├── NoticeTooShort
│   ├── SignificanceLowered
│   ├── StaleOverride
│   └── LockedNode
├── BadInput              422   what was sent is not well-formed; carries problems
├── BadQuery              400
├── NotFound              404
├── Conflict              409
│   ├── NothingToPublish
│   ├── PublishConflict
│   ├── CorrectionConflict
│   └── NotWithdrawable
├── PreconditionFailed    412
├── PreconditionRequired  428
├── BrokenProof           500
└── Unavailable           503
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 -- the name that extraction looks for
    """Mark a title for the catalogues; doors say it in the language of whoever asks."""
    return text


class PolicyError(Exception):
    """Base of all errors a client may see; becomes one RFC 9457 problem."""

    slug: ClassVar[str] = "error"
    """Last part of the problem's ``type``. Never reused, never renamed."""

    title: ClassVar[str] = N_("Something went wrong")
    """The same sentence for every occurrence."""

    status: ClassVar[int] = 500
    """HTTP status; a plain number, because the command line raises these too."""

    def __init__(self, detail: str = "", **extra: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra: Mapping[str, object] = extra


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, and where."""

    detail: str
    """What is wrong, in words for the person who wrote it."""

    pointer: str = ""
    """RFC 6901 pointer into the entry or the request body; empty means all of it."""

    file: str = ""
    """Path inside a bundle; empty outside one."""

    line: int | None = None
    """Line in that file, counted from 1."""

    expected: str = ""
    """What would have been accepted, if that can be said in a few words."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = " ".join(part for part in (place, self.pointer) if part)
        message = f"{where}: {self.detail}" if where else self.detail
        return f"{message} (expected: {self.expected})" if self.expected else message


class Refused(PolicyError):
    """A rule of publishing says no, though the request was well-formed."""

    slug, title, status = "refused", N_("The request breaks a rule"), 422


class NoticeTooShort(Refused):
    """A material change would take effect before readers had their notice."""

    slug, title = "notice-too-short", N_("The notice period is too short")


class SignificanceLowered(Refused):
    """A change was declared less important than its type, without a reason."""

    slug, title = "significance-lowered", N_("The significance is too low")


class StaleOverride(Refused):
    """The text below a site's override changed since the override was written."""

    slug, title = "stale-override", N_("An override no longer fits its base")


class LockedNode(Refused):
    """An overlay touches a part that the base keeps for all sites."""

    slug, title = "locked-node", N_("The part is locked")


class BadInput(PolicyError):
    """What was sent does not have the right form; lists every problem found."""

    slug, title, status = "bad-input", N_("The input is not valid"), 422

    def __init__(
        self, detail: str = "", *, problems: Iterable[Problem] = (), **extra: object
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(detail or "\n".join(str(problem) for problem in self.problems), **extra)


class BadQuery(PolicyError):
    """A query parameter is unknown, repeated or not understood."""

    slug, title, status = "bad-query", N_("The query is not valid"), 400


class NotFound(PolicyError):
    """Nothing is published, or was ever made, under that name."""

    slug, title, status = "not-found", N_("Not found"), 404


class Conflict(PolicyError):
    """The request does not fit the present state."""

    slug, title, status = "conflict", N_("The request conflicts with the present state"), 409


class NothingToPublish(Conflict):
    """The draft changes no edition of any site."""

    slug, title = "nothing-to-publish", N_("There is nothing to publish")


class PublishConflict(Conflict):
    """Another release came first and changed the same parts."""

    slug, title = "publish-conflict", N_("Another release came first")


class CorrectionConflict(Conflict):
    """A correction of the text in force does not fit the announced version."""

    slug, title = "correction-conflict", N_("The correction conflicts with an announced version")


class NotWithdrawable(Conflict):
    """Only a release that has not taken effect can be withdrawn."""

    slug, title = "not-withdrawable", N_("The release cannot be withdrawn")


class PreconditionFailed(PolicyError):
    """Somebody else changed the resource since it was read."""

    slug, title, status = "precondition-failed", N_("The resource has changed"), 412


class PreconditionRequired(PolicyError):
    """The request must say which state it starts from."""

    slug, title, status = "precondition-required", N_("If-Match is required"), 428


class BrokenProof(PolicyError):
    """A digest, a chain link or a signature does not fit."""

    slug, title = "broken-proof", N_("The history does not verify")


class Unavailable(PolicyError):
    """The service cannot answer now and may be asked again."""

    slug, title, status = "unavailable", N_("Temporarily unavailable"), 503


def error_kinds(base: type[PolicyError] = PolicyError) -> Iterator[type[PolicyError]]:
    """Walk the tree, parents first, in the order of declaration."""
    yield base
    for kind in base.__subclasses__():
        yield from error_kinds(kind)
