"""Scopes: one action on one site and those derived from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.access.principal import Actor, Principal
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Action, Scope, covers, parse_scopes
from policy_api.errors import NotFound

BASES = {"main": None, "shop": "main", "outlet": "shop", "forum": "main"}
SITES = st.sampled_from(["*", *BASES])
SCOPES = st.builds(Scope, SITES, st.sampled_from(Action))


def holder(*scopes: str) -> Principal:
    return Principal(actor=Actor(name="Ada"), scopes=parse_scopes(scopes), bases=BASES)


def test_a_scope_reaches_the_sites_that_derive_from_its_own() -> None:
    ada = holder("shop:publish")

    assert ada.may(Action.PUBLISH, "shop")
    assert ada.may(Action.PUBLISH, "outlet")
    assert not ada.may(Action.PUBLISH, "main")
    assert not ada.may(Action.PUBLISH, "forum")
    assert not ada.may(Action.PUBLISH, None)


def test_the_root_of_all_sites_is_not_everything() -> None:
    assert not holder("main:write").may(Action.WRITE, None)
    assert holder("*:write").may(Action.WRITE, None)


@pytest.mark.parametrize("action", ["write", "translate", "review", "publish"])
def test_whoever_works_on_drafts_may_read_them(action: str) -> None:
    assert holder(f"shop:{action}").may(Action.READ_DRAFT, "shop")


@pytest.mark.parametrize("action", ["webhooks", "audit", "admin"])
def test_other_actions_do_not_open_drafts(action: str) -> None:
    assert not holder(f"shop:{action}").may(Action.READ_DRAFT, "shop")


def test_outside_of_the_own_sites_nothing_exists() -> None:
    with pytest.raises(NotFound, match=r"Nothing\."):
        holder("shop:read-draft").check(Action.WRITE, site="forum", missing="Nothing.")


def test_inside_of_the_own_sites_a_refusal_says_so() -> None:
    with pytest.raises(NotAllowed, match="write"):
        holder("shop:read-draft").check(Action.WRITE, site="outlet", missing="Nothing.")


def test_a_star_in_the_place_of_an_action_stands_for_all_of_them() -> None:
    assert parse_scopes(["shop:*"]) == {Scope("shop", action) for action in Action}


@pytest.mark.parametrize("text", ["", "write", "shop:", ":write", "Shop:write", "shop:delete"])
def test_what_is_no_scope_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Must be|no such action"):
        parse_scopes([text])


@given(SCOPES)
def test_a_scope_is_read_as_it_is_written(scope: Scope) -> None:
    assert Scope.parse(str(scope)) == scope


@given(st.frozensets(SCOPES, max_size=4), SCOPES)
def test_what_covers_a_scope_may_do_all_it_may(own: frozenset[Scope], wanted: Scope) -> None:
    mine = Principal(actor=Actor(name="a"), scopes=own, bases=BASES)
    theirs = Principal(actor=Actor(name="b"), scopes=frozenset({wanted}), bases=BASES)

    more = [
        (action, site)
        for action in Action
        for site in (None, *BASES)
        if theirs.may(action, site) and not mine.may(action, site)
    ]

    assert not covers(own, wanted, BASES) or more == []


def test_a_circle_of_bases_ends() -> None:
    circle = {"a": "b", "b": "a"}

    assert not covers([Scope("c", Action.WRITE)], Scope("a", Action.WRITE), circle)
