"""The doors of access: tokens, who am I, the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask import Response, url_for
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access import handing, queries
from policy_api.access.answering import acted, outcome, page, told
from policy_api.access.doors import known_sites, needs, open_to_all, principal
from policy_api.access.idempotency import Outcome
from policy_api.access.leaks import check_leaks, leaks_ended
from policy_api.access.listing import NewestFirstQuery
from policy_api.access.schemas import (
    AuditOut,
    LeakIn,
    LeakOut,
    NewTokenOut,
    TokenIn,
    TokensOut,
    TokensQuery,
    WhoAmIOut,
)
from policy_api.access.scopes import Action
from policy_api.db.base import db
from policy_api.domain.proof.canonical import instant_text
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery
from policy_api.web.state import state

blp = Blueprint("access", __name__, description="Tokens, and who did what.")


@blp.get("/v1/tokens")
@needs(Action.ADMIN)
@blp.arguments(TokensQuery, location="query")
@blp.response(200, TokensOut)
def list_tokens(query: dict[str, Any]) -> Response:
    """List the tokens of the own sites by id, revoked and expired ones too."""
    found = handing.managed(
        db.session(), by=principal(), after=query["after"], limit=query["limit"]
    )

    def following(last: dict[str, Any]) -> str:
        return url_for("access.list_tokens", limit=query["limit"], after=last["id"])

    return told(page(found, limit=query["limit"], following=following))


@blp.post("/v1/tokens")
@needs(Action.ADMIN)
@blp.arguments(TokenIn)
@blp.response(201, NewTokenOut)
def create_token(body: dict[str, Any]) -> Response:
    """Make a token that is good for no more than the own one. It is shown once."""

    def work(session: Session, now: datetime) -> Outcome:
        profile = state().settings.profile
        sites = known_sites(session)
        written, row = handing.mint(
            session, wanted=body, sites=sites, profile=profile, by=principal(), now=now
        )
        shown = orjson.dumps({"token": written, **row.to_json()}).decode()
        kept = orjson.dumps({"token": None, **row.to_json()}).decode()
        return Outcome(status=201, body=shown, kept=kept)

    return acted(work)


@blp.delete("/v1/tokens/<token_id>")
@needs(Action.ADMIN)
@blp.arguments(NoQuery, location="query")
@blp.response(204)
def revoke_token(_query: dict[str, Any], *, token_id: str) -> Response:
    """Revoke a token; it is refused from the next request on."""

    def work(session: Session, now: datetime) -> Outcome:
        handing.revoke(session, token_id=token_id, by=principal(), now=now)
        return outcome(status=204)

    return acted(work)


@blp.post("/v1/token-leaks")
@open_to_all
@blp.arguments(LeakIn(many=True))
@blp.response(200, LeakOut(many=True))
@blp.alt_response(429, "TOO_MANY_REQUESTS")
def report_leaked_tokens(body: list[dict[str, Any]]) -> Response:
    """Revoke tokens that were found where anybody can read them. Anyone may report them.

    The form is the one in which GitHub's secret scanning reports to its partners.
    """
    check_leaks(body)
    return told(leaks_ended(body, now=clock.now()))


@blp.get("/v1/whoami")
@needs()
@blp.arguments(NoQuery, location="query")
@blp.response(200, WhoAmIOut)
def who_am_i(_query: dict[str, Any]) -> Response:
    """Tell who the token stands for and what it may do."""
    found = principal()
    return told(
        {
            "token_id": found.actor.token_id,
            "holder": found.name,
            "scopes": sorted(map(str, found.scopes)),
            "expires_at": found.expires_at and instant_text(found.expires_at),
        }
    )


@blp.get("/v1/audit")
@needs(Action.AUDIT)
@blp.arguments(NewestFirstQuery, location="query")
@blp.response(200, AuditOut)
def list_audit(query: dict[str, Any]) -> Response:
    """List who did what on the own sites, newest first."""
    limit = query["limit"]
    sites = principal().reach(Action.AUDIT)
    rows = queries.audit(db.session(), before=query["before"], limit=limit + 1, sites=sites)

    def following(last: dict[str, Any]) -> str:
        return url_for("access.list_audit", limit=limit, before=last["sequence"])

    return told(page([row.to_json() for row in rows], limit=limit, following=following))
