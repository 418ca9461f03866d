"""One handling of data, by the publisher or by a recipient, as rules ask about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

WORLD: Final = "001"
SUB_PROCESSOR: Final = "dpv:DataSubProcessor"
JOINT_CONTROLLERS: Final = "dpv:JointDataControllers"

PROCESSORS: Final = frozenset(
    {"dpv:DataProcessor", "eu-gdpr:Processor", "dpv:ServiceProvider", SUB_PROCESSOR}
)
"""Roles of those who act for somebody else and need no legal basis of their own."""

MARKETING: Final = frozenset(
    {
        "dpv:DirectMarketing",
        "dpv:Marketing",
        "dpv:PersonalisedAdvertising",
        "dpv:SocialMediaMarketing",
        "dpv:TargetedAdvertising",
    }
)
"""Purposes that give a right to object without reasons (Art. 21(2) GDPR)."""


class Basis(Enum):
    """Kinds of legal bases, each with the terms that begin it."""

    CONSENT = ("eu-gdpr:A6-1-a", "dpv:Consent")
    CONTRACT = ("eu-gdpr:A6-1-b", "dpv:Contract")
    LAW = ("eu-gdpr:A6-1-c", "dpv:LegalObligation")
    PUBLIC_TASK = ("eu-gdpr:A6-1-e", "dpv:PublicInterest")
    INTEREST = ("eu-gdpr:A6-1-f", "dpv:LegitimateInterest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """A processing item, or a row of a table."""

    path: str
    """Address inside the policy."""

    facts: Mapping[str, Any]
    recipient_key: str | None = None
    recipient: Mapping[str, Any] | None = None
    """Entry of the recipient; None for what the publisher does itself."""

    @property
    def name(self) -> str:
        """What people call it: the recipient, or the label of the item."""
        named = self.facts["label"] if self.recipient is None else self.recipient["name"]
        return str(named)

    @property
    def recipient_path(self) -> str:
        """Path of the recipient's entry, or of the item itself."""
        return self.path if self.recipient_key is None else f"recipients/{self.recipient_key}"

    def at(self, field: str) -> str:
        """Return the address of a field."""
        return f"{self.path}/{field}"

    def states(self, field: str) -> bool:
        """Tell whether a field says anything."""
        return self.facts.get(field) not in (None, "", [])

    @property
    def role(self) -> str | None:
        """Role of the recipient, in this row or in general."""
        return self.facts.get("role") or (self.recipient or {}).get("role")

    @property
    def is_by_processor(self) -> bool:
        """Tell whether somebody does it for the publisher."""
        return self.role in PROCESSORS

    @property
    def purposes(self) -> frozenset[str]:
        """Codes of the purposes."""
        return frozenset(self.facts.get("purposes", ()))

    @property
    def categories(self) -> Sequence[str] | None:
        """The data; None if it is not stated, empty if there is none."""
        return self.facts.get("data_categories")

    def rests_on(self, *bases: Basis) -> bool:
        """Tell whether the legal basis is one of some kinds."""
        code = self.facts.get("legal_basis") or ""
        terms = (term for basis in bases for term in basis.value)
        return any(code == term or code.startswith(f"{term}-") for term in terms)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries in which the data is handled."""
        places = self.facts.get("locations") or ()
        return tuple(dict.fromkeys(at["country"] for at in places if "country" in at))

    @property
    def mechanism(self) -> str | None:
        """Code of what allows the transfer."""
        return (self.facts.get("transfer") or {}).get("mechanism")

    @property
    def copy(self) -> str | None:
        """Where to get a copy of the safeguards, or to see that a decision covers the recipient."""
        return (self.facts.get("transfer") or {}).get("copy")

    def leaves(self, is_home: Callable[[str], bool]) -> bool:
        """Tell whether data goes somewhere beyond the countries that count as home."""
        places = self.facts.get("locations") or ()
        worldwide = any(at.get("region") == WORLD and "country" not in at for at in places)
        return worldwide or not all(map(is_home, self.countries))
