"""Commands of publishing: check, diff, publish, withdraw."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access.listing import MAX_NUMBER
from policy_api.access.principal import Actor
from policy_api.console import FAILED, AppCommand, Ticker, dry_run_option, emit, json_option, table
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.entries.bundle import in_order, read_bundle
from policy_api.domain.planning.release import Announcement, PlannedVersion
from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.proof.records import VersionRecord
from policy_api.domain.proof.signing import Signer
from policy_api.drafts import service as drafts
from policy_api.drafts.queries import DraftRow
from policy_api.drafts.rebase import on_newest
from policy_api.drafts.stamping import stamp
from policy_api.errors import NotFound, NothingToPublish
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow
from policy_api.plugins import ContentCommand
from policy_api.publishing import service
from policy_api.publishing.checking import check
from policy_api.publishing.gate import GateClosed
from policy_api.publishing.options import (
    announcement_of,
    announcement_options,
    text_options,
    texts_of,
)
from policy_api.publishing.releasing import (
    Release,
    note_release,
    release_through_gate,
    review_lacks,
)
from policy_api.publishing.service import Progress, Published, Publisher
from policy_api.publishing.withdrawing import withdraw
from policy_api.web.state import state

BUNDLE = click.Path(exists=True, path_type=Path)
draft_option = click.option(
    "--draft", "draft_id", metavar="ID", help="A draft in the place of a bundle."
)
VERSION_COLUMNS = ("site", "policy", "version", "significance", "effective_at", "changes")


@click.command("check", cls=ContentCommand)
@click.argument("bundle", type=BUNDLE)
@json_option
def check_command(bundle: Path, *, as_json: bool) -> None:
    """Check a bundle: every file, every site, every locale. Changes nothing."""
    read = read_bundle(bundle)
    found = check(read.source)
    placed = in_order(map(read.locations.placed, found.problems))
    problems = [str(problem) for problem in placed]
    stale = [
        f"{read.locations.file(item.path)}:{read.locations.line(item.path, item.pointer)}: "
        f"the text below {item.target} changed"
        for item in found.stale
    ]
    rows = [asdict(row) for row in found.coverage]
    answer = {
        "problems": [_without_empty(asdict(problem)) for problem in placed],
        "stale_overrides": [asdict(item) for item in found.stale],
        "coverage": rows,
    }
    columns = ("site", "policy", "locale", "units", "current", "outdated", "fallback")
    text = problems or [*stale, table(rows, columns), "The bundle can be published."]
    emit(answer, text, as_json=as_json)
    if problems:
        click.get_current_context().exit(FAILED)


@click.command("diff", cls=AppCommand)
@click.argument("bundle", type=BUNDLE, required=False)
@draft_option
@announcement_options
@json_option
def diff_command(
    bundle: Path | None,
    *,
    draft_id: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 -- click hands them over
) -> None:
    """Show what publishing a bundle or a draft would change, on every site. Changes nothing."""
    session = db.session()
    work = _work(session, _read(bundle, draft_id), draft_id, base=None, is_look=True)
    told = _announcement(work.source, options)
    try:
        plan = service.plan(session, source=work.source, announcement=told, now=clock.now())
    except NothingToPublish:
        answer: dict[str, Any] = {"release": None, "significance": None, "effective_at": None}
        emit(answer | {"versions": []}, "Nothing would change.", as_json=as_json)
        return
    _emit_planned(
        {
            "release": plan.number,
            "significance": plan.significance.value,
            "effective_at": instant_text(plan.effective_at),
            "versions": [_planned_json(version) for version in plan.versions],
        },
        as_json=as_json,
    )


@click.command("publish", cls=AppCommand)
@click.argument("bundle", type=BUNDLE, required=False)
@draft_option
@click.option(
    "--base",
    type=click.IntRange(0, MAX_NUMBER),
    help="Release the bundle was edited on. Default: the newest.",
)
@dry_run_option
@announcement_options
@json_option
def publish_command(
    bundle: Path | None,
    *,
    draft_id: str | None,
    base: int | None,
    dry_run: bool,
    as_json: bool,
    **options: Any,  # noqa: ANN401 -- click hands them over
) -> None:
    """Publish a bundle or a draft as a release, for all sites at once."""
    read = _read(bundle, draft_id)
    with writing(keep=not dry_run) as session, Ticker(hidden=as_json or dry_run) as tick:
        work = _work(session, read, draft_id, base=base)
        progress = _counting(tick)
        done = _released(session, work, options, as_json=as_json, progress=progress)
    if dry_run:
        _emit_planned(_rehearsed(done), as_json=as_json)
        return
    _emit_published(done, as_json=as_json)


@click.command("withdraw", cls=AppCommand)
@click.argument("release", type=click.IntRange(1, MAX_NUMBER))
@dry_run_option
@text_options
@json_option
def withdraw_command(
    release: int,
    *,
    dry_run: bool,
    as_json: bool,
    **options: Any,  # noqa: ANN401 -- click hands them over
) -> None:
    """Take an announced release back before it takes effect."""
    now = clock.now()
    publisher = Publisher(actor=options["by"], signer=_signer())
    with writing(keep=not dry_run) as session:
        title, summary = texts_of(options, source_locale=_source_locale(_newest(session)))
        taken = queries.versions_announced_by(session, release=release, after=now)
        done = withdraw(
            session, release=release, title=title, summary=summary, publisher=publisher, now=now
        )
        by = Actor.at_console(options["by"])
        note_release(session, done, withdrawn=release, by=by, now=now)
    rows = [_taken_row(version) for version in taken]
    answer = {
        "release": done.release,
        "withdraws": release,
        "published_at": instant_text(done.published_at),
        "chain_head": done.chain_head,
        "versions": rows,
    }
    verb = "would be" if dry_run else "is"
    head = f"Release {release} {verb} withdrawn by release {done.release}."
    emit(answer, [head, table(rows, VERSION_COLUMNS)], as_json=as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is to be published."""

    source: Source
    base: int
    draft: DraftRow | None = None


