"""TXT: how plainly the policy speaks."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Found, Rule, Severity, flaw
from policy_api.domain.linting.view import View
from policy_api.domain.linting.wording import PER, hedging, wording_of

MOST_HEDGES: Final = 8
"""Hedging words in a thousand."""

FEWEST_WORDS: Final = 100
"""A rate says nothing of a shorter text."""

VAGUE = N_(
    "Words that leave things open: {count} of {total} (such as “{example}”); "
    "acceptable: {limit} in {per}."
)


class PlainlySaid(Rule):
    """“May” and “some” leave readers to guess what is done with their data."""

    id, severity, source = "TXT-001", Severity.INFO, "WP260 ¶12–13"
    title = "At most 8 words in 1,000 leave open whether something is done"

    @override
    def check(self, view: View) -> Found:
        wording = wording_of(view.source_locale)
        if wording is None:
            return None
        text = " ".join(prose.words for prose in view.prose)
        found = hedging(text, wording)
        if found.words < FEWEST_WORDS:
            return None
        if found.per_thousand <= MOST_HEDGES:
            return []
        return [
            flaw(
                "sections",
                VAGUE,
                count=found.hedges,
                total=found.words,
                example=found.example,
                limit=MOST_HEDGES,
                per=PER,
            )
        ]


RULES: tuple[Rule, ...] = (PlainlySaid(),)
