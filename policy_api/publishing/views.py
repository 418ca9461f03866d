"""The doors of publishing: what a draft would do, publish it, and the releases there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access.answering import acted, etag, outcome, page, private, told
from policy_api.access.doors import needs, principal
from policy_api.access.idempotency import Outcome
from policy_api.access.listing import NewestFirstQuery
from policy_api.access.scopes import Action
from policy_api.db.base import db
from policy_api.domain.linting.runner import packs
from policy_api.domain.proof.signing import Signer
from policy_api.drafts.answering import DRAFT, imported_outcome, reading
from policy_api.drafts.authoring import Author
from policy_api.drafts.preconditions import Precondition
from policy_api.drafts.queries import DraftRow
from policy_api.drafts.rebase import RebaseConflict, on_newest
from policy_api.drafts.schemas import ImportedOut
from policy_api.drafts.territory import Territory
from policy_api.drafts.wire import draft_json
from policy_api.errors import BadQuery, NotFound
from policy_api.ledger import queries
from policy_api.publishing.previewing import Preview, as_page
from policy_api.publishing.releasing import Releaser
from policy_api.publishing.schemas import (
    DraftDiffOut,
    LintOut,
    LintQuery,
    PreviewQuery,
    PublishIn,
    ReleaseOut,
    ReleasesOut,
    WithdrawIn,
)
from policy_api.publishing.wire import announcement, release_json
from policy_api.web.api import Blueprint
from policy_api.web.headers import PAGE_POLICY
from policy_api.web.schemas import NoBody, NoQuery
from policy_api.web.state import state
from policy_api.web.words import asked_tag

HTML = "text/html; charset=utf-8"
RELEASE = "/v1/releases/<number:release>"

blp = Blueprint("publishing", __name__, description="From draft to release.")


@blp.get(f"{DRAFT}/diff")
@needs(Action.READ_DRAFT)
@blp.arguments(NoQuery, location="query")
@blp.response(200, DraftDiffOut)
@blp.alt_response(409, "CONFLICT")
def get_draft_diff(_query: dict[str, Any], *, draft_id: int) -> Response:
    """Return what publishing the draft would change, on every site.

    A draft on an older release is seen as a rebase would leave it.
    """
    author = reading()
    draft = author.draft(draft_id)
    source = on_newest(author.session, draft)
    preview = Preview(session=author.session, source=source, now=author.now)
    newest = queries.head_number(author.session) or None
    bases = {"base_release": draft.base_release, "newest_release": newest}
    return told(bases | preview.diff(author.territory(draft, source).owns))


@blp.get(f"{DRAFT}/preview/<key:site>/<key:policy>")
@needs(Action.READ_DRAFT)
@blp.arguments(PreviewQuery, location="query")
@blp.response(200, {"type": "object"})
def preview_draft(query: dict[str, Any], *, draft_id: int, site: str, policy: str) -> Response:
    """Return the edition that a site would get from the draft."""
    return told(previewed_edition(draft_id, site, policy, locale=query["locale"]))


@blp.get(f"{DRAFT}/preview/<key:site>/<key:policy>.html")
@needs(Action.READ_DRAFT)
@blp.arguments(PreviewQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/html")
def preview_draft_page(query: dict[str, Any], *, draft_id: int, site: str, policy: str) -> Response:
    """Return the page that a site would get from the draft."""
    edition = previewed_edition(draft_id, site, policy, locale=query["locale"])
    text, frames = as_page(edition, stylesheet=url_for("assets.get_stylesheet"), alternates={})
    security = f"{PAGE_POLICY}; frame-src {frames}" if frames else PAGE_POLICY
    headers = {"Content-Security-Policy": security, "X-Robots-Tag": "noindex"}
    return private(text.encode(), media_type=HTML, headers=headers)


@blp.get(f"{DRAFT}/lint")
@needs(Action.READ_DRAFT)
@blp.arguments(LintQuery, location="query")
@blp.response(200, LintOut)
def lint_draft(query: dict[str, Any], *, draft_id: int) -> Response:
    """Check the content of the draft against the rules of data protection."""
    author = reading()
    preview, territory = previewed(author, author.draft(draft_id))
    chosen = query.get("pack", ())
    unknown = [name for name in chosen if name not in packs()]
    if unknown:
        detail = f"There is no pack “{unknown[0]}”; known: {', '.join(packs())}."
        raise BadQuery(detail, errors=[{"parameter": "pack", "detail": detail}])
    locale = query["locale"] or asked_tag()
    return told(preview.findings(territory.owns, locale=locale, packs=chosen))


@blp.post(f"{DRAFT}/publish")
@needs(Action.PUBLISH)
@blp.arguments(PublishIn)
@blp.response(201, ReleaseOut)
@blp.alt_response(409, "CONFLICT")
@blp.alt_response(422, "UNPROCESSABLE_ENTITY")
def publish_draft(body: dict[str, Any], *, draft_id: int) -> Response:
    """Publish a draft as a release. 422 lists everything that keeps it back."""

    def work(releaser: Releaser) -> Outcome:
        draft = releaser.author.open_draft(draft_id, Action.PUBLISH)
        Precondition.of_request().check_stated(etag(draft_json(releaser.session, draft)))
        done = releaser.publish(draft, announcement(body, name=releaser.by.name))
        return release_outcome(releaser, done.release)

    return released(work)


@blp.get("/v1/releases")
@needs(Action.READ_DRAFT, Action.AUDIT)
@blp.arguments(NewestFirstQuery, location="query")
@blp.response(200, ReleasesOut)
def list_releases(query: dict[str, Any]) -> Response:
    """List the releases that concern the own sites, newest first."""
    limit = query["limit"]

    def following(last: dict[str, Any]) -> str:
        return url_for("publishing.list_releases", limit=limit, before=last["release"])

    items = shown_releases(before=query["before"], limit=limit + 1)
    return told(page(items, limit=limit, following=following))


@blp.get(RELEASE)
@needs(Action.READ_DRAFT, Action.AUDIT)
@blp.arguments(NoQuery, location="query")
@blp.response(200, ReleaseOut)
def get_release(_query: dict[str, Any], *, release: int) -> Response:
    """Return a release."""
    releaser = looking()
    found, versions = releaser.release(release)
    return told(release_json(found, versions, by=releaser.by, now=releaser.now))


@blp.post(f"{RELEASE}/withdraw")
@needs(Action.PUBLISH)
@blp.arguments(WithdrawIn)
@blp.response(201, ReleaseOut)
@blp.alt_response(409, "CONFLICT")
def withdraw_release(body: dict[str, Any], *, release: int) -> Response:
    """Take an announced release back before it takes effect, by another release."""

    def work(releaser: Releaser) -> Outcome:
        done = releaser.withdraw(release, told=announcement(body, name=releaser.by.name))
        return release_outcome(releaser, done.release)

    return released(work)


@blp.post(f"{RELEASE}/revert")
@needs(Action.WRITE)
@blp.arguments(NoQuery, location="query")
@blp.arguments(NoBody)
@blp.response(201, ImportedOut)
def revert_release(_query: dict[str, Any], _body: dict[str, Any], *, release: int) -> Response:
    """Open a draft that restores everything as the release left it."""
    return released(lambda releaser: imported_outcome(releaser.revert(release)))


def released(work: Callable[[Releaser], Outcome]) -> Response:
    """Let the token at work do something to releases."""

    def act(session: Session, now: datetime) -> Outcome:
        releaser = Releaser(
            session=session,
            by=principal(),
            signer=signer,
            now=now,
            needs_review=state().settings.require_review,
            locale=asked_tag(),
        )
        return work(releaser)

    return acted(act)


def looking() -> Releaser:
    """Return the token at work, to look at releases."""
    return Releaser(session=db.session(), by=principal(), signer=signer, now=clock.now())


def signer() -> Signer:
    """Return the key that signs releases."""
    return Signer.load(state().settings.signing_key_file)


def shown_releases(*, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Return the releases that concern the token's own sites, newest first."""
    releaser = looking()
    items: list[dict[str, Any]] = []
    while len(items) < limit:
        rows = queries.releases(releaser.session, before=before, limit=limit)
        for row in rows:
            versions = releaser.shown(row)
            if versions is not None:
                items.append(release_json(row, versions, by=releaser.by, now=releaser.now))
        if len(rows) < limit:
            break
        before = rows[-1].number
    return items[:limit]


def release_outcome(releaser: Releaser, number: int) -> Outcome:
    """Answer with a release that was just made."""
    found, versions = releaser.made(number)
    shown = release_json(found, versions, by=releaser.by, now=releaser.now)
    return outcome(shown, status=201, headers={"Location": shown["href"]})


def previewed(author: Author, draft: DraftRow) -> tuple[Preview, Territory]:
    """Return a draft as if it were published, and which sites are its own.

    Where it and a newer release disagree, it is shown as it stands.
    """
    try:
        source = on_newest(author.session, draft)
    except RebaseConflict:
        source = author.source(draft)
    territory = author.territory(draft, source)
    return Preview(session=author.session, source=source, now=author.now), territory


def previewed_edition(
    draft_id: int, site: str, policy: str, *, locale: str | None
) -> dict[str, Any]:
    """Return the edition that a site would get from a draft."""
    author = reading()
    preview, territory = previewed(author, author.draft(draft_id))
    if not territory.owns(site):
        raise NotFound(f"Site {site!r} has no policy {policy!r} in the draft.")
    return preview.edition(site, policy, locale=locale)
