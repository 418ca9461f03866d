"""What readers ask of the ledger, as statements that are built once.

Building one of them, with its sub-queries, takes four times as long as the database needs to
answer it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    case,
    func,
    inspect,
    select,
    tuple_,
)

from policy_api.ledger import models

# Columns of the tables themselves: mapping rows to objects would take as long again.
EDITION: Final = inspect(models.Edition).local_table
VERSION: Final = inspect(models.Version).local_table
WITHDRAWAL: Final = inspect(models.Withdrawal).local_table
_DIRECTORY: Final = inspect(models.DirectoryState).local_table
_RELEASE: Final = inspect(models.Release).local_table

_LATER: Final = VERSION.alias()
_LATER_WITHDRAWAL: Final = WITHDRAWAL.alias()


def follower(*columns: Any) -> Select[Any]:  # noqa: ANN401 -- columns of any type
    """Select from the versions that come after the one asked about, in the order of force."""
    return (
        select(*columns)
        .select_from(_LATER)
        .outerjoin(_LATER_WITHDRAWAL, _LATER_WITHDRAWAL.c.version_id == _LATER.c.id)
        .where(
            _LATER.c.site == VERSION.c.site,
            _LATER.c.policy == VERSION.c.policy,
            tuple_(_LATER.c.effective_at, _LATER.c.number)
            > tuple_(VERSION.c.effective_at, VERSION.c.number),
            _LATER_WITHDRAWAL.c.release.is_(None),
        )
        .correlate(VERSION)
    )


def overtaken(since: datetime) -> ColumnElement[bool]:
    """Select whether a version was replaced by an instant, or before it took effect at all."""
    is_early = _LATER.c.effective_at <= since
    is_at_once = _LATER.c.effective_at == VERSION.c.effective_at
    return follower(_LATER.c.id).where(is_early | is_at_once).exists()


def _replaced_at() -> ScalarSelect[Any]:
    """Select when the next version takes over; at its announcement, if it starts no later."""
    same_start = _LATER.c.effective_at == VERSION.c.effective_at
    takes_over: ColumnElement[Any] = case(
        (same_start, _LATER.c.published_at), else_=_LATER.c.effective_at
    )
    return (
        follower(takes_over)
        .order_by(_LATER.c.effective_at, _LATER.c.number)
        .limit(1)
        .scalar_subquery()
    )


_TOLD_BY_OTHERS: Final = (
    WITHDRAWAL.c.release.label("withdrawn_by"),
    _replaced_at().label("replaced_at"),
)

VERSIONS: Final[Select[Any]] = select(VERSION, *_TOLD_BY_OTHERS).outerjoin(
    WITHDRAWAL, WITHDRAWAL.c.version_id == VERSION.c.id
)
"""Versions, with what other rows say about them."""

_OF_POLICY: Final = VERSIONS.where(
    VERSION.c.site == bindparam("site"), VERSION.c.policy == bindparam("policy")
)
_COUNTING: Final = _OF_POLICY.where(WITHDRAWAL.c.release.is_(None)).limit(1)

IN_FORCE: Final = _COUNTING.where(VERSION.c.effective_at <= bindparam("at")).order_by(
    VERSION.c.effective_at.desc(), VERSION.c.number.desc()
)

UPCOMING: Final = (
    _COUNTING.where(
        VERSION.c.effective_at > bindparam("at"), VERSION.c.published_at <= bindparam("at")
    )
    # Of two that are announced for the same instant, the later one will take effect.
    .order_by(VERSION.c.effective_at, VERSION.c.number.desc())
)

_PLACE: Final = VERSION.c[
    "id", "site", "policy", "number", "published_at", "effective_at", "previous"
]
PLACE_IN_FORCE: Final[Select[Any]] = IN_FORCE.with_only_columns(*_PLACE, *_TOLD_BY_OTHERS)
PLACE_UPCOMING: Final[Select[Any]] = UPCOMING.with_only_columns(*_PLACE, *_TOLD_BY_OTHERS)

FIRST_VERSION: Final = _COUNTING.order_by(VERSION.c.effective_at, VERSION.c.number.desc())

ONE_VERSION: Final = _OF_POLICY.where(VERSION.c.number == bindparam("number"))
PLACE_OF_VERSION: Final[Select[Any]] = ONE_VERSION.with_only_columns(*_PLACE, *_TOLD_BY_OTHERS)

NEWEST_VERSIONS: Final = _OF_POLICY.order_by(VERSION.c.number.desc()).limit(
    bindparam("limit", type_=VERSION.c.number.type)
)
OLDER_VERSIONS: Final = NEWEST_VERSIONS.where(VERSION.c.number < bindparam("before"))

ONE_EDITION: Final = select(EDITION).where(
    EDITION.c.version_id == bindparam("version_id"), EDITION.c.locale == bindparam("locale")
)

EDITION_DIGESTS: Final = (
    select(EDITION.c.locale, EDITION.c.digest)
    .where(EDITION.c.version_id == bindparam("version_id"))
    .order_by(EDITION.c.locale)
)

HEAD_NUMBER: Final = select(func.max(_RELEASE.c.number))

CHAIN_HEAD: Final = select(_RELEASE.c.chain_head).order_by(_RELEASE.c.number.desc()).limit(1)

HEAD_INSTANTS: Final = (
    select(_RELEASE.c.published_at, _RELEASE.c.states).order_by(_RELEASE.c.number.desc()).limit(1)
)

DIRECTORIES: Final = (
    select(_DIRECTORY.c.effective_at, _DIRECTORY.c.body)
    .where(_DIRECTORY.c.release == select(func.max(_DIRECTORY.c.release)).scalar_subquery())
    .order_by(_DIRECTORY.c.effective_at)
)
