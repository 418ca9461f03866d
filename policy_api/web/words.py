"""The program's own words in the language of whoever asks, for answers that belong to a request."""

from __future__ import annotations

from typing import Final

from babel import Locale
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext

from policy_api.domain.labels import translated_locales
from policy_api.domain.languages import accept_language, babel_locale, lookup
from policy_api.resources import data_dir

SOURCE: Final = "en"
"""The language the program is written in; it needs no catalogue."""


def register_words(app: Flask) -> None:
    """Let an app speak the languages it has catalogues for."""
    Babel(
        app,
        locale_selector=asked_locale,
        default_translation_directories=str(data_dir("translations")),
    )


def asked_locale() -> Locale:
    """Return the language of the request among ours, else English."""
    asked = request.headers.get("Accept-Language", "") if has_request_context() else ""
    found = lookup(accept_language(asked), (SOURCE, *sorted(translated_locales())))
    return babel_locale(found or SOURCE)


def asked_tag() -> str:
    """Return the language of the request among ours as a BCP 47 tag."""
    return str(asked_locale()).replace("_", "-")


def said(text: str) -> tuple[str, str]:
    """Return one of the program's words as the reader wants it, and the language it is in.

    :param text: English, as it was marked by ``N_``.
    """
    words = gettext(text)
    language = get_locale()
    if words == text or language is None:
        return text, SOURCE
    return words, language.language
