"""What a kind of entry is: where its entries lie and which fields they have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from policy_api.domain.content.keys import KEY_PATTERN
from policy_api.domain.content.schema import ContentSchema

_LOCALE_PATTERN = r"[A-Za-z0-9-]{2,35}"
_STEP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class EntryKind:
    """A kind of entry."""

    name: str
    template: str
    """Path with the variable steps in braces: ``policies/{policy}/sections/{section}``."""

    schema: type[ContentSchema]

    @cached_property
    def form(self) -> re.Pattern[str]:
        """Regular expression of the paths, with a group for each variable step."""

        def group(match: re.Match[str]) -> str:
            pattern = _LOCALE_PATTERN if match[1] == "locale" else KEY_PATTERN
            return f"(?P<{match[1]}>{pattern})"

        return re.compile(_STEP.sub(group, self.template), re.ASCII)

    def steps(self, path: str) -> dict[str, str] | None:
        """Return the variable steps of a path by name, or None if it is of another kind."""
        match = self.form.fullmatch(path)
        return None if match is None else match.groupdict()

    @property
    def slug(self) -> str:
        """The name as one word."""
        return self.name.replace(" ", "-")

    @property
    def loader(self) -> ContentSchema:
        """The schema, made once."""
        return _loader(self.schema)


@lru_cache(maxsize=64)
def _loader(schema: type[ContentSchema]) -> ContentSchema:
    return schema()
