"""The command that packs."""

from __future__ import annotations

import os
from dataclasses import asdict

import click
from flask import current_app

from policy_api.console import AppCommand, emit, json_option
from policy_api.packing.service import Packed, Packer

CALMEST = 19


@click.command("pack", cls=AppCommand)
@json_option
def pack_command(*, as_json: bool) -> None:
    """Compress what is in force as strongly as can be. A worker does this after each release."""
    # Nobody waits for it, and everybody may come first.
    os.nice(CALMEST)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's way
    done = Packer(app).run()
    found = done or Packed()
    line = f"{found.made} packed, {found.kept} were, {found.dropped} dropped."
    text = "There is nothing to pack, or another process is at it." if done is None else line
    emit(asdict(found), text, as_json=as_json)
