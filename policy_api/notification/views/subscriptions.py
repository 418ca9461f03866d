"""Mail subscriptions: asking for one, and the pages that confirm and end it.

Opening a page changes nothing, because mail scanners open every link; only its button does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Final
from urllib.parse import quote

from flask import Response, request

from policy_api import clock
from policy_api.db.base import db
from policy_api.db.tx import retrying, writing
from policy_api.domain.content.keys import is_key
from policy_api.domain.labels import translated_locales
from policy_api.domain.languages import accept_language, lookup
from policy_api.errors import BadInput, PolicyError, Problem
from policy_api.ledger.rows import SiteInfo
from policy_api.notification import mail_queries, mailing, subscriptions
from policy_api.notification.addresses import Address, MailKeys
from policy_api.notification.mail_queries import Standing, SubscriptionRow
from policy_api.notification.mail_words import MailWords
from policy_api.notification.subscription_schemas import AskedOut, SubscriptionIn
from policy_api.notification.subscriptions import Desk, LinkExpired, UnknownLink, Wish
from policy_api.notification.telling import names, site_of
from policy_api.web.api import Blueprint
from policy_api.web.conditional import Answer, Lifetime, respond
from policy_api.web.headers import PAGE_POLICY
from policy_api.web.state import state

PAGE: Final = "/v1/subscriptions/<token>"
HTML: Final = {"type": "string"}
TYPE: Final = "text/html"
ASKED: Final = {
    "status": "accepted",
    "detail": "If this address can be written to, a mail is on its way that asks to confirm.",
}

blp = Blueprint("subscriptions", __name__, description="Being told by e-mail.")


def _all_at_once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Name a site or policy that is not there together with what is wrong with the form."""

    @wraps(view)
    def asked(*arguments: object, **named: object) -> Any:  # noqa: ANN401 -- what the view returns
        try:
            return view(*arguments, **named)
        except BadInput as error:
            told = {problem.pointer for problem in error.problems}
            _, problems = _place(request.get_json(silent=True))
            more = [problem for problem in problems if problem.pointer not in told]
            raise BadInput(problems=[*error.problems, *more]) from None

    return asked


@blp.post("/v1/subscriptions")
@_all_at_once
@blp.arguments(SubscriptionIn)
@blp.response(202, AskedOut)
def ask_for_subscription(body: dict[str, Any]) -> dict[str, str]:
    """Ask to be told by e-mail. A mail asks back; nothing is sent before that is confirmed."""
    now = clock.now()
    site, problems = _place(body)
    if site is None or problems:
        raise BadInput(problems=problems)
    wish = Wish(
        address=Address.parse(body["email"]),
        site=site.key,
        policy=body["policy"],
        locale=_locale(site, body["locale"]),
        min_significance=body["min_significance"],
        digest=body["digest"],
    )
    desk = Desk(
        keys=MailKeys(state().settings.secret_key),
        remote=request.remote_addr or "",
        mount=quote(request.root_path),
    )

    def asked() -> None:
        with writing() as session:
            subscriptions.ask(session, wish, desk=desk, now=now)

    retrying(asked)
    return ASKED


@blp.get(f"{PAGE}/confirm")
@blp.response(200, HTML, content_type=TYPE)
@blp.alt_response(404, schema=HTML, content_type=TYPE)
@blp.alt_response(410, schema=HTML, content_type=TYPE)
def show_confirmation(*, token: str) -> Response:
    """Show the page with the button that confirms a subscription."""
    found = mail_queries.by_token(db.session(), token)
    if found is None:
        return _refusal(UnknownLink())
    standing = found.standing(clock.now())
    if standing is Standing.CONFIRMED:
        return _page(found, "confirmed", text="confirmed_text")
    if standing is not Standing.ASKED:
        return _refusal(LinkExpired(), locale=found.locale)
    return _page(found, "confirm_page", button="confirm")


