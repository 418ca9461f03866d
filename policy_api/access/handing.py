"""What a token may do with other tokens: hand on what it has, see and revoke what it covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.access import queries, service
from policy_api.access.principal import Principal
from policy_api.access.refusals import NotAllowed
from policy_api.access.rows import TokenRow
from policy_api.access.scopes import EVERYWHERE, Action, parse_scopes
from policy_api.domain.content.faults import meant
from policy_api.errors import BadInput, NotFound, Problem
from policy_api.settings import Profile


def mint(
    session: Session,
    *,
    wanted: dict[str, Any],
    sites: Collection[str],
    profile: Profile,
    by: Principal,
    now: datetime,
) -> tuple[str, TokenRow]:
    """Make a token on behalf of another one.

    :param sites: Those that are published.
    :raises NotAllowed: If it would be good for more than its maker.
    :raises BadInput: If it names a site that does not exist.
    """
    scopes = parse_scopes(wanted["scopes"])
    beyond = sorted(str(scope) for scope in scopes if not by.covers(scope))
    if beyond:
        raise NotAllowed("A token hands on no more than it has.", beyond=beyond)
    check_sites(wanted["scopes"], sites)
    return service.mint(
        session,
        holder=wanted["holder"],
        scopes=scopes,
        days=wanted["days"],
        profile=profile,
        by=by.actor,
        now=now,
    )


def check_sites(scopes: Iterable[str], sites: Collection[str]) -> None:
    """Refuse scopes of sites that do not exist: a slip of the pen would open a later site.

    :param sites: Those that are published; before the first release any may be named.
    :raises BadInput: Pointing at each of them.
    """
    if not sites:
        return
    problems = []
    for index, scope in enumerate(scopes):
        site = scope.rpartition(":")[0]
        if site not in {EVERYWHERE, *sites}:
            detail = f"There is no site {site!r}."
            problem = Problem(detail, pointer=f"/scopes/{index}", expected=meant(site, sites))
            problems.append(problem)
    if problems:
        raise BadInput(problems=problems)


def revoke(session: Session, *, token_id: str, by: Principal, now: datetime) -> None:
    """Revoke a token on behalf of another one.

    :raises NotFound: If there is none of that id, or it is not the other's business.
    """
    found = queries.token(session, token_id)
    if found is None or not manages(by, found):
        raise NotFound(service.NO_SUCH_TOKEN)
    service.revoke(session, token_id=token_id, by=by.actor, now=now)


def managed(
    session: Session, *, by: Principal, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return the tokens that are a token's business, by id; one more than asked for."""
    found = (row for row in queries.tokens(session, after=after) if manages(by, row))
    return [row.to_json() for row, _ in zip(found, range(limit + 1), strict=False)]


def manages(by: Principal, other: TokenRow) -> bool:
    """Tell whether a token may administer every site that another one is good for."""
    sites = {None if scope.site == EVERYWHERE else scope.site for scope in other.scopes}
    return all(by.may(Action.ADMIN, site) for site in sites)
