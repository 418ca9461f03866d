"""What differs between any two versions of a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from policy_api.domain.changes.compare import compare, compare_locales
from policy_api.domain.changes.redline import redline
from policy_api.domain.changes.significance import highest
from policy_api.domain.changes.types import Change
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow
from policy_api.reading import resolve
from policy_api.reading.entries import Teller
from policy_api.reading.histories import Document, Told
from policy_api.reading.visit import Visit

Contents = dict[str, dict[str, Any]]


def difference(visit: Visit, *, site: str, policy: str, before: int, after: int) -> Told:
    """Return the changes from one version to another, and the words that changed.

    :raises NotFound: If there is no such version.
    """
    pair = [
        resolve.version(visit.session, site=site, policy=policy, named=str(number), now=visit.now)
        for number in (before, after)
    ]
    old, new = (_contents(visit, version) for version in pair)
    source_locale = next(iter(new.values()))["source_locale"]
    shared = [locale for locale in new if locale in old]
    language = visit.wish.among(shared, default=source_locale)
    teller = Teller(
        paths=visit.paths(site).policy(policy),
        locale=language.locale,
        source_locale=source_locale,
        now=visit.now,
    )
    changes = _changes(pair, old, new, source_locale)
    document = {
        "from": teller.announcement(pair[0]),
        "to": teller.announcement(pair[1]),
        "locale": language.locale,
        "significance": highest(changes).value if changes else None,
        "changes": [change.to_json() for change in changes],
        "texts": list(_texts(compare(old.get(language.locale), new[language.locale]))),
    }
    return Told(document=document, language=language)


def _contents(visit: Visit, version: VersionRow) -> Contents:
    rows = queries.editions(visit.session, version_ids=[version.id])
    return {row.locale: row.content for row in rows}


def _changes(
    pair: list[VersionRow], old: Contents, new: Contents, source_locale: str
) -> tuple[Change, ...]:
    """Return the changes as they were published, where the one version followed the other."""
    before, after = pair
    if after.previous == before.number:
        return tuple(Change.from_json(change) for change in after.changes)
    facts = compare(old.get(source_locale), new[source_locale])
    return (*facts, *compare_locales(old, new))


def _texts(changes: Iterable[Change]) -> Iterator[Document]:
    for change in changes:
        if isinstance(change.before, str) and isinstance(change.after, str):
            line = redline(change.before, change.after)
            yield {
                "path": change.path,
                "ops": [{"op": name, "text": text} for name, text in line.ops],
                "html": line.html,
            }