@blp.post(f"{PAGE}/confirm")
@blp.response(200, HTML, content_type=TYPE)
@blp.alt_response(404, schema=HTML, content_type=TYPE)
@blp.alt_response(410, schema=HTML, content_type=TYPE)
def confirm_subscription(*, token: str) -> Response:
    """Confirm a subscription."""

    def confirmed() -> SubscriptionRow:
        with writing() as session:
            return subscriptions.confirm(session, token=token, now=clock.now())

    try:
        found = retrying(confirmed)
    except (UnknownLink, LinkExpired) as error:
        return _refusal(error)
    return _page(found, "confirmed", text="confirmed_text")


@blp.get(f"{PAGE}/unsubscribe")
@blp.response(200, HTML, content_type=TYPE)
@blp.alt_response(404, schema=HTML, content_type=TYPE)
def show_unsubscription(*, token: str) -> Response:
    """Show the page with the button that ends a subscription."""
    found = mail_queries.by_token(db.session(), token)
    if found is None:
        return _refusal(UnknownLink())
    if found.ended_at is not None:
        return _over(found)
    name = "end" if found.confirmed_at is not None else "refuse"
    return _page(found, f"{name}_page", button=name)


@blp.post(f"{PAGE}/unsubscribe")
@blp.response(200, HTML, content_type=TYPE)
@blp.alt_response(404, schema=HTML, content_type=TYPE)
def end_subscription(*, token: str) -> Response:
    """End a subscription, by the page's button or a mail program's (RFC 8058)."""

    def ended() -> SubscriptionRow:
        with writing() as session:
            return subscriptions.end(session, token=token, now=clock.now())

    try:
        found = retrying(ended)
    except UnknownLink as error:
        return _refusal(error)
    return _over(found)


@blp.get("/v1/subscriptions/page.css")
@blp.response(200, HTML, content_type="text/css")
def get_subscription_stylesheet() -> Response:
    """Return what these pages need beside the style sheet of policy pages."""
    lifetime = Lifetime(max_age=3600, stale=86400)
    return respond(Answer(body=_stylesheet(), media_type="text/css", lifetime=lifetime))


def _place(body: object) -> tuple[SiteInfo | None, list[Problem]]:
    """Return the site that a wish names, and what is not published of what it names."""
    told = body if isinstance(body, dict) else {}
    site, policy = told.get("site"), told.get("policy")
    if not isinstance(site, str) or not is_key(site):
        return None, []
    found = site_of(db.session(), site, now=clock.now())
    if found is None:
        return None, [Problem("There is no such site.", pointer="/site")]
    if policy is None or policy in found.policies:
        return found, []
    known = ", ".join(found.policies)
    return found, [Problem("The site has no such policy.", pointer="/policy", expected=known)]


def _locale(site: SiteInfo, wished: str | None) -> str:
    """Return the language of the site that fits the wish best."""
    header = request.headers.get("Accept-Language", "")
    ranges = accept_language(header) if wished is None else [wished]
    return lookup(ranges, site.locales) or site.source_locale


def _over(found: SubscriptionRow) -> Response:
    name = "ended" if found.confirmed_at is not None else "refused"
    return _page(found, name, text=f"{name}_text")


def _page(
    found: SubscriptionRow, heading: str, *, text: str | None = None, button: str | None = None
) -> Response:
    words = MailWords(found.locale)
    called = names(db.session(), found, now=clock.now())
    return _html(
        found.locale,
        heading=words(heading),
        text=words(text) if text else None,
        facts=mailing.facts(found, called),
        button=words(button) if button else None,
    )


def _refusal(error: PolicyError, *, locale: str | None = None) -> Response:
    """Say calmly that a link leads nowhere."""
    ranges = accept_language(request.headers.get("Accept-Language", ""))
    locale = locale or lookup(ranges, {"en", *translated_locales()}) or "en"
    words = MailWords(locale)
    name = "unknown" if isinstance(error, UnknownLink) else "expired"
    return _html(
        locale,
        status=error.status,
        heading=words(name),
        text=words(f"{name}_text"),
        facts=(),
        button=None,
    )


def _html(locale: str, *, status: int = 200, **context: object) -> Response:
    body = mailing.page("page", locale=locale, mount=quote(request.root_path), **context)
    response = Response(body, status, content_type=f"{TYPE}; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Language"] = locale
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@cache
def _stylesheet() -> bytes:
    return (mailing.TEMPLATES / "page.css").read_bytes()
