"""How versions are named in addresses."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from policy_api.reading.resolve import CURRENT, UPCOMING


class VersionConverter(BaseConverter):
    """The number of a version, ``current`` or ``upcoming``."""

    regex = f"(?:[1-9][0-9]{{0,8}}|{CURRENT}|{UPCOMING})"


def version_schema(_: VersionConverter) -> dict[str, object]:
    """Describe the converter for OpenAPI."""
    return {
        "type": "string",
        "pattern": f"^{VersionConverter.regex}$",
        "examples": ["4", CURRENT],
    }
