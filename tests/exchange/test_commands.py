"""The commands: a file goes out, comes back into a draft, and can be published."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.drafts import service
from policy_api.drafts.exchange_commands import COMMANDS
from policy_api.drafts.exchange_draft import put_edits
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from policy_api.settings import Settings
from tests.domain.sources import WELCOME, source
from tests.importing.pages import HTML, TEXT

pytestmark = pytest.mark.sqlite_only

Run = Callable[..., Result]
UNIT = "sections/welcome/blocks/intro/markdown"


@pytest.fixture
def run(app: Flask, settings: Settings, now: Any) -> Run:  # noqa: ANN401 -- a datetime
    """Publish the small source and return a function that runs one of the commands."""
    signer = Signer.load_or_create(settings.signing_key_file)
    with app.app_context(), writing() as session:
        publish(
            session,
            source=source(),
            base=queries.head_number(session),
            announcement=Announcement(),
            publisher=Publisher(actor="editor", signer=signer),
            now=now,
        )
    named = {command.name: command for command in COMMANDS}

    def invoked(name: str, *arguments: object, **options: Any) -> Result:  # noqa: ANN401 -- click's own
        info = ScriptInfo(create_app=lambda: app)
        return CliRunner().invoke(named[name], [str(a) for a in arguments], obj=info, **options)

    return invoked


def answered(result: Result, code: int = 0) -> Any:  # noqa: ANN401 -- JSON
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def drafted(app: Flask, number: int) -> Source:
    with app.app_context():
        session = db.session()
        return service.source_of(session, service.open_draft_by_id(session, str(number)))


@pytest.mark.parametrize("format_", ["xliff", "xliff-1.2", "po"])
def test_translations_go_out_and_come_back_into_a_draft(
    run: Run, app: Flask, tmp_path: Path, format_: str
) -> None:
    file = tmp_path / "texts"
    answered(run("export-translations", file, "--locale", "de", "--format", format_, "--json"))
    file.write_text(file.read_text(encoding="utf-8").replace("Willkommen", "Grüß Gott"))

    answer = answered(run("import-translations", file, "--json"))

    assert answer["accepted"] == ["sections/welcome/heading"]
    assert answer["refused"] == []
    entry = drafted(app, answer["draft"]).entries["policies/privacy/locales/de/sections/welcome"]
    assert entry["units"]["heading"]["text"] == "Grüß Gott"


def test_a_refused_unit_is_told_and_the_others_are_taken(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "texts.po"
    run("export-translations", file, "--locale", "de", "--format", "po")
    text = file.read_text(encoding="utf-8")
    text = text.replace("auf {site.name}", "bei uns").replace("Willkommen", "Hallo")
    file.write_text(text, encoding="utf-8")

    result = run("import-translations", file)

    assert result.exit_code == 1
    assert f"{UNIT}: The placeholder {{site.name}} is gone. (placeholder)" in result.output
    assert "1 taken" in result.output
    assert "policy-api publish --draft 1" in result.output


def test_an_untouched_file_opens_no_draft(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "texts.xlf"
    run("export-translations", file, "--locale", "de")

    assert answered(run("import-translations", file, "--json"))["draft"] is None


def test_a_file_can_go_to_standard_output(run: Run) -> None:
    result = run("export-translations", "-", "--locale", "de", "--only", "missing")

    assert result.exit_code == 0
    assert result.stdout.startswith("<?xml")
    assert "sections/contact/heading" in result.stdout
    assert "Willkommen" not in result.stdout


def test_a_bad_file_is_a_problem_with_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.xlf"
    file.write_text("<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/'><xliff/>")

    result = run("import-translations", file)

    assert result.exit_code == 1
    assert "document type" in result.stderr


def test_progress_is_a_table_of_locales(run: Run) -> None:
    result = run("translation-progress")

    assert result.stdout.splitlines()[0].startswith("locale  units")
    assert answered(run("translation-progress", "--json"))[0]["missing"] == 1


def test_an_editorial_change_carries_translations_in_its_draft(run: Run, app: Flask) -> None:
    draft = _with_welcome(app, f"{WELCOME} Really.")

    answer = answered(run("carry-translations", "--draft", draft, "--json"))

    assert answer["carried"] == [{"locale": "de", "unit": UNIT}]
    entry = drafted(app, draft).entries["policies/privacy/locales/de/sections/welcome"]
    assert entry["units"]["blocks/intro/markdown"]["origin"] == "carried"


def _with_welcome(app: Flask, text: str) -> int:
    path = "policies/privacy/sections/welcome"
    with app.app_context(), writing() as session:
        entry = source().entries[path]
        changed = {**entry, "blocks": [{**entry["blocks"][0], "markdown": text}]}
        number = put_edits(session, {path: changed}, draft=None, title="Words", by="editor")
    assert number is not None
    return number


def test_a_pseudo_locale_is_given_to_every_site(run: Run, app: Flask) -> None:
    answer = answered(run("pseudo-translations", "--locale", "en-XA", "--json"))

    after = drafted(app, answer["draft"])
    assert all("en-XA" in after.entries[f"sites/{site}"]["locales"] for site in after.sites())
    assert "policies/privacy/locales/en-XA/overlays/main" not in after


def test_a_page_becomes_a_bundle_with_a_report(run: Run, tmp_path: Path) -> None:
    out, report = tmp_path / "bundle", tmp_path / "report.json"

    result = run("import-page", "-", "--out", out, "--report", report, input=HTML)

    assert result.exit_code == 0
    assert "(100 %)" in result.stdout
    assert (out / "policies" / "privacy.yaml").exists()
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["count"]["percent"] == 100
    assert {note["kind"] for note in told["notes"]} >= {"guessed", "not_placed", "left_out"}


def test_a_page_is_counted_in_a_bundle(run: Run, tmp_path: Path) -> None:
    page, out = tmp_path / "page.txt", tmp_path / "bundle"
    page.write_text(TEXT, encoding="utf-8")
    run("import-page", page, "--out", out)

    whole = run("import-page", "--count", page, out)
    section = out / "policies" / "privacy" / "sections" / "how-long.yaml"
    section.write_text(section.read_text(encoding="utf-8").replace("ten years", "two years"))
    less = answered(run("import-page", "--count", page, out, "--json"), 1)

    assert whole.exit_code == 0
    assert "(100 %)" in whole.stdout
    assert [each["what"] for each in less["missing"]] == ["sentence"]


def test_import_page_says_what_it_needs(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(TEXT, encoding="utf-8")

    assert "--out DIR" in run("import-page", page).output
    assert "--count PAGE BUNDLE" in run("import-page", "--count", page).output
    assert "range of lines" in run("import-page", page, "--out", "x", "--drop-lines", "a").output


def test_recipients_go_to_a_draft_or_to_a_folder(run: Run, app: Flask, tmp_path: Path) -> None:
    file, out = tmp_path / "list.csv", tmp_path / "bundle"
    file.write_text("Who,Purpose\nParcel Co,Sends parcels\n", encoding="utf-8")

    answer = answered(
        run("import-recipients", file, "--map", "Who=recipient", "--table", "services", "--json")
    )
    folder = run("import-recipients", file, "--map", "Who=recipient", "--out", out)

    assert "recipients/parcel-co" in drafted(app, answer["draft"])
    assert folder.exit_code == 0
    assert (out / "recipients" / "parcel-co.yaml").exists()
    assert "Name a table with --table." in folder.stdout
