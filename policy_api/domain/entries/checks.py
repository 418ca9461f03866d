"""What entries say about each other: every mention must find what it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.domain.content.faults import meant, shown
from policy_api.domain.content.limits import BASE_DEPTH, PROBLEMS
from policy_api.domain.content.list_fields import EVERY_SITE
from policy_api.domain.content.source import ORGANIZATION, Source
from policy_api.domain.entries.placeholder_checks import placeholder_problems
from policy_api.errors import Problem

_FAMILIES: Final[Mapping[str, str]] = {
    "sites": "site",
    "contacts": "contact",
    "recipients": "recipient",
    "categories": "category",
    "policies": "policy",
    "sections": "section",
    "tables": "table",
    "overlays": "overlay",
}
_USUAL_LOCALE = "en"

Entry = Mapping[str, Any]


def check_source(source: Source) -> tuple[Problem, ...]:
    """Return everything that does not fit together in a source.

    A problem's ``file`` is the path of the entry, its pointer the place in it. Whether ops find
    their targets is checked where overlays are laid over the base.
    """
    found = _problems(source)
    return tuple(islice(found, PROBLEMS))


def _problems(source: Source) -> Iterator[Problem]:
    checks: tuple[Callable[[Source], Iterator[Problem]], ...] = (
        _organization,
        _hosts,
        _sites,
        _recipients,
        _owners,
        _policies,
        _mentions,
        placeholder_problems,
    )
    for check in checks:
        yield from check(source)


def source_locale(source: Source, policy: str) -> str:
    """Return the locale in which a policy is written."""
    entry = source.get(f"policies/{policy}") or {}
    usual = source.organization.get("source_locale", _USUAL_LOCALE)
    return str(entry.get("source_locale", usual))


def _organization(source: Source) -> Iterator[Problem]:
    if ORGANIZATION not in source:
        yield Problem("There is no organization.", file=ORGANIZATION, expected="its name")


def _hosts(source: Source) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for site in source.sites():
        for index, host in enumerate(source.entries[f"sites/{site}"]["hosts"]):
            owner = owners.setdefault(host, site)
            if owner != site:
                yield Problem(
                    f"The host {host} belongs to the site “{owner}” already.",
                    file=f"sites/{site}",
                    pointer=f"/hosts/{index}",
                    expected="each host at one site",
                )


def _sites(source: Source) -> Iterator[Problem]:
    for site in source.sites():
        path = f"sites/{site}"
        entry = source.entries[path]
        yield from _base(source, site, entry)
        for index, policy in enumerate(entry.get("policies", ())):
            yield from _missing(source, f"policies/{policy}", path, f"/policies/{index}")
        for policy in entry.get("pages", {}):
            yield from _missing(source, f"policies/{policy}", path, f"/pages/{policy}")
        yield from _site_locales(source, path, entry)


def _base(source: Source, site: str, entry: Entry) -> Iterator[Problem]:
    path = f"sites/{site}"
    if "base" not in entry:
        return
    chain = [site]
    base: str | None = entry["base"]
    while base is not None and f"sites/{base}" in source:
        if base == site:
            loop = " → ".join([*chain, base])
            detail = f"The site derives from itself: {shown(loop, 200)}."
            yield Problem(detail, file=path, pointer="/base", expected="a base outside the circle")
        if base in chain:
            return
        chain.append(base)
        base = source.entries[f"sites/{base}"].get("base")
    if len(chain) > BASE_DEPTH:
        detail = f"The site has {len(chain) - 1} bases above it."
        expected = f"at most {BASE_DEPTH - 1}"
        yield Problem(detail, file=path, pointer="/base", expected=expected)
    elif base is not None and len(chain) == 1:
        yield from _missing(source, f"sites/{base}", path, "/base")


def _site_locales(source: Source, path: str, entry: Entry) -> Iterator[Problem]:
    known = [key for key in source.policies() if key in entry.get("policies", source.policies())]
    for policy in known:
        locale = source_locale(source, policy)
        if locale not in entry["locales"]:
            yield Problem(
                f"The policy “{policy}” is written in {locale}, which the site does not have.",
                file=path,
                pointer="/locales",
                expected=f"{locale} among the locales",
            )


def _recipients(source: Source) -> Iterator[Problem]:
    for path in source.paths("recipients/"):
        key = path.removeprefix("recipients/")
        if source.entries[path].get("replaces") == key:
            expected = "the recipient that was there before"
            detail = "The recipient replaces itself."
            yield Problem(detail, file=path, pointer="/replaces", expected=expected)


def _owners(source: Source) -> Iterator[Problem]:
    """Refuse parts without a whole: sections of no policy, translations of no section."""
    for path in source.paths("policies/"):
        steps = path.split("/")
        policy = steps[1]
        if f"policies/{policy}" not in source:
            yield _no_owner(path, f"policies/{policy}")
        elif steps[2:3] == ["locales"]:
            yield from _translated(source, path, policy, steps)
        elif steps[2:3] == ["overlays"]:
            yield from _missing(source, f"sites/{steps[3]}", path, "")


def _translated(source: Source, path: str, policy: str, steps: list[str]) -> Iterator[Problem]:
    if steps[3] == source_locale(source, policy):
        detail = f"{steps[3]} is the language the policy is written in."
        yield Problem(detail, file=path, expected="a translation into another one")
    owner = f"policies/{policy}" + "".join(f"/{step}" for step in steps[4:] if step != "policy")
    if owner not in source:
        yield _no_owner(path, owner)


def _no_owner(path: str, owner: str) -> Problem:
    return Problem(f"It belongs to {owner}, which does not exist.", file=path)


def _policies(source: Source) -> Iterator[Problem]:
    for policy in source.policies():
        path = f"policies/{policy}"
        listed = source.entries[path]["sections"]
        for index, section in enumerate(listed):
            yield from _missing(source, f"{path}/sections/{section}", path, f"/sections/{index}")
        for each in source.paths(f"{path}/sections/"):
            if each.rpartition("/")[2] not in listed:
                detail = f"The policy does not list the section “{each.rpartition('/')[2]}”."
                expected = "its key among the policy's sections"
                yield Problem(detail, file=each, expected=expected)
        yield from _anchors(source, path, listed)


def _anchors(source: Source, path: str, listed: Iterable[str]) -> Iterator[Problem]:
    entries = {key: source.get(f"{path}/sections/{key}") or {} for key in listed}
    counted = Counter(entry.get("anchor", key) for key, entry in entries.items())
    for key, entry in entries.items():
        if "anchor" in entry and counted[entry["anchor"]] > 1:
            yield Problem(
                f"Another section has the anchor “{entry['anchor']}” too.",
                file=f"{path}/sections/{key}",
                pointer="/anchor",
                expected="an anchor of its own",
            )


def _mentions(source: Source) -> Iterator[Problem]:
    for policy in source.policies():
        prefix = f"policies/{policy}"
        for path in source.paths(f"{prefix}/sections/"):
            yield from _blocks(source, source.entries[path]["blocks"], path, "/blocks")
        for path in source.paths(f"{prefix}/tables/"):
            for index, row in enumerate(source.entries[path]["rows"]):
                yield from _row(source, row, path, f"/rows/{index}")
        for path in source.paths(f"{prefix}/overlays/"):
            for index, op in enumerate(source.entries[path]["ops"]):
                yield from _op(source, op, path, f"/ops/{index}")


def _op(source: Source, op: Entry, path: str, pointer: str) -> Iterator[Problem]:
    if "section" in op:
        blocks = op["section"]["blocks"]
        yield from _blocks(source, blocks, path, f"{pointer}/section/blocks")
    if "block" in op:
        yield from _block(source, op["block"], path, f"{pointer}/block")
    if "row" in op:
        yield from _row(source, op["row"], path, f"{pointer}/row")
    if op["op"] == "override_row" and op["field"] in {"recipient", "data_categories"}:
        for problem in _row(source, {op["field"]: op["value"]}, path, pointer):
            yield Problem(
                problem.detail, file=path, pointer=f"{pointer}/value", expected=problem.expected
            )


def _blocks(source: Source, blocks: list[Entry], path: str, pointer: str) -> Iterator[Problem]:
    for index, block in enumerate(blocks):
        yield from _block(source, block, path, f"{pointer}/{index}")


def _block(source: Source, block: Entry, path: str, pointer: str) -> Iterator[Problem]:
    policy = "/".join(path.split("/")[:2])
    for reference in BLOCK_KINDS.get(block["kind"]).references(block):
        own = reference.path.startswith(("tables/", "sections/"))
        wanted = f"{policy}/{reference.path}" if own else reference.path
        yield from _missing(source, wanted, path, pointer + reference.pointer)


def _row(source: Source, row: Entry, path: str, pointer: str) -> Iterator[Problem]:
    if isinstance(row.get("recipient"), str):
        wanted = f"recipients/{row['recipient']}"
        yield from _missing(source, wanted, path, f"{pointer}/recipient")
    named = row.get("data_categories")
    for index, category in enumerate(named if isinstance(named, list) else ()):
        if ":" not in str(category):
            at = f"{pointer}/data_categories/{index}"
            yield from _missing(source, f"categories/{category}", path, at)
    for index, site in enumerate(row.get("applies_to", ())):
        if site != EVERY_SITE:
            yield from _missing(source, f"sites/{site}", path, f"{pointer}/applies_to/{index}")


def _missing(source: Source, wanted: str, path: str, pointer: str) -> Iterator[Problem]:
    """Yield a problem if an entry that is mentioned does not exist."""
    if wanted in source:
        return
    folder, _, key = wanted.rpartition("/")
    family = folder.rpartition("/")[2]
    known = (each.removeprefix(f"{folder}/") for each in source.paths(f"{folder}/"))
    yield Problem(
        f"There is no {_FAMILIES[family]} “{shown(key)}”.",
        file=path,
        pointer=pointer,
        expected=meant(key, [each for each in known if "/" not in each], family),
    )
