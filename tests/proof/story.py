"""A small history: a first release, an announcement, a correction and a withdrawal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from policy_api.domain.proof.canonical import canonical_json, digest, digest_bytes
from policy_api.domain.proof.chain import seal
from policy_api.domain.proof.history import StoredEdition, StoredRelease
from policy_api.domain.proof.records import (
    DirectoryRecord,
    Json,
    ReleaseRecord,
    StateRecord,
    UnitChangeRecord,
    VersionName,
    VersionRecord,
)
from policy_api.domain.proof.signing import PublicKey, Signer
from policy_api.domain.proof.verify import Break

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANNOUNCED_FOR = START + timedelta(days=40)
Name = tuple[str, str, int]
Contents = Mapping[Name, Mapping[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A release with what it was made of."""

    record: ReleaseRecord
    contents: Contents
    sources: tuple[Mapping[str, Json], ...]
    """The entries of every state."""

    def contents_of(self, version: VersionRecord) -> Mapping[str, Json]:
        return self.contents[version.site, version.policy, version.number]


def entries(slogan: str) -> dict[str, Json]:
    return {
        "organization": {"name": "Example"},
        "sites/forum": {"name": "Forum", "hosts": ["forum.example.org"], "locales": ["en", "de"]},
        "sites/shop": {"name": "Shop", "hosts": ["shop.example.org"], "locales": ["en"]},
        "policies/privacy": {"title": "Privacy", "sections": ["scope"]},
        "policies/privacy/sections/scope": {
            "heading": "Scope",
            "blocks": [{"key": "intro", "kind": "text", "markdown": slogan}],
        },
    }


def source_digest(source: Mapping[str, Json]) -> str:
    return digest({path: digest(entry) for path, entry in source.items()})


def content(site: str, number: int, locale: str, text: str) -> dict[str, Any]:
    return {
        "site": {"key": site, "name": site.title(), "hosts": [f"{site}.example.org"]},
        "policy": "privacy",
        "locale": locale,
        "version": number,
        "sections": [{"key": "scope", "blocks": [{"key": "intro", "markdown": text}]}],
    }


def directory(*sites: str) -> dict[str, Any]:
    return {
        "sites": {
            site: {
                "name": {"en": site.title()},
                "hosts": [f"{site}.example.org"],
                "base": None,
                "umbrella": False,
                "locales": ["en"],
                "source_locale": "en",
                "policies": ["privacy"],
                "notice_period_days": 30,
                "pages": {"privacy": "/privacy"},
            }
            for site in sites
        }
    }


@dataclass(slots=True)
class Author:
    """Writes chapters, each a week after the one before."""

    chapters: list[Chapter] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.chapters) + 1

    @property
    def now(self) -> datetime:
        return START + timedelta(weeks=len(self.chapters))

    def version(self, site: str, number: int, **given: Any) -> VersionRecord:  # noqa: ANN401
        editions = {locale: digest(content) for locale, content in given.pop("contents").items()}
        values: dict[str, Any] = {
            "material_number": 1,
            "kind": "change",
            "significance": "editorial",
            "title": {"en": "Clearer words"},
            "summary": {"en": "We say it better.", "de": "Wir sagen es besser."},
            "published_at": self.now,
            "effective_at": self.now,
            "previous": number - 1 or None,
            "origin_release": self.number,
            "changes": ({"path": "sections/scope", "type": "section.changed", "op": "changed"},),
            **given,
        }
        return VersionRecord(
            site=site, policy="privacy", number=number, editions=editions, **values
        )

    def write(
        self,
        versions: Mapping[Name, dict[str, Any]],
        states: Mapping[datetime, tuple[Mapping[str, Json], int]],
        **given: Any,  # noqa: ANN401
    ) -> None:
        sources = tuple(source for source, _ in states.values())
        values: dict[str, Any] = {
            "kind": "change",
            "significance": "editorial",
            "title": {"en": "Clearer words"},
            "summary": {"en": "We say it better."},
            "published_at": self.now,
            "effective_at": self.now,
            "source": source_digest(sources[-1]),
            "actor": "alex",
            "nonce": f"{self.number:032}",
            "waivers": ({"rule": "notice", "reason": "A court said so.", "name": "alex"},),
            "directory": tuple(
                DirectoryRecord(effective_at=instant, body=directory("forum", "shop"))
                for instant in states
            ),
            **given,
        }
        record = ReleaseRecord(
            number=self.number,
            states=tuple(
                StateRecord(effective_at=instant, source=source_digest(source), origin=origin)
                for instant, (source, origin) in states.items()
            ),
            versions=tuple(
                self.version(site, number, **facts) for (site, _, number), facts in versions.items()
            ),
            **values,
        )
        contents = {name: facts["contents"] for name, facts in versions.items()}
        self.chapters.append(Chapter(record=record, contents=contents, sources=sources))


