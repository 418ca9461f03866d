"""A section: a heading and the blocks below it."""

from __future__ import annotations

from policy_api.domain.blocks.field import BlockField
from policy_api.domain.content.fields import Flag, Key, Line, Whole
from policy_api.domain.content.limits import BLOCKS
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.entries.kind import EntryKind

LAYERS = (1, 3)


class SectionSchema(ContentSchema):
    """A part of the policy with a heading of its own."""

    heading = Line(required=True)
    """Heading; translated."""

    anchor = Key()
    """Name in links to it. Absent: its key."""

    layer = Whole(*LAYERS)
    """1 for what everybody shall see, 3 for details. Absent: 1."""

    locked = Flag()
    """Whether sites may not override it."""

    blocks = Several(BlockField(), most=BLOCKS, fewest=1, required=True)
    """What stands below the heading, in order."""


SECTION = EntryKind(
    name="section", template="policies/{policy}/sections/{section}", schema=SectionSchema
)
