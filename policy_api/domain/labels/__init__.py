"""The program's own words, and how places, dates and lists are written, in any locale."""

from __future__ import annotations

from policy_api.domain.content.vocabulary import N_
from policy_api.domain.labels import words
from policy_api.domain.labels.catalogue import label, phrase, translated_locales
from policy_api.domain.labels.formats import (
    change_label,
    country,
    duration,
    language_name,
    list_of,
    long_date,
    place_label,
    region,
    term_label,
)

__all__ = [
    "N_",
    "change_label",
    "country",
    "duration",
    "label",
    "language_name",
    "list_of",
    "long_date",
    "phrase",
    "place_label",
    "region",
    "term_label",
    "translated_locales",
    "words",
]
