"""Tokens that were found in the open: whoever finds one can end it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from policy_api import logs
from policy_api.access import service
from policy_api.access.doors import check_guesses, note_guess
from policy_api.access.principal import Actor
from policy_api.access.schemas import LEAK_TYPE, MAX_LEAKS
from policy_api.db.tx import retrying, writing
from policy_api.errors import BadInput, Problem

REPORTER: Final = "leak report"
"""Who the record says revoked such a token."""


def check_leaks(reported: Sequence[object]) -> None:
    """Refuse a report of too much at once.

    :raises BadInput: If it is too long.
    """
    if len(reported) > MAX_LEAKS:
        raise BadInput(problems=[Problem(f"Report at most {MAX_LEAKS} tokens at once.")])


def leaks_ended(reported: Sequence[dict[str, Any]], *, now: datetime) -> list[dict[str, str]]:
    """Revoke what is a token of ours, and say of each what it was.

    :raises TooManyGuesses: If many that were none came from the same place before.
    """
    check_guesses(now)
    written = [each["token"] for each in reported]
    ended = retrying(lambda: _ended(written, now))
    for is_ours in ended:
        if not is_ours:
            note_guess(now)
    return [_answer(text, is_ours) for text, is_ours in zip(written, ended, strict=True)]


def _ended(written: Sequence[str], now: datetime) -> list[bool]:
    by = Actor(name=REPORTER, request_id=logs.request_id.get())
    with writing() as session:
        return [service.revoke_leaked(session, text, by=by, now=now) for text in written]


def _answer(written: str, is_ours: object) -> dict[str, str]:
    hashed = hashlib.sha256(written.encode(errors="surrogatepass")).digest()
    return {
        "token_hash": base64.b64encode(hashed).decode(),
        "token_type": LEAK_TYPE,
        "label": "true_positive" if is_ours else "false_positive",
    }
