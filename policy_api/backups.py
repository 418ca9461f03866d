"""Copies of a database: made while it is in use, and brought back with nothing sent twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.console import (
    AppCommand,
    PolicyCommand,
    Ticker,
    dry_run_option,
    emit,
    json_option,
    telling,
)
from policy_api.db.base import db
from policy_api.db.engine import absolute_url, make_engine, sqlite_driver, sqlite_file
from policy_api.db.migrate import upgrade
from policy_api.db.readiness import damages
from policy_api.db.tx import writing
from policy_api.domain.proof.chain import Checkpoint
from policy_api.domain.proof.history import Progress, silent
from policy_api.errors import BrokenProof, Conflict, NotFound, Refused
from policy_api.ledger import queries
from policy_api.notification.fence import raise_fence
from policy_api.publishing.verifying import verify_database
from policy_api.settings import Settings, load_settings

_PAGES = 1000
"""Copied at a time, so that writers never wait for long."""


class NotACopy(Refused):
    """A file cannot be brought back: it is damaged, or no database of this program."""

    slug, title = "not-a-copy", "The copy cannot be used"


class NoFile(Refused):
    """The database is a server's, which brings its own program for copies."""

    slug, title = "no-database-file", "The database is no file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restored database holds."""

    releases: int
    chain_head: str | None
    parked: int
    """Deliveries that were under way when the copy was made."""


def back_up(engine: Engine, target: Path) -> None:
    """Copy a SQLite database as it is at one moment, whoever writes meanwhile.

    :raises NoFile: For another database.
    :raises Conflict: If something is there already.
    """
    if sqlite_file(engine.url) is None:
        raise NoFile("pg_dump and pg_basebackup make copies of a PostgreSQL database.")
    if target.exists():
        raise Conflict(f"There is something at {target} already.")
    with _unfinished(target) as file, closing(engine.raw_connection()) as source:
        driver: Any = source.driver_connection
        with closing(sqlite_driver().connect(file)) as copy:
            driver.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()


def restore(
    source: Path,
    target: Path,
    *,
    checkpoint: Checkpoint | None = None,
    progress: Progress = silent,
    keep: bool = True,
) -> Restored:
    """Bring a copy back to where the database was, once it has proved to be whole.

    :param keep: False for a rehearsal: the copy is tried, and nothing takes the place.
    :raises Conflict: If there is a database already.
    :raises NotACopy: If the copy is damaged.
    :raises BrokenProof: If what was published does not fit.
    """
    if target.exists():
        raise Conflict(f"There is a database at {target} already. Move it away first.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _unfinished(target, keep=keep) as file:
        try:
            with (
                closing(
                    sqlite_driver().connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
                ) as copy,
                closing(sqlite_driver().connect(file)) as place,
            ):
                copy.backup(place)
        except sqlite_driver().Error as error:
            raise NotACopy(f"{source.name}: {error}.") from error
        engine = make_engine(f"sqlite:///{file}")
        try:
            return settle(engine, checkpoint=checkpoint, progress=progress)
        finally:
            engine.dispose()


def settle(
    engine: Engine, *, checkpoint: Checkpoint | None = None, progress: Progress = silent
) -> Restored:
    """Check a database that was brought back, migrate it, and keep what may be sent already.

    :raises NotACopy: If it is damaged.
    :raises BrokenProof: If what was published does not fit.
    """
    try:
        broken = damages(engine, thorough=True)
        if broken:
            raise NotACopy("The file is damaged.", damages=broken[:5])
        upgrade(engine)
        with Session(engine) as session:
            found = verify_database(session, checkpoint=checkpoint, progress=progress)
            if found is not None:
                raise BrokenProof(
                    f"{found.place} does not fit.", expected=found.expected, found=found.found
                )
            with writing(session):
                parked = raise_fence(session, now=clock.now())
            head = queries.head(session)
    except DatabaseError as error:
        raise NotACopy(str(error.orig)) from error
    return Restored(
        releases=head.number if head else 0,
        chain_head=head.chain_head if head else None,
        parked=parked,
    )


@contextmanager
def _unfinished(target: Path, *, keep: bool = True) -> Iterator[Path]:
    """Yield a file beside the target, for its owner only; it takes its place if all goes well.

    :param keep: False to throw it away.
    """
    file = target.with_name(f"{target.name}.unfinished")
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield file
        if keep:
            file.replace(target)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


@click.command("backup", cls=AppCommand)
@click.argument("copy", type=click.Path(path_type=Path))
@json_option
def backup_command(copy: Path, *, as_json: bool) -> None:
    """Copy the SQLite database into a new file, while it is in use."""
    back_up(db.engine, copy)
    head = queries.head(db.session())
    answer = {
        "copy": str(copy),
        "releases": head.number if head else 0,
        "chain_head": head.chain_head if head else None,
    }
    text = f"{answer['releases']} releases are in {copy}; the chain head is {answer['chain_head']}."
    emit(answer, text, as_json=as_json)


@click.command("restore", cls=PolicyCommand)
@click.argument("copy", type=click.Path(path_type=Path), required=False)
@click.option("--checkpoint", help="The chain head noted with the copy.")
@dry_run_option
@json_option
def restore_command(
    copy: Path | None, *, checkpoint: str | None, dry_run: bool, as_json: bool
) -> None:
    """Bring a copy back: check it, migrate it, verify it, and send nothing twice.

    COPY takes the place of a SQLite database that is not there any more. Without it, the database
    is one that another program, such as pg_restore, has brought back.
    """
    if dry_run and copy is None:
        raise click.UsageError(
            "Only a COPY can be tried; what is in its place is changed for good."
        )
    settings = load_settings(setting_up=True)
    noted = None if checkpoint is None else Checkpoint(chain_head=checkpoint)
    with Ticker(hidden=as_json) as tick:
        done = _restored(settings, copy, noted, telling(tick), keep=not dry_run)
    answer = {
        "releases": done.releases,
        "chain_head": done.chain_head,
        "parked": done.parked,
        "signing_key": settings.signing_key_file.is_file(),
    }
    lines = [
        f"{done.releases} releases {'would be' if dry_run else 'are'} back, and everything fits."
    ]
    if done.parked:
        lines.append(f"{done.parked} deliveries are parked; they may have been sent before.")
    if not answer["signing_key"]:
        lines.append(f"There is no signing key at {settings.signing_key_file}; bring it back too.")
    emit(answer, lines, as_json=as_json)


def _restored(
    settings: Settings,
    copy: Path | None,
    noted: Checkpoint | None,
    progress: Progress,
    *,
    keep: bool,
) -> Restored:
    file = sqlite_file(absolute_url(settings.database_url))
    if copy is not None:
        if file is None:
            raise NoFile(
                "Bring a PostgreSQL database back with pg_restore, then call this without COPY."
            )
        if not copy.is_file():
            raise NotFound(f"There is no file {copy}.")
        return restore(copy, file, checkpoint=noted, progress=progress, keep=keep)
    if file is not None and not file.exists():
        raise NotFound(f"There is no database at {file}. Name the copy.")
    engine = make_engine(make_url(settings.database_url))
    try:
        return settle(engine, checkpoint=noted, progress=progress)
    finally:
        engine.dispose()