def story() -> tuple[Chapter, ...]:
    author = Author()
    begin(author)
    announce(author)
    correct(author)
    withdraw(author)
    return tuple(author.chapters)


def begin(author: Author) -> None:
    author.write(
        {
            ("forum", "privacy", 1): {"contents": texts("forum", 1, "One.", "Eins.")},
            ("shop", "privacy", 1): {"contents": texts("shop", 1, "One.")},
        },
        {author.now: (entries("One."), 1)},
        significance="material",
    )


def announce(author: Author) -> None:
    author.write(
        {
            ("forum", "privacy", 2): {
                "contents": texts("forum", 2, "Two!", "Zwei!"),
                "effective_at": ANNOUNCED_FOR,
                "significance": "material",
                "material_number": 2,
            }
        },
        {author.now: (entries("One."), 1), ANNOUNCED_FOR: (entries("Two!"), 2)},
        significance="material",
        effective_at=ANNOUNCED_FOR,
        unit_changes=(unit_change("One.", "Two!"),),
    )


def correct(author: Author) -> None:
    """Correct the text in force, and carry that into what is announced."""
    author.write(
        {
            ("forum", "privacy", 3): {
                "contents": texts("forum", 3, "One", "Eins"),
                "kind": "correction",
                "previous": 1,
            },
            ("forum", "privacy", 4): {
                "contents": texts("forum", 4, "Two", "Zwei"),
                "kind": "correction",
                "effective_at": ANNOUNCED_FOR,
                "origin_release": 2,
                "material_number": 2,
            },
        },
        {author.now: (entries("One"), 3), ANNOUNCED_FOR: (entries("Two"), 2)},
        kind="correction",
    )


def withdraw(author: Author) -> None:
    taken_back = [VersionName(site="forum", policy="privacy", number=row) for row in (2, 4)]
    author.write(
        {},
        {author.now: (entries("One"), 3)},
        kind="withdrawal",
        significance="technical",
        withdraws=2,
        withdrawn=tuple(taken_back),
        waivers=(),
    )


def texts(site: str, number: int, *words: str) -> dict[str, Json]:
    return {
        locale: content(site, number, locale, text)
        for locale, text in zip(("en", "de"), words, strict=False)
    }


def unit_change(before: str, after: str) -> UnitChangeRecord:
    return UnitChangeRecord(
        policy="privacy",
        unit="sections/scope/blocks/intro/markdown",
        from_hash=digest_bytes(before.encode()),
        to_hash=digest_bytes(after.encode()),
        significance="material",
    )


def place(found: Break | None) -> str | None:
    """Return where a history breaks, if it does."""
    return None if found is None else found.place


class MemoryHistory:
    """A history whose every part a test can change."""

    def __init__(self, chapters: tuple[Chapter, ...], signer: Signer) -> None:
        self.known_keys: dict[str, PublicKey] = {signer.public_key.key_id: signer.public_key}
        self.stored: list[StoredRelease] = []
        self.bodies: dict[tuple[str, str, int, str], StoredEdition] = {}
        self.objects: dict[str, bytes] = {}
        self.stray_places: list[str] = []
        head: str | None = None
        for chapter in chapters:
            sealed = seal(chapter.record, previous=head, signer=signer)
            self.stored.append(StoredRelease(record=chapter.record, seal=sealed))
            self._keep(chapter)
            head = sealed.chain_head

    def _keep(self, chapter: Chapter) -> None:
        for name, editions in chapter.contents.items():
            for locale, body in editions.items():
                raw = orjson.dumps(body)
                noted = digest_bytes(raw)
                self.bodies[(*name, locale)] = StoredEdition(raw, noted, noted)
        for source in chapter.sources:
            for entry in (*source.values(), {path: digest(body) for path, body in source.items()}):
                self.objects[digest(entry)] = canonical_json(entry)

    def keys(self) -> Mapping[str, PublicKey]:
        return self.known_keys

    def releases(self) -> Iterator[StoredRelease]:
        return iter(self.stored)

    def edition(self, version: VersionRecord, locale: str) -> StoredEdition:
        return self.bodies[version.site, version.policy, version.number, locale]

    def source_object(self, digest: str) -> bytes | None:
        return self.objects.get(digest)

    def strays(self) -> Iterator[str]:
        return iter(self.stray_places)
