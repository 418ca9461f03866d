"""Query parameters of the public API. What is not listed here is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from policy_api.domain.changes.types import Significance
from policy_api.domain.languages import MAX_TAG_LENGTH, canonical
from policy_api.web.api import KeyConverter

MAX_NUMBER: Final = 999_999_999
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50
USUAL: Final = Significance.NON_MATERIAL
"""What feeds tell unless they are asked for more: nobody waits for commas."""

FIRST_YEAR, LAST_YEAR = 1990, 2100

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])",
    re.ASCII,
)


class WholeNumber(fields.Integer):
    """A number written in ASCII digits and nothing else."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise ValidationError("Must be a whole number of at most nine digits.")
        return int(value)


class LanguageTag(fields.String):
    """A BCP 47 tag; read in canonical form."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        try:
            return canonical(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Instant(fields.Field[datetime]):
    """An RFC 3339 instant, or a date, which begins at 00:00 UTC."""

    def _deserialize(self, value: object, *_: object, **__: object) -> datetime:
        instant = _instant(str(value))
        if instant is None:
            raise ValidationError(
                "Must be an instant such as 2026-04-09T00:00:00Z (a + is written %2B), "
                "or a date such as 2026-04-09."
            )
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise ValidationError(f"Must lie between {FIRST_YEAR} and {LAST_YEAR}.")
        return instant


def _instant(text: str) -> datetime | None:
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        # The pattern cannot count days; 30 February and the end of time fail here.
        return None
    return None


class Query(Schema):
    """Base of all queries."""

    class Meta:
        unknown = RAISE


class LocaleQuery(Query):
    """Query of a resource that has words in it."""

    locale = LanguageTag(
        metadata={
            "pattern": "^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$",
            "maxLength": MAX_TAG_LENGTH,
            "description": "Language of the answer. Default: by Accept-Language. The nearest "
            "one available is served, and named in the answer.",
            "examples": ["de-AT"],
        }
    )


class VersionQuery(LocaleQuery):
    """Query of one version's edition."""

    fallback = fields.String(
        validate=validate.OneOf(["source", "none"]),
        metadata={
            "description": "`none` leaves out sections that are not translated, and names them "
            "in `omitted`; `source` shows them in the source language."
        },
    )


class EditionQuery(VersionQuery):
    """Query of the edition in force."""

    at = Instant(
        metadata={
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt].+)?$",
            "description": "The version in force at that instant or date instead of now.",
            "examples": ["2026-04-09", "2026-04-09T00:00:00Z"],
        }
    )


class _Fragment(Schema):
    fragment = fields.String(
        validate=validate.OneOf(["0", "1"]),
        metadata={"description": "`1` gives the bare article, to be put into a page."},
    )


class PageQuery(_Fragment, EditionQuery):
    """Query of the page of the edition in force."""


class VersionPageQuery(_Fragment, VersionQuery):
    """Query of the page of one version."""


def limit() -> WholeNumber:
    """Return the parameter for the length of a list."""
    return WholeNumber(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "How many items at most."},
    )


class VersionsQuery(LocaleQuery):
    """Query of a list of versions, newest first."""

    limit = limit()
    before = WholeNumber(
        validate=validate.Range(1, MAX_NUMBER),
        metadata={"description": "Only versions with a smaller number; `next` says which."},
    )


class SitesQuery(LocaleQuery):
    """Query of the list of sites."""

    limit = limit()
    after = fields.String(
        validate=validate.Regexp(f"^{KeyConverter.regex}$"),
        metadata={"description": "Only sites behind this key; `next` says which."},
    )


class ResolveQuery(Query):
    """Query of the site behind a host."""

    host = fields.String(
        required=True,
        validate=validate.Length(1, 300),
        metadata={"description": "Host name, with or without port.", "examples": ["example.org"]},
    )


class DiffQuery(LocaleQuery):
    """Query of the differences between two versions."""

    before = WholeNumber(
        data_key="from",
        required=True,
        validate=validate.Range(1, MAX_NUMBER),
        metadata={"description": "The version before."},
    )
    after = WholeNumber(
        data_key="to",
        required=True,
        validate=validate.Range(1, MAX_NUMBER),
        metadata={"description": "The version after."},
    )


class StatusQuery(LocaleQuery):
    """Query of what a reader has missed."""

    seen = WholeNumber(
        load_default=None,
        validate=validate.Range(0, MAX_NUMBER),
        metadata={"description": "The newest version the reader has seen; 0 for none."},
    )


class FeedQuery(LocaleQuery):
    """Query of a feed."""

    before = WholeNumber(
        validate=validate.Range(2, MAX_NUMBER),
        metadata={"description": "The archive of older entries; the feed links to it."},
    )
    min_significance = fields.String(
        load_default=USUAL.value,
        validate=validate.OneOf([level.value for level in Significance]),
        metadata={"description": "Versions below it are left out; `technical` leaves out none."},
    )


class EventsQuery(Query):
    """Query of the event log."""

    limit = limit()
    after = WholeNumber(
        load_default=0,
        validate=validate.Range(0, MAX_NUMBER),
        metadata={"description": "Only events with a greater sequence."},
    )


class ProofQuery(Query):
    """Query of a proof."""

    limit = limit()
    after = WholeNumber(
        validate=validate.Range(1, MAX_NUMBER),
        metadata={"description": "Only links of the chain behind this release."},
    )
