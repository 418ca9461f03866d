"""The sample as linked data, read by a program that knows the W3C vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyld import jsonld

from policy_api.domain.content.vocabulary import COUNTRIES, TERMS, iri

DPV = "https://w3id.org/dpv"
PROPERTIES = (
    "hasContact hasCountry hasDataController hasDataProcessor hasDataProtectionOfficer "
    "hasDataSource hasDuration hasLegalBasis hasLocation hasPersonalData hasProcess "
    "hasProcessing hasPurpose hasRecipient hasRecipientDataController "
    "hasRecipientThirdParty hasRepresentative hasRight hasStorageCondition"
)
CLASSES = (
    "Country EndlessDuration IndeterminateDuration LegalEntity Location PersonalData Process "
    "Recipient StorageCondition TemporalDuration Transfer UntilEventDuration"
)
KNOWN = {
    *(f"{DPV}#{name}" for name in f"{PROPERTIES} {CLASSES}".split()),
    *(iri(code) for code in TERMS),
    *(f"{DPV}/loc#{code}" for code in COUNTRIES),
}
"""What the vocabulary has, of all that a policy of ours can say."""


@pytest.mark.parametrize("site", ["main", "shop", "forum"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_term_is_one_of_the_vocabulary(reader: FlaskClient, site: str, locale: str) -> None:
    answer = reader.get(f"/v1/sites/{site}/policies/privacy.jsonld?locale={locale}")

    expanded = jsonld.expand(json.loads(answer.data))

    assert answer.mimetype == "application/ld+json"
    said = {name for name in names(expanded) if name.startswith(DPV)}
    assert said - KNOWN == set()
    assert {f"{DPV}#PrivacyNotice", f"{DPV}#hasRecipient", f"{DPV}/legal/eu/gdpr#A15"} <= said


def names(node: Any) -> Iterator[str]:  # noqa: ANN401 -- JSON
    """Yield every property, type and identifier of an expanded graph."""
    if isinstance(node, list):
        for each in node:
            yield from names(each)
    elif isinstance(node, dict):
        yield from (name for name in node if not name.startswith("@"))
        yield from node.get("@type", []) if isinstance(node.get("@type"), list) else ()
        if "@id" in node:
            yield node["@id"]
        for name, value in node.items():
            if name not in {"@id", "@type"}:
                yield from names(value)
