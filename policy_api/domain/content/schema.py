"""The base of every content schema: unknown fields are refused, null says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, pre_load

from policy_api.domain.content.faults import Fault, UnknownField


class ContentSchema(Schema):
    """What authors may write in one object."""

    class Meta:
        unknown = RAISE

    null_allowed: ClassVar[frozenset[str]] = frozenset()
    """Fields in which null is a value; elsewhere it is the same as leaving the field out."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- marshmallow's own options
        super().__init__(**options)
        names = (field.data_key or name for name, field in self.load_fields.items())
        self.error_messages["unknown"] = UnknownField(names)
        self.error_messages["type"] = Fault("This must be an object with fields.")

    @pre_load
    def drop_nulls(self, written: Any, **_: object) -> Any:  # noqa: ANN401 -- anything was sent
        """Take null as not stated."""
        if not isinstance(written, Mapping):
            return written
        return {
            name: value
            for name, value in written.items()
            if value is not None or name in self.null_allowed
        }
