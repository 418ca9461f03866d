"""The page about what subscribers are sent, from the schemas that OpenAPI shows as well."""

from __future__ import annotations

import orjson

from policy_api.notification.event_schemas import event_schemas

_INTRODUCTION = """
# Messages

What a webhook's body holds, as a JSON Schema for each `type`. How they arrive is told in
[Receive webhooks](../how-to/receive-webhooks.md). New members may appear; ignore those you do not
know. Gaps in `sequence` are normal for an endpoint with a filter; what was missed is at
`/v1/changes?after=…`, for ever.
"""


def messages_page() -> str:
    """Show the schema of every message."""
    lines = _INTRODUCTION.strip().splitlines()
    for type_, schema in event_schemas().items():
        shown = orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode()
        lines += ["", f"## `{type_}`", "", str(schema["description"]), "", "```json", shown, "```"]
    return "\n".join(lines) + "\n"
