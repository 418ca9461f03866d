"""Command of publishing: verify what was published."""

from __future__ import annotations

from pathlib import Path

import click

from policy_api.console import AppCommand, Ticker, emit, json_option, telling
from policy_api.db.base import db
from policy_api.domain.proof.chain import Checkpoint
from policy_api.domain.proof.folder import FolderHistory
from policy_api.domain.proof.verify import verify
from policy_api.errors import BrokenProof
from policy_api.publishing.verifying import verify_database


@click.command("verify", cls=AppCommand)
@click.argument("history", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--checkpoint", help="A chain head noted earlier, from a mail, feed or webhook.")
@json_option
def verify_command(history: Path | None, *, checkpoint: str | None, as_json: bool) -> None:
    """Verify every digest, chain link and signature; names the first thing that does not fit.

    Without an argument the database is verified, with all events that were told of its releases;
    with a folder of `export --history` that folder, offline.
    """
    noted = None if checkpoint is None else Checkpoint(chain_head=checkpoint)
    with Ticker(hidden=as_json) as tick:
        if history is None:
            found = verify_database(db.session(), checkpoint=noted, progress=telling(tick))
        else:
            found = verify(FolderHistory(history), checkpoint=noted, progress=telling(tick))
    if found is not None:
        raise BrokenProof(
            f"{found.place} does not fit.", expected=found.expected, found=found.found
        )
    emit({"verified": True}, "Everything fits.", as_json=as_json)
