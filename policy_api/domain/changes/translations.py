"""What changed in the other locales beyond what the source text explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_api.domain.changes.sections import by_key
from policy_api.domain.changes.significance import default_significance
from policy_api.domain.changes.types import Change, Op
from policy_api.domain.changes.values import exact, identity

Content = Mapping[str, Any]

FALLBACK = "fallback"
STATES = frozenset({"locale", "dir", "translation"})
"""Fields of a section that say which language it is shown in."""


def compare_locales(
    before: Mapping[str, Content], after: Mapping[str, Content]
) -> tuple[Change, ...]:
    """Return what changed in the translations, by locale and section.

    A text that differs because its source differs is told as a change of the source and not
    again here, as far as the source locale's editions are among those given.
    """
    return tuple(_changes(before, after))


def _changes(before: Mapping[str, Content], after: Mapping[str, Content]) -> Iterator[Change]:
    for locale, content in after.items():
        source = str(content.get("source_locale"))
        if locale == source:
            continue
        if locale not in before:
            yield _change(f"locales/{locale}", "translation.added", Op.ADDED, after=locale)
            continue
        yield from _of_locale(
            locale,
            (before[locale], content),
            (before.get(source, {}), after.get(source, {})),
        )
    for locale, content in before.items():
        if locale not in after and locale != content.get("source_locale"):
            yield _change(f"locales/{locale}", "translation.changed", Op.REMOVED, before=locale)


def _of_locale(
    locale: str, states: tuple[Content, Content], source: tuple[Content, Content]
) -> Iterator[Change]:
    old, new = states
    title = old.get("title"), new.get("title")
    if title[0] != title[1] and source[0].get("title") == source[1].get("title"):
        yield _change(
            f"locales/{locale}/title",
            "translation.changed",
            Op.CHANGED,
            before=title[0],
            after=title[1],
        )
    old_sections, new_sections = by_key(old.get("sections")), by_key(new.get("sections"))
    old_source, new_source = (by_key(side.get("sections")) for side in source)
    for key, section in new_sections.items():
        if key not in old_sections:
            continue
        pair = old_sections[key], section
        original = old_source.get(key, {}), new_source.get(key, {})
        if _was_retranslated(pair, original):
            yield _change(
                f"locales/{locale}/sections/{key}",
                "translation.changed",
                Op.CHANGED,
                before=pair[0].get("translation"),
                after=pair[1].get("translation"),
            )


def _was_retranslated(pair: tuple[Content, Content], original: tuple[Content, Content]) -> bool:
    """Tell whether a section changed its language, or its words over the same source words."""
    if pair[0] == pair[1]:
        return False
    languages = [side.get("translation") == FALLBACK for side in pair]
    if languages[0] != languages[1]:
        return True
    old, new = (dict(_texts(side, "")) for side in pair)
    old_source, new_source = (dict(_texts(side, "")) for side in original)
    return any(
        text != new[path] and old_source.get(path) == new_source.get(path)
        for path, text in old.items()
        if path in new
    )


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a section by path, without the labels of codes."""
    bare = exact(value) if not path else value
    if isinstance(bare, str):
        yield path, bare
    elif isinstance(bare, Mapping):
        for name, inner in bare.items():
            if path or name not in STATES:
                yield from _texts(inner, f"{path}/{name}")
    elif isinstance(bare, list):
        for member in bare:
            yield from _texts(member, f"{path}/{identity(member)}")


def _change(
    path: str, change_type: str, op: Op, *, before: object = None, after: object = None
) -> Change:
    return Change(
        path=path,
        op=op,
        type=change_type,
        before=before,
        after=after,
        significance=default_significance(change_type),
    )
