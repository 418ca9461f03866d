"""Pages and lists that people bring, beside what a draft or a release holds already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from policy_api.domain.content.source import Source
from policy_api.domain.entries.checks import check_source
from policy_api.domain.importing.counting import Count
from policy_api.domain.importing.draft_bundle import Drafted, Wanted, draft_source
from policy_api.domain.importing.reading import Reading
from policy_api.domain.rendering.edition import Composer
from policy_api.errors import BadInput, NotFound, Problem


def drafted_and_counted(
    reading: Reading, wanted: Wanted, known: Source | None = None
) -> tuple[Drafted, Count]:
    """Return the entries of a page, and how much of the page its edition would hold.

    :param known: What there is already; nothing of it gets lost.
    :raises BadInput: If something of the page is no entry, or the whole does not fit together.
    """
    drafted = draft_source(reading.page, wanted, known)
    return drafted, counted(reading, drafted.source, site=wanted.site, policy=wanted.policy)


def counted(reading: Reading, source: Source, *, site: str, policy: str) -> Count:
    """Count a page in the edition that a source gives in the policy's own language.

    :raises BadInput: If the source does not fit together.
    :raises NotFound: If it has no such site or policy.
    """
    problems = check_source(source)
    if problems:
        raise BadInput(problems=problems)
    if f"sites/{site}" not in source or f"policies/{policy}" not in source:
        raise NotFound(f"The bundle has no site “{site}” with a policy “{policy}”.")
    composer = Composer(source)
    return reading.count(composer.content(site, policy, composer.source_locale(policy)))


def read_edition(raw: bytes) -> Mapping[str, Any]:
    """Return an edition as a server gave it.

    :raises BadInput: If it is something else.
    """
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        problem = Problem(f"The file is no JSON: {error.msg}.", line=error.lineno)
        raise BadInput(problems=[problem]) from error
    if not (isinstance(found, dict) and {"sections", "locale"} <= found.keys()):
        expected = "what GET /v1/sites/{site}/policies/{policy} answers"
        raise BadInput(problems=[Problem("The file is no edition.", expected=expected)])
    return found
