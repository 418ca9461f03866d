"""A report as SARIF 2.1.0, which code hosts and editors show beside the lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from policy_api.domain.linting.base import LINT_RULES, Rule, Severity
from policy_api.domain.linting.findings import Finding, Report
from policy_api.domain.linting.forms import Reader

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
FINGERPRINT: Final = "policyFinding/v1"
_PLAIN_LANGUAGE = re.compile(r"[a-zA-Z]{2}(?:-[a-zA-Z]{2})?")


def sarif(
    report: Report, reader: Reader, *, version: str, rules: Iterable[Rule] | None = None
) -> dict[str, Any]:
    """Return a report as a SARIF log.

    :param version: Of the program.
    :param rules: Those that were run. Default: all registered ones that gave a verdict.
    """
    ran = report.verdicts()
    known = [rule for rule in rules or LINT_RULES if rule.id in ran]
    index = {rule.id: place for place, rule in enumerate(known)}
    language = {"language": reader.locale} if _PLAIN_LANGUAGE.fullmatch(reader.locale) else {}
    run = {
        "tool": {
            "driver": {
                "name": "policy-api lint",
                "semanticVersion": version,
                "rules": [_descriptor(rule) for rule in known],
            }
        },
        **language,
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, reader, index) for found in report.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(rule: Rule) -> dict[str, Any]:
    tags = ["privacy", *([rule.pack] if rule.pack else [])]
    return {
        "id": rule.id,
        "name": type(rule).__name__,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title} ({rule.source})."},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": tags},
    }


def _result(found: Finding, reader: Reader, index: dict[str, int]) -> dict[str, Any]:
    placed = {"ruleIndex": index[found.rule]} if found.rule in index else {}
    waiver = found.waiver
    suppressions = (
        []
        if waiver is None
        else [{"kind": "external", "justification": f"{waiver.name}: {waiver.reason}"}]
    )
    return {
        "ruleId": found.rule,
        **placed,
        "level": LEVELS[found.severity],
        "message": {"text": found.text(reader.locale)},
        "locations": [_location(found, reader)],
        "partialFingerprints": {FINGERPRINT: _fingerprint(found)},
        "suppressions": suppressions,
        "properties": {"policy": found.policy, "sites": list(found.sites), "source": found.source},
    }


def _location(found: Finding, reader: Reader) -> dict[str, Any]:
    line = reader.line(found)
    region = {} if line is None else {"region": {"startLine": line}}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(reader.file(found))},
            **region,
        },
        "logicalLocations": [{"fullyQualifiedName": f"{found.policy}/{found.path}"}],
    }


def _fingerprint(found: Finding) -> str:
    """Return what stays the same while lines move and readers change."""
    said = "\n".join((found.rule, found.policy, found.path, found.text("en")))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
