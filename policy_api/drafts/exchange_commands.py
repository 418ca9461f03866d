"""Commands of translation: hand work out, take it back, see how far it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from policy_api.console import AppCommand, dry_run_option, emit, json_option, table
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.content.source import Entry, Source
from policy_api.domain.translation.exchange import (
    EXCHANGE_BYTES,
    Format,
    Received,
    export_units,
    receive,
)
from policy_api.domain.translation.progress import progress
from policy_api.domain.translation.pseudo import ACCENTED, BIDIRECTIONAL, pseudo_entries
from policy_api.domain.translation.units import State
from policy_api.domain.translation.units_carry import carry
from policy_api.drafts import service
from policy_api.drafts.exchange_draft import (
    by_option,
    draft_option,
    policy_option,
    put_edits,
    released,
    source_of,
)
from policy_api.drafts.importing_commands import import_page_command, import_recipients_command

FORMATS = [format_.value for format_ in Format]


@click.command("export-translations", cls=AppCommand)
@click.argument("out", type=click.Path(path_type=Path, allow_dash=True))
@policy_option
@click.option("--locale", required=True, help="Locale to translate into.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="xliff", show_default=True)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([state.value for state in State]),
    help="Only units in this state; outdated ones count as missing. Repeatable.",
)
@draft_option
@json_option
def export_translations_command(
    out: Path,
    *,
    policy: str,
    locale: str,
    format_: str,
    only: tuple[str, ...],
    draft: str | None,
    as_json: bool,
) -> None:
    """Write a policy's texts for translators: XLIFF 2.1, XLIFF 1.2 or PO. OUT may be -."""
    source = source_of(db.session(), draft)
    states = {State(each) for each in only} or None
    raw = export_units(source, policy, locale=locale, format=Format(format_), only=states)
    if str(out) == "-":
        click.echo(raw, nl=False)
        return
    out.write_bytes(raw)
    answer = {"out": str(out), "bytes": len(raw), "format": format_, "locale": locale}
    emit(answer, f"{out}: {policy} in {locale} as {format_}.", as_json=as_json)


@click.command("import-translations", cls=AppCommand)
@click.argument("file", type=click.File("rb"))
@click.option("--policy", default="", help="Default: what the file says.")
@click.option("--locale", default="", help="Default: what the file says.")
@click.option(
    "--highest",
    type=click.Choice(["draft", "translated", "approved"]),
    default="approved",
    show_default=True,
    help="State that no unit gets beyond.",
)
@click.option(
    "--origin", type=click.Choice(["human", "machine"]), default="human", show_default=True
)
@click.option("--draft", help="Draft to write to; default: a new one.")
@by_option
@dry_run_option
@json_option
def import_translations_command(file: Any, **given: Any) -> None:  # noqa: ANN401 -- a stream
    """Take translations back into a draft. Refused units are listed with their reason."""
    raw = file.read(EXCHANGE_BYTES + 1)
    with writing(keep=not given["dry_run"]) as session:
        received = receive(
            source_of(session, given["draft"]),
            raw,
            policy=given["policy"],
            locale=given["locale"],
            highest=State(given["highest"]),
            origin=given["origin"],
        )
        title = f"Translations of {received.policy} in {received.locale}"
        draft = put_edits(
            session, received.edits, draft=given["draft"], title=title, by=given["by"]
        )
    answer = {"draft": draft, **received.to_json()}
    told = _told(received, None if given["dry_run"] else draft)
    emit(answer, told, as_json=given["as_json"])
    if received.refused:
        sys.exit(1)


def _told(received: Received, draft: int | None) -> list[str]:
    counted = (
        f"{received.policy} in {received.locale}: {len(received.accepted)} taken,"
        f" {len(received.unchanged)} unchanged, {len(received.untranslated)} not translated,"
        f" {len(received.refused)} refused."
    )
    lines = [counted]
    lines += [f"  {each.unit}: {each.detail} ({each.reason})" for each in received.refused]
    if draft is not None:
        lines.append(f"Publish it with: policy-api publish --draft {draft}")
    return lines


@click.command("translation-progress", cls=AppCommand)
@policy_option
@draft_option
@json_option
def progress_command(*, policy: str, draft: str | None, as_json: bool) -> None:
    """Say how far each locale of a policy is."""
    found = [each.to_json() for each in progress(source_of(db.session(), draft), policy)]
    shown = ["locale", "units", "approved", "translated", "draft", "outdated", "missing", "words"]
    emit(found, table(found, [*shown, "completeness"]), as_json=as_json)


@click.command("carry-translations", cls=AppCommand)
@policy_option
@click.option("--draft", required=True, help="Draft with the changed source texts.")
@click.option("--unit", "units", multiple=True, help="Only this text. Repeatable.")
@click.option("--locale", "locales", multiple=True, help="Only this locale. Repeatable.")
@by_option
@dry_run_option
@json_option
def carry_translations_command(
    *,
    policy: str,
    draft: str,
    units: tuple[str, ...],
    locales: tuple[str, ...],
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Keep translations current where a draft changed the source's wording but not its sense."""
    with writing(keep=not dry_run) as session:
        row = service.open_draft_by_id(session, draft)
        done = carry(
            released(session, row.base_release),
            service.source_of(session, row),
            policy=policy,
            units=set(units) or None,
            locales=list(locales) or None,
        )
        put_edits(session, done.edits, draft=draft, title="", by=by)
    answer = {"draft": int(draft), **done.to_json()}
    lines = [f"{len(done.carried)} translations carried over, {len(done.left)} left."]
    lines += [f"  {locale} {unit}: {why}" for locale, unit, why in done.left]
    emit(answer, lines, as_json=as_json)


@click.command("pseudo-translations", cls=AppCommand)
@policy_option
@click.option("--locale", type=click.Choice([ACCENTED, BIDIRECTIONAL]), required=True)
@click.option("--draft", help="Draft to write to; default: a new one.")
@by_option
@dry_run_option
@json_option
def pseudo_translations_command(
    *, policy: str, locale: str, draft: str | None, by: str, dry_run: bool, as_json: bool
) -> None:
    """Make up translations that show where a frontend breaks, and give the sites their locale."""
    with writing(keep=not dry_run) as session:
        source = source_of(session, draft)
        edits = pseudo_entries(source, policy, locale) | _with_locale(source, policy, locale)
        title = f"Pseudo-locale {locale}"
        number = put_edits(session, edits, draft=draft, title=title, by=by)
    lines = [f"Draft {number}: {policy} in {locale}, {len(edits)} entries."]
    emit({"draft": number, "entries": list(edits)}, lines, as_json=as_json)


def _with_locale(source: Source, policy: str, locale: str) -> dict[str, Entry]:
    """Return the sites that have a policy with one more locale."""
    entries = {path: source.entries[path] for path in source.paths("sites/")}
    return {
        path: {**entry, "locales": [*entry["locales"], locale]}
        for path, entry in entries.items()
        if policy in entry.get("policies", source.policies()) and locale not in entry["locales"]
    }


COMMANDS = (
    export_translations_command,
    import_translations_command,
    progress_command,
    carry_translations_command,
    pseudo_translations_command,
    import_page_command,
    import_recipients_command,
)
"""What the command line adds from here."""
