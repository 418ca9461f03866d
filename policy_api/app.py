"""The application factory: the only module that knows every room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session
from typing_extensions import override
from werkzeug.middleware.proxy_fix import ProxyFix

from policy_api import logs
from policy_api.access import views as access
from policy_api.access.doors import SCHEME, register_doors
from policy_api.access.scopes import Bases
from policy_api.db.base import connect, db
from policy_api.drafts import exchange_views as exchange
from policy_api.drafts import importing_views as importing
from policy_api.drafts import views as drafts
from policy_api.ledger import queries as ledger
from policy_api.notification import views as notification
from policy_api.notification.channels import load_channels
from policy_api.notification.doorbell import register_doorbell
from policy_api.notification.event_schemas import webhooks
from policy_api.packing import queries as packing
from policy_api.plugins import load_plugins
from policy_api.publishing import views as publishing
from policy_api.reading import views as reading
from policy_api.reading.converters import VersionConverter, version_schema
from policy_api.reading.fast_path import register_fast_path
from policy_api.settings import Profile, Settings, load_settings
from policy_api.web import docs_page, health, metrics
from policy_api.web.api import Api, Blueprint, register_api
from policy_api.web.headers import register_headers
from policy_api.web.limits import register_limits
from policy_api.web.problems import register_problems
from policy_api.web.state import State, register_state
from policy_api.web.tracing import register_tracing

OPEN: Final[tuple[Blueprint, ...]] = reading.BLUEPRINTS
"""Doors that are anyone's to read; scripts of every origin may."""

CLOSED: Final[tuple[Blueprint, ...]] = (health.blp, metrics.blp, *notification.ANONYMOUS)
"""Doors that other people's pages have no business with."""

DOCUMENTATION: Final = (docs_page.blp.name, docs_page.pages.name)
"""Names of what describes the others: a document for programs and a page for people."""

MANAGEMENT: Final[tuple[Blueprint, ...]] = (
    access.blp,
    drafts.blp,
    exchange.blp,
    importing.blp,
    publishing.blp,
    *notification.MANAGED,
)
"""Doors that a token opens, operation by operation."""


class Application(Flask):
    """Flask, where no function is a coroutine."""

    @override
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        # Flask would look at each function it calls, a dozen times in a request.
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Return a WSGI application, which may be mounted below any prefix of another one.

    Nothing is asked of the database yet.

    :param settings: Default: those of the environment.
    :raises SettingsError: If they cannot be used.
    """
    settings = load_settings() if settings is None else settings
    if settings.profile is not Profile.TESTING:
        logs.set_up(settings.log_level)
    load_plugins(settings.plugins)
    load_channels(settings.plugins)
    app = Application("policy_api", static_folder=None)
    _configure(app, settings)
    connect(app, settings.database_url)
    state = register_state(app, settings)
    state.find_packed = _packed
    # Called in reverse order after a request: what comes first here sees the finished answer.
    register_tracing(app, trusts_proxy=settings.trusted_proxies > 0)
    metrics.register_metrics(app)
    register_headers(app)
    register_limits(app)
    register_problems(app)
    _open_doors(app, state)
    public = (*(blueprint.name for blueprint in (*OPEN, *CLOSED)), *DOCUMENTATION)
    register_doors(app, public=public, bases_of=_bases)
    register_fast_path(app, settings)
    # Signals hold their receivers weakly; this one lives as long as the app.
    app.extensions["policy-api-doorbell"] = register_doorbell(settings)
    if settings.trusted_proxies:
        _trust_proxies(app, hops=settings.trusted_proxies, host=settings.trust_forwarded_host)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        TESTING=settings.profile is Profile.TESTING,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        # There is no key for cookies: nothing here keeps a session, so Flask does not open one.
        SECRET_KEY=None,
    )


def _open_doors(app: Flask, state: State) -> None:
    api = register_api(app)
    app.url_map.converters["version"] = VersionConverter
    api.register_converter(VersionConverter, version_schema)
    api.spec.components.security_scheme(SCHEME, {"type": "http", "scheme": "bearer"})
    api.spec.options["webhooks"] = webhooks()
    _register(api, *OPEN, *CLOSED, *MANAGEMENT)
    docs_page.register_docs(app, api)
    state.open_blueprints.update(blueprint.name for blueprint in OPEN)
    state.open_blueprints.add(docs_page.blp.name)


def _register(api: Api, *blueprints: Blueprint) -> None:
    for blueprint in blueprints:
        api.register_blueprint(blueprint)


def _bases(session: Session) -> Bases:
    """Return which site derives from which, in the newest state that is published."""
    directory = ledger.directory(session, at=datetime.max.replace(tzinfo=UTC))
    return {key: site.base for key, site in directory.sites.items()}


def _packed(digest: str, coding: str) -> bytes | None:
    return packing.packed_body(db.session(), digest=digest, coding=coding)


def _trust_proxies(app: Flask, *, hops: int, host: bool) -> None:
    """Believe the nearest proxies about client and scheme; of the host only if they are to."""
    told = hops if host else 0
    fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=told, x_port=0, x_prefix=0)
    app.wsgi_app = fixed  # type: ignore[method-assign]
