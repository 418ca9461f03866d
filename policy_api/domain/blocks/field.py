"""The field that holds a block of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import fields

from policy_api.domain.blocks.base import BLOCK_KINDS, BlockSchema
from policy_api.domain.content.faults import meant, refusal, shown


@lru_cache(maxsize=256)
def _loaded(schema: type[BlockSchema]) -> BlockSchema:
    return schema()


def block_schema(kind: str) -> BlockSchema:
    """Return the schema of a kind, made once.

    :raises LookupError: If there is no such kind.
    """
    return _loaded(BLOCK_KINDS.get(kind).schema)


class BlockField(fields.Field[dict[str, Any]]):
    """A block; its ``kind`` says which other fields it has."""

    default_error_messages = {"required": "This is missing.", "null": "A block is missing here."}

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refusal("This must be a block.", "an object with key, kind and so on")
        kind = value.get("kind")
        if kind is None:
            raise refusal("The block has no kind.", f"kind: {meant('', BLOCK_KINDS.names())}")
        if not isinstance(kind, str) or kind not in BLOCK_KINDS:
            detail = f"There is no kind of block “{shown(kind)}”."
            raise refusal(detail, lambda: meant(str(kind), BLOCK_KINDS.names()))
        block: dict[str, Any] = block_schema(kind).load(value)
        return block