def _read(bundle: Path | None, draft_id: str | None) -> Source | None:
    """Return the source of a bundle, or None if a draft is named."""
    if (bundle is None) == (draft_id is None):
        raise click.UsageError("Name a bundle, or a draft with --draft.")
    return None if bundle is None else read_bundle(bundle).source


def _work(
    session: Session,
    read: Source | None,
    draft_id: str | None,
    *,
    base: int | None,
    is_look: bool = False,
) -> _Work:
    """Return the source to publish and the release it was edited on.

    :param is_look: Whether it is only to be looked at; then a draft is seen on the newest release.
    """
    if read is not None:
        edited_on = queries.head_number(session) if base is None else base
        return _Work(source=_stamped(session, read), base=edited_on)
    if base is not None:
        raise click.UsageError("A draft knows its base; --base is for bundles.")
    draft = drafts.open_draft_by_id(session, str(draft_id))
    source = on_newest(session, draft) if is_look else drafts.source_of(session, draft)
    return _Work(source=source, base=draft.base_release or 0, draft=draft)


def _released(
    session: Session, work: _Work, options: dict[str, Any], *, as_json: bool, progress: Progress
) -> Published:
    """Publish a bundle or a draft through the gate, and note who did it."""
    now, draft = clock.now(), work.draft
    wanted = Release(
        source=work.source,
        base=work.base,
        announcement=_announcement(work.source, options),
        review=review_lacks(session, draft, is_required=state().settings.require_review),
    )
    publisher = Publisher(actor=options["by"], signer=_signer())
    try:
        done = release_through_gate(
            session, wanted, publisher=publisher, now=now, progress=progress
        )
    except GateClosed as error:
        raise (error if as_json else error.in_words()) from error
    if draft is not None:
        drafts.mark_published(session, str(draft.id), release=done.release)
    by = Actor.at_console(options["by"])
    note_release(session, done, site=draft.site if draft else None, by=by, now=now)
    return done


def _stamped(session: Session, source: Source) -> Source:
    """Note what translations and overrides were made from, where their author did not."""
    head = queries.head(session)
    base = None if head is None else queries.load_source(session, head.source_digest)
    return stamp(source, base)[0]


def _newest(session: Session) -> Source:
    head = queries.head(session)
    if head is None:
        raise NotFound("Nothing is published yet.")
    return queries.load_source(session, head.source_digest)


def _announcement(source: Source, options: dict[str, Any]) -> Announcement:
    return announcement_of(options, source_locale=_source_locale(source))


def _source_locale(source: Source) -> str:
    return str(source.organization.get("source_locale", "en"))


def _rehearsed(done: Published) -> dict[str, Any]:
    """Return a release that was made and undone, as a plan."""
    return {
        "release": done.release,
        "significance": done.significance.value,
        "effective_at": instant_text(done.effective_at),
        "versions": [
            {**_version_row(version), "previous": version.previous, "changes": version.changes}
            for version in done.versions
        ],
    }


def _emit_planned(answer: dict[str, Any], *, as_json: bool) -> None:
    lines = [f"Release {answer['release']} would take effect {answer['effective_at']}."]
    for version in answer["versions"]:
        lines.append(f"{version['site']}/{version['policy']} version {version['version']}")
        lines += [_change_line(change) for change in version["changes"]]
    emit(answer, lines, as_json=as_json)


def _change_line(change: Mapping[str, Any]) -> str:
    return f"  {change['significance']:<12} {change['type']:<32} {change['path']}"


def _planned_json(version: PlannedVersion) -> dict[str, Any]:
    return {
        "site": version.site,
        "policy": version.policy,
        "version": version.number,
        "previous": version.previous,
        "significance": version.significance.value,
        "effective_at": instant_text(version.effective_at),
        "changes": [change.to_json() for change in version.changes],
    }


def _emit_published(done: Published, *, as_json: bool) -> None:
    rows = [_version_row(version) for version in done.versions]
    answer = {
        "release": done.release,
        "kind": done.kind,
        "significance": done.significance.value,
        "published_at": instant_text(done.published_at),
        "effective_at": instant_text(done.effective_at),
        "chain_head": done.chain_head,
        "versions": rows,
    }
    head = f"Release {done.release} is published; it takes effect {answer['effective_at']}."
    emit(answer, [head, table(rows, VERSION_COLUMNS)] if rows else head, as_json=as_json)


def _version_row(version: VersionRecord) -> dict[str, Any]:
    return {
        "site": version.site,
        "policy": version.policy,
        "version": version.number,
        "significance": version.significance,
        "effective_at": instant_text(version.effective_at),
        "changes": sorted({change["type"] for change in version.changes}),
    }


def _taken_row(version: VersionRow) -> dict[str, Any]:
    return {
        "site": version.site,
        "policy": version.policy,
        "version": version.number,
        "significance": version.significance,
        "effective_at": instant_text(version.effective_at),
        "changes": sorted({change["type"] for change in version.changes}),
    }


def _counting(tick: Ticker) -> Progress:
    """Return a progress that says how many versions are stored."""
    numbers = itertools.count(1)
    return lambda version: tick(f"{next(numbers)} versions, {version.site}")


def _signer() -> Signer:
    return Signer.load(state().settings.signing_key_file)


def _without_empty(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if value not in ("", None)}
