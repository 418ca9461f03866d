"""How long data is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from policy_api.domain.blocks.base import (
    Block,
    BlockKind,
    BlockSchema,
    Comparison,
    Reference,
    Scene,
    Unit,
)
from policy_api.domain.content.fields import Code, Key, Line
from policy_api.domain.content.limits import ITEMS
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.content.web_fields import Period


class RuleSchema(ContentSchema):
    """One rule."""

    key = Key(required=True)
    """Name of the rule; never used again for another one."""

    applies_to = Line(required=True)
    """What is kept; translated."""

    kind = Code(Scheme.DURATION)
    """Kind of period, such as until an event."""

    duration = Period()
    """How long."""

    until = Line()
    """Event that ends it; translated."""


class RetentionSchema(BlockSchema):
    """A list of rules."""

    rules = Several(fields.Nested(RuleSchema), most=ITEMS, fewest=1, required=True)
    """Rules in order."""


class RetentionKind(BlockKind):
    """How long data is kept."""

    kind = "retention"
    schema = RetentionSchema
    comparison = Comparison(
        items="rules",
        noun="retention",
        aspects=dict.fromkeys(("applies_to", "kind", "duration", "until"), "retention.changed"),
        added="retention.changed",
        removed="retention.changed",
        whole="retention.changed",
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the texts of every rule."""
        for rule in block["rules"]:
            for name in ("applies_to", "until"):
                if name in rule:
                    yield Unit(path=f"rules/{rule['key']}/{name}", text=rule[name])

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:  # noqa: ARG002
        """Yield nothing: a rule says in words what it applies to."""
        yield from ()

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the rules with labels for kinds and periods."""
        return {
            "rules": [
                {
                    "key": rule["key"],
                    "applies_to": rule["applies_to"],
                    "kind": scene.coded(rule.get("kind")),
                    "duration": scene.period(rule.get("duration")),
                    "until": rule.get("until"),
                }
                for rule in block["rules"]
            ]
        }
