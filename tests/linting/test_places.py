"""A finding leads to the entry and the line where somebody has to write."""

from __future__ import annotations

import pytest

from policy_api.domain.content.paths import get_at
from policy_api.domain.linting.places import place_of
from policy_api.domain.linting.view import View
from policy_api.domain.variants.effective import effective_policy
from tests.domain.sources import overlay, row, source
from tests.linting.complete import NOW

TABLE = "policies/privacy/tables/services"
WELCOME = "policies/privacy/sections/welcome"
SHOP = "policies/privacy/overlays/shop"
OPS = (
    {
        "op": "override",
        "target": "sections/welcome/blocks/intro",
        "field": "markdown",
        "value": "Welcome to the shop.",
    },
    {
        "op": "insert_after",
        "target": "sections/welcome",
        "section": {
            "key": "orders",
            "heading": "Orders",
            "blocks": [{"key": "text", "kind": "text", "markdown": "We keep orders."}],
        },
    },
    {
        "op": "insert_after",
        "target": "sections/contact/blocks/people",
        "block": {"key": "more", "kind": "text", "markdown": "Call us."},
    },
    {"op": "append_row", "target": "tables/services", "row": row("parcels", "payer", ["shop"])},
)


def view(site: str) -> View:
    """Return a site's policy; the shop has an overlay."""
    written = source(overlay("shop", *OPS))
    return View(source=written, effective=effective_policy(written, site, "privacy"), now=NOW)


@pytest.mark.parametrize(
    ("path", "entry", "pointer"),
    [
        ("organization/legal_name", "organization", "/legal_name"),
        ("organization", "organization", ""),
        ("contacts/dpo", "contacts/dpo", ""),
        ("contacts/dpo/address/street", "contacts/dpo", "/address/street"),
        ("recipients/hoster/role", "recipients/hoster", "/role"),
        ("sites/shop/hosts", "sites/shop", "/hosts"),
        ("title", "policies/privacy", "/title"),
        ("sections", "policies/privacy", "/sections"),
        ("license/spdx", "policies/privacy", "/license/spdx"),
        ("sections/welcome", WELCOME, ""),
        ("sections/welcome/heading", WELCOME, "/heading"),
        ("sections/welcome/blocks/intro", WELCOME, "/blocks/0"),
        ("tables/services/rows/payments/purpose", TABLE, "/rows/1/purpose"),
        ("tables/services/rows/payments/transfer/copy", TABLE, "/rows/1/transfer/copy"),
    ],
)
def test_a_path_leads_to_its_entry(path: str, entry: str, pointer: str) -> None:
    assert place_of(view("main"), path) == (entry, pointer)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("sections/welcome/blocks/intro/markdown", "/ops/0/value"),
        ("sections/orders", "/ops/1/section"),
        ("sections/orders/blocks/text/markdown", "/ops/1/section/blocks/0/markdown"),
        ("sections/contact/blocks/more", "/ops/2/block"),
        ("tables/services/rows/parcels/transfer/mechanism", "/ops/3/row/transfer/mechanism"),
    ],
)
def test_what_an_overlay_wrote_is_edited_there(path: str, pointer: str) -> None:
    assert place_of(view("shop"), path) == (SHOP, pointer)


def test_an_umbrella_points_at_the_overlay_that_added_a_row() -> None:
    main = view("main")

    assert get_at(main.effective.tables["services"], "rows/parcels") is not None
    assert place_of(main, "tables/services/rows/parcels") == (SHOP, "/ops/3/row")
