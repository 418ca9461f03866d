"""The program's words in mails and on the pages they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policy_api.domain import labels
from policy_api.domain.labels import N_, words

WORDS: Final[Mapping[str, str]] = {
    "all_policies": N_("All policies"),
    "and_more": words.AND_MORE,
    "as_it_happens": N_("as soon as something changes"),
    "changes": words.WHAT_CHANGED,
    "chain_head": N_("Head of the chain of releases"),
    "confirm": N_("Confirm the subscription"),
    "confirm_ask": N_(
        "Please open this page and press the button there. The link is good for three days."
    ),
    "confirm_ignore": N_(
        "If that was not you, do nothing: without a confirmation you get no further mail."
    ),
    "confirm_intro": N_(
        "Somebody, most likely you, asked us to write to this address when the privacy policies "
        "of {site} change."
    ),
    "confirm_page": N_("Do you want to get a mail when this changes?"),
    "confirm_subject": N_("Please confirm your subscription: {site}"),
    "confirmed": N_("Your subscription is confirmed"),
    "confirmed_text": N_(
        "From now on you get a mail when something changes. Each mail holds a link that ends the "
        "subscription."
    ),
    "daily": N_("once a day"),
    "digest": N_("Digest of this version"),
    "digest_subject": N_("Changes in the policies of {site}"),
    "effective": words.IN_FORCE_SINCE,
    "end": N_("Unsubscribe"),
    "end_page": N_("Do you want to get no more mails about this?"),
    "ended": N_("You are unsubscribed"),
    "ended_text": N_("You get no more mails. We erase your address after 28 days."),
    "expired": N_("This link is no longer valid"),
    "expired_text": N_(
        "It was opened too late, or the subscription has ended. You can subscribe "
        "again at any time."
    ),
    "how_often": N_("How often"),
    "news_intro": N_("The following has changed at {site}."),
    "policy": N_("Policy"),
    "policy_changed": words.POLICY_CHANGED,
    "proof": N_("With these anyone can check later that the text was not altered:"),
    "read": N_("Read version {number}"),
    "read_current": words.CURRENT_VERSION,
    "refuse": N_("Never write to this address again"),
    "refuse_page": N_("Shall we never write to this address again?"),
    "refused": N_("We will not write to this address again"),
    "refused_text": N_("It is sent no mail any more, whoever asks for one."),
    "significance": N_("Told about"),
    "significance.editorial": N_("every change, also of wording"),
    "significance.material": N_("important changes only"),
    "significance.non_material": N_("every change but those of wording"),
    "significance.technical": N_("everything, also technical changes"),
    "site": N_("Website"),
    "takes_effect": words.TAKES_EFFECT_ON,
    "unknown": N_("This link is not known"),
    "unknown_text": N_("Please check that the whole link of the mail was opened."),
    "version_number": words.VERSION_NUMBER,
    "weekly": N_("once a week"),
    "why": N_("You get this mail because you subscribed to changes at {site}."),
    "withdrawn": N_("An announced change was withdrawn"),
    "withdrawn_text": words.WITHDRAWN_NOTICE,
}
"""Every word that a template of a mail or a page may ask for."""

OFTEN: Final[Mapping[str, str]] = {
    "immediate": "as_it_happens",
    "daily": "daily",
    "weekly": "weekly",
}


@dataclass(frozen=True, slots=True)
class MailWords:
    """The words in one locale; called with a short name and the values it needs."""

    locale: str

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a word with its values put in."""
        filled = {each: str(value) for each, value in values.items()}
        return labels.phrase(WORDS[name], self.locale, **filled)

    def date(self, instant: datetime) -> str:
        """Return the day of an instant in UTC, written out."""
        return labels.long_date(instant, self.locale)

    def often(self, digest: str) -> str:
        """Return how often mails come."""
        return self(OFTEN[digest])

    def told_about(self, min_significance: str | None) -> str:
        """Return which changes are told."""
        return self(f"significance.{min_significance or 'technical'}")
