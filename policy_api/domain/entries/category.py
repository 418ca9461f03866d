"""A category of data as the organization calls it."""

from __future__ import annotations

from policy_api.domain.content.fields import Code, Flag, LocalizedName
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.entries.kind import EntryKind


class CategorySchema(ContentSchema):
    """Its name, the term that comes closest, and whether it is a special one.

    ``obtained_from_person``: false where others tell the publisher.
    """

    label = LocalizedName(required=True)
    """What readers see."""

    term = Code(Scheme.DATA_CATEGORY)
    """Term of the vocabulary that comes closest."""

    special = Flag()
    """Whether it is a special category (Art. 9 GDPR), whatever its term says."""

    obtained_from_person = Flag()
    """False where somebody else tells the publisher."""


CATEGORY = EntryKind(name="category", template="categories/{key}", schema=CategorySchema)
