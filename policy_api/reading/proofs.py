"""What a reader needs to check a version without trusting this service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from policy_api.domain.proof.signing import key_set
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.rows import ReleaseRow
from policy_api.reading import resolve
from policy_api.reading.paths import with_query
from policy_api.reading.visit import Visit

ALGORITHM = "Ed25519"
KEYS_PATH = "/.well-known/policy-api-keys.json"

Document = dict[str, Any]


def proof(
    visit: Visit, *, site: str, policy: str, named: str, query: Mapping[str, Any]
) -> Document:
    """Return the release that made a version, signed, and the chain from there to the newest.

    :raises NotFound: If there is no such version.
    """
    version = resolve.version(visit.session, site=site, policy=policy, named=named, now=visit.now)
    release = queries.release(visit.session, version.release)
    if release is None:
        raise NotFound("The version has no release.")
    paths = visit.paths(site).policy(policy)
    links = queries.chain(visit.session, since=query.get("after", release.number - 1) + 1)
    shown = links[: query["limit"]]
    following = None
    if len(shown) < len(links):
        following = with_query(paths.proof(version.number), after=str(shown[-1].release))
    return {
        "site": site,
        "policy": policy,
        "version": version.number,
        "editions": queries.edition_digests(visit.session, version_id=version.id),
        **_signed(release),
        "keys": f"{visit.mount_path}{KEYS_PATH}",
        "chain": [
            {
                "release": link.release,
                "manifest_digest": link.manifest_digest,
                "chain_head": link.chain_head,
            }
            for link in shown
        ],
        "next": following,
    }


def keys(visit: Visit) -> Document:
    """Return every key that ever signed a release, as a JSON Web Key Set."""
    return key_set(queries.public_keys(visit.session))


def _signed(release: ReleaseRow) -> Document:
    seal = release.seal
    return {
        "release": release.number,
        # Byte for byte as it was signed; reading it again could lose what was written.
        "manifest": orjson.Fragment(seal.manifest),
        "manifest_digest": seal.manifest_digest,
        "chain_head": seal.chain_head,
        "signature": {"algorithm": ALGORITHM, "key_id": seal.key_id, "value": seal.signature},
    }
