"""Command of the static export."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app

from policy_api.console import AppCommand, dry_run_option, emit, json_option
from policy_api.reading.export import export
from policy_api.reading.export_bucket import BucketAddress, put_into_bucket
from policy_api.reading.export_tree import Counts


@click.command("export-site", cls=AppCommand)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--site", "sites", multiple=True, help="Only this site; may be given several times.")
@click.option("--to", "target", help="Also put it into a bucket: s3://bucket/prefix.")
@dry_run_option
@json_option
def export_site_command(
    out: Path, *, sites: tuple[str, ...], target: str | None, dry_run: bool, as_json: bool
) -> None:
    """Write everything public as files, to be served by any web server.

    OUT/current is complete at every moment; files that did not change are not written again, nor
    sent to a bucket again.
    """
    if target is not None:
        # Before an hour of work, not after it.
        BucketAddress.parse(target)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's way
    done = export(app, out, sites=sites or None, keep=not dry_run)
    answer: dict[str, object] = {"release": done.release, **asdict(done.counts)}
    lines = [f"{out / 'current'}: release {done.release}, {_told(done.counts)}."]
    if target is not None and not dry_run:
        put = put_into_bucket(out, target)
        answer["bucket"] = asdict(put)
        lines.append(f"{target}: {_told(put)}.")
    emit(answer, lines, as_json=as_json)


def _told(counts: Counts) -> str:
    return ", ".join(f"{number} {name}" for name, number in asdict(counts).items())
