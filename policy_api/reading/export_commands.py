"""Command of the static export."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from policy_api.console import AppCommand, emit, json_option
from policy_api.reading.export import export


@click.command("export-site", cls=AppCommand)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--site", "sites", multiple=True, help="Only this site; may be given several times.")
@json_option
def export_site_command(out: Path, *, sites: tuple[str, ...], as_json: bool) -> None:
    """Write everything public as files, to be served by any web server.

    OUT/current is complete at every moment; files that did not change are not written again.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's way
    done = export(app, out, sites=sites or None)
    counts = {
        "written": done.counts.written,
        "unchanged": done.counts.unchanged,
        "removed": done.counts.removed,
    }
    told = ", ".join(f"{number} {name}" for name, number in counts.items())
    emit(
        {"release": done.release, **counts},
        f"{out / 'current'}: release {done.release}, {told}.",
        as_json=as_json,
    )
