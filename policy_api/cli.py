"""The command line: ``policy-api``, one command per thing an operator or author does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from policy_api import __version__, clock
from policy_api.access.commands import audit_command, token_group
from policy_api.app import create_app
from policy_api.backups import backup_command, restore_command
from policy_api.console import PolicyCommand, Ticker, dry_run_option, emit, json_option, telling
from policy_api.db.base import db
from policy_api.db.engine import absolute_url, make_engine, sqlite_file
from policy_api.db.migrate import current, head, upgrade
from policy_api.db.tx import writing
from policy_api.domain.proof.signing import Signer
from policy_api.drafts.commands import export_command, import_command
from policy_api.drafts.draft_commands import draft_group
from policy_api.drafts.exchange_commands import COMMANDS as EXCHANGE_COMMANDS
from policy_api.drafts.schema_commands import schema_command
from policy_api.ledger import queries
from policy_api.notification.commands import worker_command
from policy_api.notification.listen_command import listen_command
from policy_api.notification.purge_command import purge_command
from policy_api.notification.subscription_commands import subscriptions_group
from policy_api.notification.webhook_commands import webhooks_group
from policy_api.packing.commands import pack_command
from policy_api.publishing.bringing import bring_history
from policy_api.publishing.commands import (
    check_command,
    diff_command,
    publish_command,
    withdraw_command,
)
from policy_api.publishing.history_file import read_history
from policy_api.publishing.lint_commands import lint_command
from policy_api.publishing.service import Publisher
from policy_api.publishing.verify_commands import verify_command
from policy_api.reading.commands import show_command, sites_command, versions_command
from policy_api.reading.export_commands import export_site_command
from policy_api.resources import data_dir, data_file
from policy_api.settings import Settings, load_settings

GROUP_HELP = "Publish versioned, translated policies for many sites over one API."
PRIVATE = 0o700


@click.command("init", cls=PolicyCommand)
@click.option("--sample", is_flag=True, help="Fill an empty database with the sample policy.")
@click.option(
    "--history",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Fill an empty database with the releases of a history folder.",
)
@dry_run_option
@json_option
def init_command(*, sample: bool, history: Path | None, dry_run: bool, as_json: bool) -> None:
    """Make the data directory, the signing key and the tables. Can be repeated."""
    settings = load_settings(setting_up=True)
    folder = data_dir("sample") if sample else history
    if dry_run:
        _rehearse(settings, folder, as_json=as_json)
        return
    settings.data_dir.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    signer = Signer.load_or_create(settings.signing_key_file)
    app = create_app(settings)
    with app.app_context():
        upgrade(db.engine)
        with Ticker(hidden=as_json) as tick:
            publisher = Publisher(actor="init", signer=signer)
            releases = _filled(folder, publisher, telling(tick)) if folder else 0
    answer = {
        "data_dir": str(settings.data_dir),
        "key_id": signer.public_key.key_id,
        "releases": releases,
    }
    lines = [f"Ready: data in {settings.data_dir}, signing key {signer.public_key.key_id}."]
    if releases:
        lines.append(f"Published {releases} releases.")
    emit(answer, lines, as_json=as_json)


def _rehearse(settings: Settings, folder: Path | None, *, as_json: bool) -> None:
    """Say what is there, and what would be made."""
    revision, releases = _present(settings)
    key_file = settings.signing_key_file
    key_id = Signer.load(key_file).public_key.key_id if key_file.exists() else None
    steps = 0 if folder is None or releases else len(list(read_history(folder, now=clock.now())))
    made = {
        "the data directory": not settings.data_dir.is_dir(),
        "a signing key": key_id is None,
        "the tables": revision != head(),
        f"{steps} releases": steps > 0,
    }
    missing = [name for name, is_missing in made.items() if is_missing]
    answer = {"data_dir": str(settings.data_dir), "key_id": key_id, "releases": steps}
    text = f"Would be made: {', '.join(missing)}." if missing else "Everything is there."
    emit(answer, text, as_json=as_json)


def _present(settings: Settings) -> tuple[str | None, int]:
    """Return what migration a database is at, and how many releases it holds."""
    url = absolute_url(settings.database_url)
    file = sqlite_file(url)
    if file is not None and not file.exists():
        # To connect would be to make it.
        return None, 0
    engine = make_engine(url)
    try:
        with Session(engine) as session:
            revision = current(session.connection())
            return revision, 0 if revision is None else queries.head_number(session)
    finally:
        engine.dispose()


def _filled(folder: Path, publisher: Publisher, progress: Callable[[int], object]) -> int:
    """Publish a history, unless there is one, and return the number of its releases."""
    count = 0
    with writing() as session:
        if queries.head_number(session):
            return 0
        now = clock.now()
        for count, _ in enumerate(bring_history(session, folder, publisher=publisher, now=now), 1):
            progress(count)
    return count


@click.command("serve", cls=PolicyCommand)
def serve_command() -> None:
    """Serve the API with gunicorn, on the address and port of the settings."""
    load_settings()
    config = str(data_file("gunicorn.conf.py"))
    # gunicorn takes this process's place, so that signals reach it.
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", config])  # noqa: S606 -- our own interpreter


@click.group(help=GROUP_HELP)
@click.version_option(__version__, prog_name="policy-api")
@click.pass_context
def main(context: click.Context) -> None:
    """Run a command."""
    # Not Flask's own group: that one also takes commands and applications from elsewhere.
    if context.obj is None:
        context.obj = ScriptInfo(create_app=create_app)


for command in (
    init_command,
    check_command,
    lint_command,
    schema_command,
    import_command,
    export_command,
    draft_group,
    diff_command,
    publish_command,
    withdraw_command,
    sites_command,
    versions_command,
    show_command,
    export_site_command,
    verify_command,
    backup_command,
    restore_command,
    token_group,
    audit_command,
    webhooks_group,
    subscriptions_group,
    listen_command,
    purge_command,
    pack_command,
    *EXCHANGE_COMMANDS,
    serve_command,
    worker_command,
):
    main.add_command(command)
