"""The lint command, as somebody types it or a pipeline runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_api.domain.entries.bundle import write_bundle
from policy_api.publishing.lint_commands import lint_command
from policy_api.resources import data_dir
from tests.linting.complete import Situation

SAMPLE = str(data_dir("sample") / "01-first")


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a bundle in which nothing is wrong."""
    folder = tmp_path_factory.mktemp("lint") / "bundle"
    write_bundle(Situation().source(), folder)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(lint_command, [str(each) for each in arguments])


def test_nothing_wrong_is_success(complete: Path) -> None:
    result = run(complete, "--fail-on", "info")

    assert result.exit_code == 0
    assert result.output.startswith("Errors: 0, warnings: 0, hints: 0, set aside: 0.")


def test_an_error_fails() -> None:
    result = run(SAMPLE)

    assert result.exit_code == 1
    assert "organization.yaml:1" in result.output


def test_a_lighter_limit_fails_earlier(complete: Path, tmp_path: Path) -> None:
    situation = Situation()
    situation.entries["recipients/payer"]["name"] = "Payer and Saver"
    write_bundle(situation.source(), tmp_path / "bundle")

    assert run(tmp_path / "bundle").exit_code == 0
    assert run(tmp_path / "bundle", "--fail-on", "warning").exit_code == 0
    assert run(tmp_path / "bundle", "--fail-on", "info").exit_code == 1


def test_a_pack_is_run_when_it_is_named(complete: Path) -> None:
    assert "UK-00" not in run(SAMPLE).output
    assert "UK-001" in run(SAMPLE, "--pack", "gb").output


def test_one_site_can_be_asked_for() -> None:
    answer = json.loads(run(SAMPLE, "--site", "demo", "--format", "json").output)

    assert {site for found in answer["findings"] for site in found["sites"]} == {"demo"}


@pytest.mark.parametrize("form", [("--json",), ("--format", "json")])
def test_json_has_two_spellings(form: tuple[str, ...], complete: Path) -> None:
    answer = json.loads(run(complete, *form).output)

    assert answer["findings"] == []


def test_a_waiver_needs_a_reason_and_lets_a_rule_pass() -> None:
    refused = run(SAMPLE, "--waive", "CTL-001")
    answer = json.loads(
        run(SAMPLE, "--waive", "CTL-001=A project has none", "--by", "Robin", "--json").output
    )

    assert refused.exit_code == 2
    assert answer["findings"][0]["waiver"] == {"reason": "A project has none", "name": "Robin"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--pack", "mars"), "known: us-ca, br, gb, ch, processor"),
        (("--site", "moon"), "There is no site 'moon'"),
        (("--waive", "NIL-001=why not"), "There is no rule 'NIL-001'"),
        (("--locale", "not a language"), "not a language"),
    ],
)
def test_a_name_that_is_not_known_is_refused(arguments: tuple[str, ...], said: str) -> None:
    result = run(SAMPLE, *arguments)

    assert result.exit_code == 2
    assert said in result.output


def test_messages_come_in_the_language_asked_for() -> None:
    assert "Die Organisation" in run(SAMPLE, "--locale", "de").output


def test_files_are_named_as_they_can_be_opened_from_here(
    complete: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(complete.parent)
    situation = Situation()
    del situation.organization["legal_name"]
    write_bundle(situation.source(), tmp_path / "inside")
    (complete.parent / "link").symlink_to(tmp_path / "inside")

    result = run("link", "--format", "github")

    assert result.output.startswith("::error file=link/organization.yaml,line=1,")


def test_a_zip_is_read_as_well(tmp_path: Path) -> None:
    write_bundle(Situation().source(), tmp_path / "bundle.zip")

    (driver,) = (
        each["tool"]["driver"]
        for each in json.loads(run(tmp_path / "bundle.zip", "--format", "sarif").output)["runs"]
    )

    assert driver["name"] == "policy-api lint"


def test_what_does_not_fit_together_is_told_before_any_rule_runs(tmp_path: Path) -> None:
    situation = Situation()
    write_bundle(situation.source().replace({"recipients/payer": None}), tmp_path / "bundle")

    result = run(tmp_path / "bundle")

    assert result.exit_code == 1
    assert "payer" in result.output
    assert "CTL-" not in result.output
