"""One request of a reader: what it may see, at what instant, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response, g, request
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.base import db
from policy_api.ledger.rows import SiteInfo
from policy_api.reading import resolve
from policy_api.reading.moment import Moment, moment
from policy_api.reading.overview import Known, known
from policy_api.reading.paths import SitePaths
from policy_api.reading.representations import Representation
from policy_api.reading.resolve import Language, Wish
from policy_api.web.conditional import Answer, Lifetime, respond
from policy_api.web.state import state


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request, with everything the clock and the ledger say about it."""

    session: Session
    known: Known
    moment: Moment
    wish: Wish
    mount: str
    """Prefix of the program inside another site, as WSGI spells it."""

    @property
    def mount_path(self) -> str:
        """Return the prefix as addresses spell it."""
        return quote(self.mount)

    @property
    def now(self) -> datetime:
        """Return the instant that counts for the whole request."""
        return self.moment.now

    def paths(self, site: str) -> SitePaths:
        """Return the addresses of a site, as this request must see them."""
        return SitePaths.below(self.mount, site)

    def site(self, key: str) -> SiteInfo:
        """Return a published site.

        :raises NotFound: If there is none.
        """
        return resolve.site(self.moment.directory, key)

    def answer(
        self,
        made: Representation,
        *,
        tags: tuple[str, ...],
        language: Language | None = None,
        lifetime: Lifetime | None = None,
        modified: datetime | None = None,
    ) -> Response:
        """Return finished bytes as an answer that caches may keep until the next switch.

        :param lifetime: For what may be kept longer, or not as long.
        :param modified: When the bytes last changed, if that is known better than the ledger's
            last change.
        """
        return respond(
            Answer(
                body=made.body,
                media_type=made.media_type,
                headers=made.headers,
                lifetime=lifetime or self.lifetime,
                modified=modified or self.moment.changed_at,
                language=None if language is None else language.locale,
                negotiated=language is not None and language.negotiated,
                tags=tags,
            )
        )

    @property
    def lifetime(self) -> Lifetime:
        """Return how long an answer that depends on the clock may be kept."""
        return self.moment.lifetime(state().settings.max_age)


def arrive(query: Mapping[str, Any] | None = None) -> Visit:
    """Begin to answer the present request, at the same instant however often it is called.

    :param query: Its checked parameters.
    """
    session = db.session()
    if "moment" not in g:
        _see_one_state(session)
        g.known = known(session)
        g.moment = moment(g.known.overview, clock.now())
    return Visit(
        session=session,
        known=g.known,
        moment=g.moment,
        wish=Wish(
            locale=(query or {}).get("locale"),
            header=request.headers.get("Accept-Language", ""),
        ),
        mount=request.root_path,
    )


def _see_one_state(session: Session) -> None:
    """Let all that this request asks of the database be answered from one instant of it.

    A release that is committed meanwhile could otherwise be half in the answer, and be kept so.
    SQLite's transactions are like that anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
