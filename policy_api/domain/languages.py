"""Language tags: canonical form, CLDR parents, lookup, direction and names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import langcodes
from babel import Locale, localedata
from babel.core import get_global

MAX_TAG_LENGTH: Final = 35
"""RFC 5646 §4.4.1: enough for every tag that names a language."""

MAX_HEADER_LENGTH: Final = 4096
MAX_RANGES: Final = 32

_LANGTAG = re.compile(
    r"""(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{5,8})
    (?:-(?P<script>[a-z]{4}))?
    (?:-(?P<region>[a-z]{2}|[0-9]{3}))?
    (?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
    (?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*)
    (?P<private>(?:-x(?:-[a-z0-9]{1,8})+)?)""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_EXTENSION = re.compile(r"-([0-9a-wyz])(?=-)((?:-[a-z0-9]{2,8})+)", re.ASCII | re.IGNORECASE)
_REGISTERED_SINGLETONS = frozenset("tu")
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_WEIGHT = re.compile(
    r"[ \t]*q[ \t]*=[ \t]*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*", re.IGNORECASE
)
_RTL_SCRIPTS = frozenset(
    {
        "Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr",
        "Hung", "Khar", "Lydi", "Mand", "Mani", "Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo",
        "Orkh", "Palm", "Phli", "Phlp", "Phnx", "Prti", "Rohg", "Samr", "Sarb", "Sogd", "Sogo",
        "Syrc", "Thaa", "Todr", "Yezi",
    }
)  # fmt: skip
_NORWEGIAN = frozenset({"no", "nb", "nn"})

_PARENTS: Final[Mapping[str, str]] = get_global("parent_exceptions")
_LIKELY: Final[Mapping[str, str]] = get_global("likely_subtags")
_ALIASES: Final[Mapping[str, str]] = get_global("language_aliases")


class _Subtags(NamedTuple):
    """A canonical tag, taken apart."""

    language: str
    script: str = ""
    region: str = ""
    variants: tuple[str, ...] = ()
    rest: str = ""

    def __str__(self) -> str:
        parts = (self.language, self.script, self.region, *self.variants)
        return "-".join(part for part in parts if part) + self.rest


def canonical(tag: str) -> str:
    """Return the canonical form of a BCP 47 tag that can name the language of a text.

    >>> canonical("iw"), canonical("sr-latn-rs")
    ('he', 'sr-Latn-RS')

    :raises ValueError: With a sentence for the author, if the tag is malformed, not registered
        or names no language.
    """
    if not 0 < len(tag) <= MAX_TAG_LENGTH:
        raise ValueError(f"A language tag has 1 to {MAX_TAG_LENGTH} characters, such as “de-AT”.")
    return _canonical(tag)


@lru_cache(maxsize=4096)
def parents(tag: str) -> tuple[str, ...]:
    """Return the CLDR parents of a tag, nearest first, without the root.

    Parents in another language are left out: nobody who asks for Haitian expects French. The
    Norwegian tags are the exception, they share ``no``.

    >>> parents("es-MX"), parents("zh-TW")
    (('es-419', 'es'), ('zh-Hant-TW', 'zh-Hant'))

    :raises ValueError: As `canonical` does.
    """
    return tuple(str(parent) for parent in _ancestors(_split(canonical(tag))))


def lookup(ranges: Sequence[str], available: Collection[str]) -> str | None:
    """Return the available tag that serves the first range it can (RFC 4647 §3.4).

    Tags that mean the same by CLDR's likely subtags match each other: ``zh-TW`` finds ``zh-Hant``,
    ``zh`` finds ``zh-Hans``. A ``*`` finds nothing, so that the caller's default applies.

    :param ranges: Language ranges, the most wanted first; malformed ones are passed over.
    """
    exact = {tag: tag for tag in available}
    alike: dict[_Subtags, str] = {}
    for tag in sorted(available, key=lambda each: (len(each), each)):
        subtags = _try_split(tag)
        if subtags is not None:
            exact.setdefault(str(subtags), tag)
            alike.setdefault(_maximized(subtags), tag)
    for wanted in ranges:
        subtags = _try_split(wanted)
        if subtags is None:
            continue
        for candidate in (subtags, *_ancestors(subtags)):
            found = exact.get(str(candidate)) or alike.get(_maximized(candidate))
            if found is not None:
                return found
    return None


def accept_language(header: str) -> tuple[str, ...]:
    """Return the language ranges of an ``Accept-Language`` header, the most wanted first.

    Ranges come in canonical form; ``*`` stays. What is malformed, excluded by ``q=0`` or beyond
    the first 32 ranges or 4 kB is left out, because a header is no reason to fail.
    """
    parts = header[:MAX_HEADER_LENGTH].split(",")
    if len(header) > MAX_HEADER_LENGTH:
        parts.pop()
    weighted: dict[str, float] = {}
    for part in parts[:MAX_RANGES]:
        name, weight = _weighted(part)
        if name and weight > weighted.get(name, 0):
            weighted[name] = weight
    return tuple(sorted(weighted, key=lambda name: -weighted[name]))


@lru_cache(maxsize=1024)
def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Return the writing direction, by the script a tag has or most likely implies.

    :raises ValueError: As `canonical` does.
    """
    return "rtl" if _maximized(_split(canonical(tag))).script in _RTL_SCRIPTS else "ltr"


@lru_cache(maxsize=1024)
def babel_locale(tag: str) -> Locale:
    """Return what Babel knows of a tag: the nearest parent with CLDR data, else English.

    Babel raises or guesses for tags such as ``tlh`` or ``de-DE-u-co-phonebk``, and content may be
    in any language; so nothing but this function hands tags to Babel.
    """
    subtags = _try_split(tag)
    for each in (subtags, *_ancestors(subtags)) if subtags else ():
        if each.rest or each.variants:
            continue
        name = str(each).replace("-", "_")
        if localedata.exists(name):
            return Locale.parse(name)
    return Locale("en")


def autonym(tag: str) -> str:
    """Return the name of a language in that language: ``Deutsch``, ``中文 (繁體)``."""
    return display_name(tag, locale=tag)


@lru_cache(maxsize=4096)
def display_name(tag: str, *, locale: str) -> str:
    """Return the name of a language in the language of a reader.

    Falls back to English, then to the tag, where CLDR has no name.

    :raises ValueError: If the tag is malformed.
    """
    subtags = _split(canonical(tag))
    for names in (babel_locale(locale), Locale("en")):
        name = _name(subtags, names)
        if name:
            return name
    return str(subtags)


@lru_cache(maxsize=4096)
def _canonical(tag: str) -> str:
    if not tag.isascii() or not tag.replace("-", "").isalnum():
        meant = tag.replace("_", "-")
        is_tag = meant != tag and _try_split(meant) is not None
        hint = f"; write “{meant}”" if is_tag else ""
        raise ValueError(f"{tag!a} is not a language tag: use letters, digits and hyphens{hint}.")
    if tag[:2].lower() in {"x-", "i-"}:
        raise ValueError(f"{tag!a} names no language that others know; use a registered one.")
    match = _LANGTAG.fullmatch(tag)
    if match is None:
        raise ValueError(f"{tag!a} is not a well-formed language tag, such as “de” or “zh-Hant”.")
    _check_subtags(tag, match)
    current, previous = tag, ""
    # An alias can lead to another alias: sh-CS is sr-Latn-CS is sr-Latn-RS.
    while current != previous:
        current, previous = _step(current), current
    return current


def _check_subtags(tag: str, match: re.Match[str]) -> None:
    variants = match["variants"].lower().split("-")[1:]
    singletons = [found[1].lower() for found in _EXTENSION.finditer(match["extensions"])]
    if len(set(variants)) < len(variants) or len(set(singletons)) < len(singletons):
        raise ValueError(f"{tag!a} says the same thing twice.")
    if not _REGISTERED_SINGLETONS.issuperset(singletons):
        raise ValueError(f"{tag!a} has an extension that is not registered; “u” and “t” are.")
    if not langcodes.tag_is_valid(tag):
        raise ValueError(f"{tag!a} has a part that is not in the register of language subtags.")
    if match["language"].lower() in _NO_LANGUAGE or tag.lower().startswith("root"):
        raise ValueError(f"{tag!a} names no language; a text is written in one.")


def _step(tag: str) -> str:
    """Replace aliases once and put extensions into the order RFC 5646 §4.5 asks for."""
    match = _LANGTAG.fullmatch(langcodes.standardize_tag(tag))
    if match is None:
        raise ValueError(f"{tag!a} has no canonical form.")
    language = match["language"]
    alias = _ALIASES.get(language, language)
    head = [alias if "_" not in alias else language, match["script"], match["region"]]
    extensions = sorted(found[0] for found in _EXTENSION.finditer(match["extensions"]))
    parts = "-".join(part for part in head if part)
    return parts + match["variants"] + "".join(extensions) + match["private"]


@lru_cache(maxsize=4096)
def _split(tag: str) -> _Subtags:
    match = _LANGTAG.fullmatch(tag)
    if match is None:
        raise ValueError(f"{tag!a} is not a well-formed language tag.")
    return _Subtags(
        match["language"],
        match["script"] or "",
        match["region"] or "",
        tuple(match["variants"].split("-")[1:]),
        match["extensions"] + match["private"],
    )


def _try_split(tag: str) -> _Subtags | None:
    try:
        return _split(canonical(tag))
    except ValueError:
        return None


def _ancestors(subtags: _Subtags) -> Iterator[_Subtags]:
    parent = _parent(subtags)
    while parent is not None:
        yield parent
        parent = _parent(parent)


def _parent(child: _Subtags) -> _Subtags | None:
    if child.rest:
        return child._replace(rest="")
    if child.variants:
        return child._replace(variants=child.variants[:-1])
    named = _PARENTS.get(str(child).replace("-", "_"))
    if named is not None:
        parent = _split(named.replace("_", "-"))
        related = {parent.language, child.language} <= _NORWEGIAN
        return parent if parent.language == child.language or related else None
    return _truncated(child)


def _truncated(child: _Subtags) -> _Subtags | None:
    """Cut the last part, but never let a script turn into another one on the way."""
    usual = _maximized(_Subtags(child.language)).script
    if child.region and not child.script:
        implied = _maximized(child).script
        return child._replace(script=implied) if implied != usual else _Subtags(child.language)
    if child.region:
        return child._replace(region="")
    return _Subtags(child.language) if child.script == usual else None


@lru_cache(maxsize=4096)
def _maximized(subtags: _Subtags) -> _Subtags:
    """Add the likely subtags (UTS #35), so that equal meanings have equal forms."""
    language, script, region, variants, rest = subtags
    for key in (
        (language, script, region),
        (language, region),
        (language, script),
        (language,),
        ("und", script),
    ):
        likely = _LIKELY.get("_".join(part for part in key if part))
        if likely is not None:
            full = _split(likely.replace("_", "-"))
            script, region = script or full.script, region or full.region
            break
    return _Subtags("nb" if language == "no" else language, script, region, variants, rest)


def _weighted(part: str) -> tuple[str, float]:
    name, *parameters = part.split(";")
    name = name.strip(" \t")
    weight = 1.0
    if parameters:
        match = _WEIGHT.fullmatch(";".join(parameters))
        if match is None:
            return "", 0.0
        weight = float(match[1])
    if name == "*":
        return name, weight
    subtags = _try_split(name)
    return ("" if subtags is None else str(subtags)), weight


def _name(subtags: _Subtags, names: Locale) -> str:
    language, script, region = subtags[:3]
    for key, left in (
        ((language, script, region), ("", "")),
        ((language, region), (script, "")),
        ((language, script), ("", region)),
        ((language,), (script, region)),
    ):
        found = names.languages.get("_".join(part for part in key if part))
        if found is not None:
            details = [
                names.scripts.get(left[0], left[0]),
                names.territories.get(left[1], left[1]),
                *(names.variants.get(variant.upper(), variant) for variant in subtags.variants),
            ]
            return _with_details(str(found), [detail for detail in details if detail])
    return ""


def _with_details(name: str, details: Sequence[str]) -> str:
    if not details:
        return name
    extra = ", ".join(details)
    return f"{name[:-1]}, {extra})" if name.endswith(")") else f"{name} ({extra})"
