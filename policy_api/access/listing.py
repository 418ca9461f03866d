"""Parameters of lists."""

from __future__ import annotations

import re
from typing import Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

MAX_NUMBER: Final = 999_999_999
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


class WholeNumber(fields.Integer):
    """A number written in ASCII digits and nothing else."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise ValidationError("Must be a whole number of at most nine digits.")
        return int(value)


class ListQuery(Schema):
    """Query of a list."""

    class Meta:
        unknown = RAISE

    limit = WholeNumber(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "How many items at most."},
    )


class NewestFirstQuery(ListQuery):
    """Query of a list, newest first."""

    before = WholeNumber(
        load_default=None,
        validate=validate.Range(1, MAX_NUMBER),
        metadata={"description": "Only items with a smaller number; `next` says which."},
    )
