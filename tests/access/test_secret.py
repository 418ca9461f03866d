"""How tokens are written."""

from __future__ import annotations

import re

import pytest

from policy_api import logs
from policy_api.access import secret
from policy_api.access.secret import Credential, new_token, parse
from policy_api.settings import Profile

SCANNED = re.compile(r"ppl_[a-z]+_[a-z2-7]{12}_[A-Za-z0-9_-]{43}[a-z2-7]{6}")


@pytest.mark.parametrize("profile", Profile)
def test_a_token_says_where_it_is_from_and_is_found_by_scanners(profile: Profile) -> None:
    written, credential = new_token(profile)

    assert SCANNED.fullmatch(written)
    assert written.startswith(f"ppl_{secret.ENVIRONMENTS[profile]}_{credential.id}_")
    assert parse(written) == credential


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token(Profile.TESTING)[0] for _ in range(100)}) == 100


def test_a_changed_character_is_noticed_without_a_look_into_the_database() -> None:
    written, _ = new_token(Profile.TESTING)
    changed = [
        written[:at] + ("a" if written[at] != "a" else "b") + written[at + 1 :]
        for at in range(len("ppl_test_"), len(written))
    ]

    assert [text for text in changed if parse(text)] == []


@pytest.mark.parametrize("text", ["", "ppl_", "Bearer x", "ppl_test_a_b", "ppl_test_" + "a" * 62])
def test_what_is_no_token_is_none(text: str) -> None:
    assert parse(text) is None


def test_a_secret_opens_only_its_own_digest() -> None:
    _, credential = new_token(Profile.TESTING)
    other = Credential(id=credential.id, secret="x" * 43)

    assert credential.opens(credential.digest)
    assert not other.opens(credential.digest)
    assert not credential.opens(None)


def test_a_secret_is_not_shown_where_programs_print_things() -> None:
    _, credential = new_token(Profile.TESTING)

    assert credential.secret not in repr(credential)


def test_a_token_that_gets_into_a_log_is_blotted_out_but_for_its_id() -> None:
    written, credential = new_token(Profile.PRODUCTION)

    logged = logs.blot(f"GET /v1/tokens/{written} refused")

    assert logged == f"GET /v1/tokens/ppl_live_{credential.id}_*** refused"
