"""Reports: sites gathered, waivers kept on record, four forms."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from typing_extensions import override

from policy_api.domain.entries.bundle import read_bundle
from policy_api.domain.labels import translated_locales
from policy_api.domain.linting.base import (
    LINT_RULES,
    Code,
    Country,
    Flaw,
    Found,
    Language,
    Rule,
    Severity,
    flaw,
    told,
)
from policy_api.domain.linting.findings import Report
from policy_api.domain.linting.forms import Reader, github_lines, report_json, text_lines
from policy_api.domain.linting.runner import lint, packs
from policy_api.domain.linting.sarif import sarif
from policy_api.domain.linting.view import View
from policy_api.domain.planning.release import Waiver
from policy_api.resources import data_dir
from tests.linting.complete import NOW, Situation

SAMPLE = data_dir("sample") / "01-first"
SCHEMA_FILE = "POLICY_API_TEST_SARIF_SCHEMA"
"""Names a copy of the schema that OASIS publishes; ours says less and comes with the tests."""

SCHEMA = os.environ.get(SCHEMA_FILE)
WAIVER = Waiver(rule="PUR-003:tables", reason="Recorded elsewhere", name="Robin")


class EverySection(Rule):
    """Finds something in a text that no format may take for its own marks."""

    id, severity, source = "TST-001", Severity.INFO, "a test"
    title = "Nothing is wrong"

    @override
    def check(self, view: View) -> Found:
        return [flaw(f"sections/{each['key']}", "50 %, a:b,\nc") for each in self._chosen(view)]

    @staticmethod
    def _chosen(view: View) -> tuple[dict[str, Any], ...]:
        return view.effective.sections[:1]


@pytest.fixture(scope="module")
def report() -> Report:
    return lint(read_bundle(SAMPLE).source, now=NOW, waivers=[WAIVER])


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(locations=read_bundle(SAMPLE).locations, folder="content/")


def test_one_finding_names_every_site_that_shows_it(report: Report) -> None:
    (found,) = (each for each in report.findings if each.rule == "CTL-001")

    assert len(found.sites) == 9


def test_a_waiver_counts_below_its_path_only(report: Report) -> None:
    waived = [each for each in report.findings if not each.counts]

    assert {each.rule for each in waived} == {"PUR-003"}
    assert {each.waiver for each in waived} == {WAIVER}
    assert all(each.path.startswith("tables/") for each in waived)


def test_a_report_fails_at_the_severity_that_was_asked_for() -> None:
    only_hints = lint(Situation().source(), now=NOW, rules=[EverySection()])

    assert only_hints.fails(Severity.INFO)
    assert not only_hints.fails(Severity.WARNING)


def test_what_is_set_aside_fails_nothing() -> None:
    waiver = Waiver(rule="TST-001", reason="A test", name="Robin")
    report = lint(Situation().source(), now=NOW, rules=[EverySection()], waivers=[waiver])

    assert len(report.findings) == 1
    assert not report.fails(Severity.INFO)


def test_values_are_told_in_the_reader_s_language() -> None:
    assert told(Code("eu-gdpr:A15"), "de") == "Auskunft"
    assert told(Country("US"), "fr") == "États-Unis"
    assert told(Language("ar"), "es") == "árabe"
    assert told(NOW.date(), "de") == "10. März 2026"
    assert told(("a", Code("eu-gdpr:A17")), "de") == "a und Löschung"
    assert told(3, "de") == "3"


@pytest.mark.parametrize("locale", sorted(translated_locales()))
def test_messages_come_in_every_language_of_the_program(report: Report, locale: str) -> None:
    untranslated = {
        found.rule for found in report.findings if found.text(locale) == found.text("en")
    }

    assert untranslated == set()


def test_people_see_file_line_and_waiver(report: Report, reader: Reader) -> None:
    lines = [*text_lines(report, reader)]

    assert lines[0] == "error    CTL-001  content/organization.yaml:1"
    assert "The organization has no legal name." in lines[1]
    assert "         Set aside by Robin: Recorded elsewhere" in lines
    assert "set aside: 7." in lines[-1]


def test_people_read_the_whole_report_in_their_language(report: Report) -> None:
    lines = [*text_lines(report, Reader(locale="de"))]

    assert "         Zurückgestellt von Robin: Recorded elsewhere" in lines
    assert lines[-1].startswith("Fehler: ")
    assert "zurückgestellt: 7." in lines[-1]


def test_json_tells_everything_about_a_finding(report: Report, reader: Reader) -> None:
    found = next(
        each for each in report_json(report, reader)["findings"] if each["rule"] == "TRF-001"
    )

    assert found == {
        "rule": "TRF-001",
        "severity": "error",
        "source": "GDPR 13(1)(f)",
        "message": "Amazon AWS: no country is stated in which the data is handled.",
        "policy": "privacy",
        "sites": ["main", "plugins"],
        "path": "tables/third-party-services/rows/static-files/locations",
        "entry": "policies/privacy/tables/third-party-services",
        "pointer": "/rows/8/locations",
        "file": "content/policies/privacy/tables/third-party-services.yaml",
        "line": 118,
        "waiver": None,
    }


def test_json_sums_up(report: Report, reader: Reader) -> None:
    answer = report_json(report, reader)

    assert sum(answer["summary"].values()) == len(answer["findings"])
    assert answer["summary"]["waived"] == 7
    assert list(answer["verdicts"]) == [rule.id for rule in LINT_RULES if not rule.pack]


def test_a_workflow_command_escapes_what_would_end_it() -> None:
    report = lint(Situation().source(), now=NOW, rules=[EverySection()])

    (line,) = github_lines(report, Reader(folder="a,b/"))

    assert line == (
        "::notice file=a%2Cb/policies/privacy/sections/about.yaml,title=TST-001 (a test)"
        "::50 %25, a:b,%0Ac (main)"
    )


def test_workflow_commands_leave_out_what_was_set_aside(report: Report, reader: Reader) -> None:
    lines = [*github_lines(report, reader)]

    assert lines[0].startswith("::error file=content/organization.yaml,line=1,title=CTL-001")
    assert not [line for line in lines if "PUR-003" in line]


@pytest.mark.parametrize("locale", ["en", "de-AT", "zh-Hant"])
def test_sarif_has_the_structure_of_the_standard(report: Report, locale: str) -> None:
    reader = Reader(locale=locale, locations=read_bundle(SAMPLE).locations, folder="content dir/")
    schema = json.loads((Path(__file__).parent / "sarif_structure.json").read_text())

    log = sarif(report, reader, version="1.2.3")

    Draft202012Validator(schema).validate(log)
    assert len(log["runs"][0]["results"]) == len(report.findings)


@pytest.mark.skipif(SCHEMA is None, reason=f"{SCHEMA_FILE} names no copy of the SARIF schema")
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_sarif_fits_the_schema_of_the_standard(report: Report, locale: str) -> None:
    schema = json.loads(Path(SCHEMA or "").read_text(encoding="utf-8"))
    reader = Reader(locale=locale, locations=read_bundle(SAMPLE).locations, folder="content dir/")
    everything = lint(read_bundle(SAMPLE).source, now=NOW, packs=packs(), waivers=[WAIVER])

    for each in (report, everything):
        Draft7Validator(schema).validate(sarif(each, reader, version="1.2.3"))


def test_sarif_points_at_file_and_line_and_keeps_waivers(report: Report, reader: Reader) -> None:
    (run,) = sarif(report, reader, version="1.2.3")["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    found = next(each for each in run["results"] if each["ruleId"] == "PUR-003")

    assert rules[found["ruleIndex"]] == "PUR-003"
    assert found["suppressions"] == [
        {"kind": "external", "justification": "Robin: Recorded elsewhere"}
    ]
    assert found["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "content/policies/privacy/tables/third-party-services.yaml"},
        "region": {"startLine": 4},
    }


def test_fingerprints_tell_findings_apart_and_do_not_depend_on_the_reader(
    report: Report, reader: Reader
) -> None:
    (run,) = sarif(report, reader, version="1")["runs"]
    (other,) = sarif(report, Reader(locale="de"), version="2")["runs"]

    prints = [each["partialFingerprints"] for each in run["results"]]

    assert len({json.dumps(each) for each in prints}) == len(prints)
    assert [each["partialFingerprints"] for each in other["results"]] == prints


def test_a_rule_of_a_plugin_runs_like_the_others() -> None:
    report = lint(Situation().source(), now=NOW, rules=[*LINT_RULES, EverySection()])

    assert [found.rule for found in report.findings if found.rule == "TST-001"] == ["TST-001"]


def test_a_flaw_may_say_itself_where_it_is_mended() -> None:
    class Elsewhere(EverySection):
        @override
        def check(self, view: View) -> Found:
            return [Flaw(path="title", message="x", place=("sites/main", "/name"))]

    (found,) = lint(Situation().source(), now=NOW, rules=[Elsewhere()]).findings

    assert (found.entry, found.pointer) == ("sites/main", "/name")
