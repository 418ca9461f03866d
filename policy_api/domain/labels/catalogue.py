"""The program's words in other languages, from gettext catalogues."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from policy_api.domain.languages import canonical, parents
from policy_api.resources import data_dir

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


def label(text: str, locale: str) -> str:
    """Return a word of the program in the language of a reader.

    What is missing in a locale is taken from its CLDR parents, in the end from English.

    :param text: English, as it was marked by ``N_``.
    """
    for words in _chain(locale):
        found = words.get(text)
        if found is not None:
            return found
    return text


def phrase(text: str, locale: str, **values: str) -> str:
    """Return a sentence of the program with its ``{names}`` filled in.

    Plain replacement, not `str.format`: values are content, and a name that has no value shows.
    """
    sentence = label(text, locale)
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), sentence)


@lru_cache(maxsize=1)
def translated_locales() -> frozenset[str]:
    """Return the tags of all locales that have a catalogue; English needs none."""
    folders = data_dir("translations").glob("*/LC_MESSAGES")
    return frozenset(canonical(folder.parent.name.replace("_", "-")) for folder in folders)


@lru_cache(maxsize=1024)
def _chain(locale: str) -> tuple[Mapping[str, str], ...]:
    try:
        tags = (canonical(locale), *parents(locale))
    except ValueError:
        return ()
    return tuple(_words(tag) for tag in tags if tag in translated_locales())


@lru_cache(maxsize=256)
def _words(tag: str) -> Mapping[str, str]:
    catalogue = read_catalogue(data_dir("translations") / tag.replace("-", "_") / "LC_MESSAGES")
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }


def read_catalogue(folder: Path) -> Catalog:
    """Read the compiled catalogue unless its source is newer: a checkout may never compile."""
    source, compiled = folder / "messages.po", folder / "messages.mo"
    fresh = compiled.exists() and (
        not source.exists() or compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns
    )
    if fresh:
        with compiled.open("rb") as file:
            return read_mo(file)
    with source.open("rb") as file:
        return read_po(file)
