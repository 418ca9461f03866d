"""Old workers know whether those that follow them are ready."""

from __future__ import annotations

import os

from policy_api.reading.worker_succession import Succession


def succession_of_two() -> Succession:
    made = Succession()
    for age in (1, 2):
        made.announce(age)
        made.enter(age)
    return made


def test_nobody_is_awaited_where_nobody_follows() -> None:
    succession = succession_of_two()

    assert not succession.is_awaited(1)
    assert not succession.is_awaited(2)


def test_those_that_follow_are_awaited_until_the_youngest_is_ready() -> None:
    succession = succession_of_two()
    succession.announce(3)
    succession.announce(4)

    succession.enter(3)
    before = [succession.is_awaited(age) for age in (1, 2, 4)]
    succession.enter(4)
    after = [succession.is_awaited(age) for age in (1, 2, 3)]

    assert before == [True, True, False]
    assert after == [False, False, False]


def test_what_a_forked_process_says_is_seen() -> None:
    succession = succession_of_two()
    succession.announce(3)

    child = os.fork()
    if child == 0:
        succession.enter(3)
        os._exit(0)
    os.waitpid(child, 0)

    assert not succession.is_awaited(2)
