"""Keys: stable names of sites, sections, rows and everything else that is addressed."""

from __future__ import annotations

import re
import unicodedata

from policy_api.domain.content.limits import KEY_LENGTH

KEY_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""Source of the regular expression, for those who build longer ones."""

KEY_FORM = f"1 to {KEY_LENGTH} of a–z, 0–9 and inner hyphens"
"""What a key is, in words for people."""

_KEY = re.compile(KEY_PATTERN, re.ASCII)
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


def is_key(text: str) -> bool:
    """Tell whether a text is a key."""
    return _KEY.fullmatch(text) is not None


def nearest_key(text: str) -> str:
    """Return the key somebody may have meant, or an empty text if nothing is left of it.

    >>> nearest_key("Privacy_Policy é")
    'privacy-policy-e'
    """
    plain = unicodedata.normalize("NFKD", text[: 4 * KEY_LENGTH]).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _NOT_IN_KEYS.sub("-", letters).strip("-")[:KEY_LENGTH].rstrip("-")
