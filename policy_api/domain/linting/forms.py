"""A report for people, for programs and for the checks of GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from policy_api.domain.entries.bundle import Locations
from policy_api.domain.labels import N_, phrase
from policy_api.domain.linting.base import Severity, Verdict
from policy_api.domain.linting.findings import Finding, Report

MOST_SITES: Final = 5
"""Sites named in a line for people; the rest are counted."""

# Numbers follow their names, so that no language has to bend a word for them.
SUM: Final = N_(
    "Errors: {error}, warnings: {warning}, hints: {info}, set aside: {waived}. "
    "Rules: {rules}; passed: {passed}, failed: {failed}, without a case: {without}."
)
SET_ASIDE: Final = N_("Set aside by {name}: {reason}")

GITHUB_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a report is written, and where their files are."""

    locale: str = "en"
    locations: Locations | None = None
    folder: str = ""
    """Where the bundle lies, as the reader would open it, with its slash."""

    def file(self, found: Finding) -> str:
        """Return the name of the file to edit."""
        known = self.locations
        inner = f"{found.entry}.yaml" if known is None else known.file(found.entry)
        return f"{self.folder}{inner}"

    def line(self, found: Finding) -> int | None:
        """Return the line in that file, or of what stands around it."""
        return None if self.locations is None else self.locations.line(found.entry, found.pointer)

    def place(self, found: Finding) -> str:
        """Return file and line as editors understand them."""
        line = self.line(found)
        return self.file(found) if line is None else f"{self.file(found)}:{line}"


def text_lines(report: Report, reader: Reader) -> Iterator[str]:
    """Yield a line for each finding, then one that sums up."""
    for found in report.findings:
        where = f"{found.rule}  {reader.place(found)}"
        yield f"{found.severity.value:<8} {where}"
        yield f"         {found.text(reader.locale)} ({found.source}; {_sites(found)})"
        if found.waiver is not None:
            waiver = {"name": found.waiver.name, "reason": found.waiver.reason}
            yield f"         {phrase(SET_ASIDE, reader.locale, **waiver)}"
    yield _sum(report, reader.locale)


def _sites(found: Finding) -> str:
    named = ", ".join(found.sites[:MOST_SITES])
    rest = len(found.sites) - MOST_SITES
    return f"{named}, +{rest}" if rest > 0 else named


def _sum(report: Report, locale: str) -> str:
    rules = Counter(report.verdicts().values())
    numbers = {
        **counted(report),
        "rules": rules.total(),
        "passed": rules[Verdict.PASS],
        "failed": rules[Verdict.FAIL],
        "without": rules[Verdict.NOT_APPLICABLE],
    }
    return phrase(SUM, locale, **{name: str(number) for name, number in numbers.items()})


def counted(report: Report) -> dict[str, int]:
    """Return how many findings there are of each severity, and how many were set aside."""
    levels = dict.fromkeys(("error", "warning", "info", "waived"), 0)
    for found in report.findings:
        levels[found.severity.value if found.counts else "waived"] += 1
    return levels


def report_json(report: Report, reader: Reader) -> dict[str, Any]:
    """Return everything as JSON."""
    return {
        "locale": reader.locale,
        "summary": counted(report),
        "verdicts": {rule: verdict.value for rule, verdict in report.verdicts().items()},
        "findings": [finding_json(found, reader) for found in report.findings],
    }


def finding_json(found: Finding, reader: Reader) -> dict[str, Any]:
    """Return one finding as JSON."""
    waiver = found.waiver
    return {
        "rule": found.rule,
        "severity": found.severity.value,
        "source": found.source,
        "message": found.text(reader.locale),
        "policy": found.policy,
        "sites": list(found.sites),
        "path": found.path,
        "entry": found.entry,
        "pointer": found.pointer,
        "file": reader.file(found),
        "line": reader.line(found),
        "waiver": None if waiver is None else {"reason": waiver.reason, "name": waiver.name},
    }


def github_lines(report: Report, reader: Reader) -> Iterator[str]:
    """Yield a workflow command for each finding that nobody set aside."""
    for found in report.findings:
        if not found.counts:
            continue
        where = {
            "file": reader.file(found),
            "line": reader.line(found),
            "title": f"{found.rule} ({found.source})",
        }
        stated = (f"{name}={_property(value)}" for name, value in where.items() if value)
        message = _escaped(f"{found.text(reader.locale)} ({_sites(found)})")
        yield f"::{GITHUB_LEVELS[found.severity]} {','.join(stated)}::{message}"


def _property(value: object) -> str:
    return _escaped(str(value)).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
