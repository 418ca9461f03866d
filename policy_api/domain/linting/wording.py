"""Words that tell something about a text, by language; languages without a list are not judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_api.domain.languages import parents

_WORD = re.compile(r"\w[\w’'-]*")
PER: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What to look for in one language."""

    hedges: frozenset[str]
    """Words that leave open whether something is done."""

    changes: re.Pattern[str]
    """Headings of a section about changes."""

    promise: re.Pattern[str]
    """Promises to tell readers."""

    check_back: re.Pattern[str]
    """Requests to look again from time to time."""

    earlier: re.Pattern[str]
    """Mentions of earlier versions."""

    changed: re.Pattern[str]
    """Notes that a reused text is not the original."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDINGS: Final[Mapping[str, Wording]] = {
    "en": Wording(
        hedges=_words("may might some often possible"),
        changes=_any("chang", "updat", "amend", "revis"),
        promise=_any("notif", "announc", "let you know", "inform", "tell you", "told", "e-?mail"),
        check_back=_any(
            r"(?:check|review|visit|consult|look)\w*\b[^.]{0,60}\b"
            r"(?:regularly|periodically|frequently|often|from time to time|again)",
            r"(?:regularly|periodically|frequently) (?:check|review|visit|consult)",
            "check back",
        ),
        earlier=_any(
            r"(?:earlier|previous|prior|past|older|former) (?:version|edition)", "archive"
        ),
        changed=_any("chang", "modif", "adapt", "revis", "reword", "newly word", "translat"),
    ),
    "de": Wording(
        hedges=_words("kann können könnte könnten dürfte manche oft möglich möglicherweise"),
        changes=_any("änderung", "ändern", "aktualisier", "ändert"),
        promise=_any("benachrichtig", "ankündig", "angekündigt", "informier", "mitteil", "e-?mail"),
        check_back=_any(
            r"(?:regelmäßig|gelegentlich|von zeit zu zeit)\b[^.]{0,60}\b"
            r"(?:prüf|überprüf|besuch|nachles|nachseh|lesen)",
            r"(?:prüf|überprüf|besuch)\w*\b[^.]{0,60}\b(?:regelmäßig|von zeit zu zeit)",
        ),
        earlier=_any(r"(?:frühere|vorherige|ältere|alte)\w* (?:fassung|version)", "archiv"),
        changed=_any("geändert", "bearbeit", "angepasst", "neu formuliert", "übersetz"),
    ),
    "fr": Wording(
        hedges=_words("peut peuvent pourrait pourraient certains certaines souvent possible"),
        changes=_any("modif", "mise à jour", "mises à jour", "chang", "évolu"),
        promise=_any("inform", "avert", "annonc", "notifi", "préven", "e-?mail", "courriel"),
        check_back=_any(
            r"(?:consult|vérifi|relir|relis|visit)\w*\b[^.]{0,60}\b"
            r"(?:régulièrement|périodiquement|de temps en temps)",
            r"(?:régulièrement|périodiquement) (?:consult|vérifi|relir|visit)",
        ),
        earlier=_any(
            r"(?:version|édition)s? (?:antérieure|précédente|ancienne)",
            r"anciennes (?:version|édition)",
            "archive",
        ),
        changed=_any("modifi", "adapt", "remani", "reformul", "tradui"),
    ),
    "es": Wording(
        hedges=_words("puede pueden podría podrían algunos algunas posible posiblemente"),
        changes=_any("cambi", "modific", "actualiz"),
        promise=_any("notific", "avis", "anunci", "inform", "comunic", "e-?mail", "correo"),
        check_back=_any(
            r"(?:revis|consult|visit|comprueb)\w*\b[^.]{0,60}\b"
            r"(?:periódicamente|regularmente|de vez en cuando)",
            r"(?:periódicamente|regularmente) (?:revis|consult|visit)",
        ),
        earlier=_any(r"(?:versi|edici)ones (?:anteriores|previas|antiguas)", "archivo"),
        changed=_any("modific", "adapt", "cambi", "reformul", "traduc"),
    ),
}
"""Primary language → what to look for in it."""


def wording_of(locale: str) -> Wording | None:
    """Return what to look for in a locale, or None if nobody has written it down."""
    tags = (locale, *parents(locale), locale.partition("-")[0])
    return next((WORDINGS[tag] for tag in tags if tag in WORDINGS), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedging:
    """How often a text leaves things open."""

    words: int
    hedges: int
    example: str = ""
    """The hedging word that is met most."""

    @property
    def per_thousand(self) -> float:
        """Hedging words in a thousand."""
        return PER * self.hedges / self.words if self.words else 0.0


def hedging(text: str, wording: Wording) -> Hedging:
    """Count the words of a text, and those that leave things open."""
    words = [match[0].casefold() for match in _WORD.finditer(text)]
    found = Counter(word for word in words if word in wording.hedges)
    example = found.most_common(1)[0][0] if found else ""
    return Hedging(words=len(words), hedges=found.total(), example=example)
