"""What changed in rows, items, rights, contacts and cookies: by key, by field, by weight."""

from __future__ import annotations

import pytest

from policy_api.domain.changes.compare import compare
from policy_api.domain.changes.types import Significance
from tests.domain.comparing import brief, now, only, since
from tests.domain.contents import (
    ITEMS,
    ROWS,
    at,
    block,
    changed,
    coded,
    contact,
    content,
    item,
    row,
    section,
    sorted_as,
    table,
    text,
    with_more,
    without,
)

TECHNICAL, EDITORIAL = Significance.TECHNICAL, Significance.EDITORIAL
NON_MATERIAL, MATERIAL = Significance.NON_MATERIAL, Significance.MATERIAL

PAYMENTS = "tables/services/rows/payments"


# ── Recipients ───────────────────────────────────────────────────────────────────────────────


def test_a_new_recipient_is_material() -> None:
    change = only(with_more(ROWS, row("video", "tuber")))

    assert brief(change) == ("recipient.added", "added", "tables/services/rows/video", MATERIAL)
    assert isinstance(change.after, dict)
    assert change.after["recipient"]["key"] == "tuber"
    assert "changed_in" not in change.after


def test_a_lost_recipient_is_worth_a_line() -> None:
    assert now(without(f"{ROWS}/mail")) == [
        ("recipient.removed", "removed", "tables/services/rows/mail", NON_MATERIAL)
    ]


def test_a_row_that_moves_is_editorial() -> None:
    assert now(sorted_as(ROWS, ["hosting", "payments", "mail"])) == [
        ("recipient.moved", "moved", "tables/services/rows/hosting", EDITORIAL)
    ]


def test_a_table_is_the_same_wherever_it_is_shown() -> None:
    moved = changed({"sections/recipients/blocks": [text("intro", "See below.")]})
    moved = changed(
        {"sections/about/blocks": [*at("sections/about/blocks"), table(*at(ROWS))]}, moved
    )

    found = [change for change in compare(content(), moved) if "tables/" in change.path]

    assert found == []


@pytest.mark.parametrize(
    ("field", "value", "change_type", "significance"),
    [
        ("purpose", "Takes money.", "recipient.purpose_changed", MATERIAL),
        ("purpose", "Takes  payments.\n", "section.changed", EDITORIAL),
        ("legal_basis", coded("eu-gdpr:A6-1-a"), "recipient.legal_basis_changed", MATERIAL),
        ("legitimate_interest", "Money.", "recipient.legal_basis_changed", MATERIAL),
        ("retention", None, "recipient.retention_changed", MATERIAL),
        ("required", "Yes.", "recipient.data_changed", MATERIAL),
        ("role", coded("dpv:DataProcessor"), "recipient.role_changed", MATERIAL),
        ("transfer/mechanism", coded("x"), "recipient.transfer_changed", MATERIAL),
        ("recipient/name", "Payer Ltd", "recipient.renamed", NON_MATERIAL),
        ("recipient/legal_name", "Payer Ltd", "recipient.renamed", NON_MATERIAL),
        ("recipient/privacy_policy_url", "https://x.example", "recipient.link_changed", EDITORIAL),
        ("data_categories_open", True, "recipient.data_changed", MATERIAL),
    ],
)
def test_a_field_of_a_row_has_its_type(
    field: str, value: object, change_type: str, significance: Significance
) -> None:
    after = changed({f"{ROWS}/payments/{field}": value})

    assert now(after) == [(change_type, "changed", f"{PAYMENTS}/{field}", significance)]


def test_labels_of_codes_never_count() -> None:
    after = changed(
        {
            f"{ROWS}/payments/role": coded("dpv:ThirdParty", "Dritter"),
            f"{ROWS}/payments/locations": [
                {**place, "label": "elsewhere"} for place in at(f"{ROWS}/payments/locations")
            ],
            "sections/collect/blocks/how-long/rules/logs/duration": {"iso": "P30D", "label": "…"},
            "sections/rights/blocks/rights/rights/access/label": "Auskunft",
        }
    )

    assert now(after) == []


def test_a_set_tells_what_it_gained_and_lost() -> None:
    places = [{"country": "US", "region": None, "place": None}, {"country": "FR", "place": None}]

    change = only(changed({f"{ROWS}/payments/locations": places}))

    assert brief(change) == (
        "recipient.location_changed",
        "changed",
        f"{PAYMENTS}/locations",
        MATERIAL,
    )
    assert change.members_added == ("FR",)
    assert change.members_removed == ("DE/Berlin",)


def test_a_set_in_another_order_is_editorial() -> None:
    after = changed({f"{ROWS}/payments/purposes": at(f"{ROWS}/payments/purposes")[::-1]})

    assert now(after) == [("recipient.moved", "moved", f"{PAYMENTS}/purposes", EDITORIAL)]


def test_less_data_is_no_news_for_the_front_page() -> None:
    fewer = changed(
        {f"{ROWS}/payments/data_categories": at(f"{ROWS}/payments/data_categories")[:1]}
    )
    path = f"{PAYMENTS}/data_categories"

    assert now(fewer) == [("recipient.data_changed", "changed", path, NON_MATERIAL)]
    assert only(fewer).members_removed == ("nick",)
    assert since(fewer, content()) == [("recipient.data_changed", "changed", path, MATERIAL)]


def test_data_that_is_no_longer_stated_is_not_less_data() -> None:
    after = changed({f"{ROWS}/payments": {**at(f"{ROWS}/payments"), "data_categories": None}})

    assert only(after).significance is MATERIAL


def test_another_word_for_an_own_category_is_editorial() -> None:
    name, nick = at(f"{ROWS}/payments/data_categories")

    after = changed({f"{ROWS}/payments/data_categories": [name, {**nick, "label": "Alias"}]})

    assert now(after) == [
        ("recipient.data_changed", "changed", f"{PAYMENTS}/data_categories", EDITORIAL)
    ]


def test_another_recipient_in_the_same_row_replaces_the_old_one() -> None:
    after = changed({f"{ROWS}/payments": row("payments", "cashier", replaces="payer")})

    change = only(after)

    assert brief(change) == ("recipient.replaced", "replaced", PAYMENTS, MATERIAL)
    assert isinstance(change.before, dict)
    assert isinstance(change.after, dict)
    assert (change.before["key"], change.after["key"]) == ("payer", "cashier")


def test_what_else_differs_in_a_row_with_another_recipient_is_told_too() -> None:
    after = changed({f"{ROWS}/payments": row("payments", "cashier", retention="A year.")})

    assert [change.type for change in compare(content(), after)] == [
        "recipient.replaced",
        "recipient.retention_changed",
    ]


def test_a_new_row_can_take_the_place_of_one_that_is_gone() -> None:
    rest = [at(f"{ROWS}/mail"), at(f"{ROWS}/hosting")]
    after = changed({ROWS: [*rest, row("cash", "cashier", replaces="payer", purpose="Cash.")]})

    change = only(after)

    assert brief(change) == (
        "recipient.replaced",
        "replaced",
        "tables/services/rows/cash",
        MATERIAL,
    )


def test_nobody_is_replaced_who_is_still_there() -> None:
    after = with_more(ROWS, row("cash", "cashier", replaces="payer"))

    assert now(after) == [("recipient.added", "added", "tables/services/rows/cash", MATERIAL)]


def test_on_an_umbrella_the_sites_of_a_row_are_its_scope() -> None:
    forum, shop = {"key": "forum", "name": "Forum"}, {"key": "shop", "name": "Shop"}
    before = changed({f"{ROWS}/payments": row("payments", "payer", sites=[forum])})
    after = changed({f"{ROWS}/payments": row("payments", "payer", sites=[forum, shop])})

    change = only(after, before)

    assert brief(change) == ("site.scope_changed", "changed", f"{PAYMENTS}/sites", NON_MATERIAL)
    assert change.members_added == ("shop",)


def test_the_columns_of_a_table_are_a_set() -> None:
    columns = at("sections/recipients/blocks/table/columns")
    path = "sections/recipients/blocks/table/columns"

    assert now(changed({path: columns[::-1]})) == [
        ("section.changed", "moved", "tables/services/columns", EDITORIAL)
    ]
    assert now(changed({path: columns[:1]})) == [
        ("section.changed", "changed", "tables/services/columns", NON_MATERIAL)
    ]


def test_recipients_of_a_new_section_are_news_of_their_own() -> None:
    after = with_more("sections", section("more", table(row("video", "tuber"), name="other")))

    assert now(after) == [
        ("section.added", "added", "sections/more", NON_MATERIAL),
        ("recipient.added", "added", "tables/other/rows/video", MATERIAL),
    ]


# ── Processing, rights, contacts, cookies, retention ─────────────────────────────────────────


def test_what_the_publisher_does_itself_is_compared_like_disclosures() -> None:
    path = "sections/collect/blocks/doings/items"

    assert now(with_more(ITEMS, item("video"))) == [
        ("processing.added", "added", f"{path}/video", MATERIAL)
    ]
    assert now(without(f"{ITEMS}/mail")) == [
        ("processing.removed", "removed", f"{path}/mail", NON_MATERIAL)
    ]
    assert now(changed({f"{ITEMS}/usage/label": "Visits"})) == [
        ("processing.renamed", "changed", f"{path}/usage/label", NON_MATERIAL)
    ]
    assert now(sorted_as(ITEMS, ["mail", "usage"]))[0][0] == "processing.moved"


def test_an_item_that_goes_to_another_block_is_the_same_item() -> None:
    moved = item("mail", retention="A year.")
    after = with_more("sections/promise/blocks", block("more", "processing", items=[moved]))
    after = changed({ITEMS: [at(f"{ITEMS}/usage")]}, after)

    found = [change for change in now(after) if change[0] != "section.changed"]

    path = "sections/promise/blocks/more/items/mail"
    assert found == [
        ("processing.moved", "moved", path, EDITORIAL),
        ("processing.retention_changed", "changed", f"{path}/retention", MATERIAL),
    ]


def test_a_right_may_come_and_should_not_go() -> None:
    path = "sections/rights/blocks/rights/rights"
    objection = {"key": "object", "text": None, **coded("eu-gdpr:A21")}

    assert now(with_more(path, objection)) == [
        ("right.added", "added", f"{path}/object", NON_MATERIAL)
    ]
    assert now(without(f"{path}/erasure")) == [
        ("right.removed", "removed", f"{path}/erasure", MATERIAL)
    ]
    assert now(changed({f"{path}/access/text": "Just ask."})) == [
        ("section.changed", "changed", f"{path}/access/text", NON_MATERIAL)
    ]


def test_a_contact_that_stands_in_several_places_is_told_once() -> None:
    after = changed(
        {
            "sections/rights/blocks/rights/exercise_contact/email": "new@example.org",
            "sections/rights/blocks/people/contacts/privacy/email": "new@example.org",
        }
    )

    assert now(after) == [
        (
            "contact.changed",
            "changed",
            "sections/rights/blocks/rights/exercise_contact/email",
            NON_MATERIAL,
        )
    ]


def test_two_contacts_with_the_same_news_are_two_contacts() -> None:
    people = "sections/rights/blocks/people/contacts"

    after = changed({f"{people}/privacy/phone": "+49 1", f"{people}/dpo/phone": "+49 1"})

    assert [change[2] for change in now(after)] == [
        f"{people}/privacy/phone",
        f"{people}/dpo/phone",
    ]


def test_a_contact_that_came_or_went_changed() -> None:
    people = "sections/rights/blocks/people/contacts"

    assert now(without(f"{people}/dpo")) == [
        ("contact.changed", "removed", f"{people}/dpo", NON_MATERIAL)
    ]
    assert now(with_more(people, contact("office"))) == [
        ("contact.changed", "added", f"{people}/office", NON_MATERIAL)
    ]


def test_somebody_else_to_ask_replaces_the_contact() -> None:
    path = "sections/rights/blocks/rights/exercise_contact"

    assert now(changed({path: contact("office")})) == [
        ("contact.changed", "replaced", path, NON_MATERIAL)
    ]


def test_cookies_come_change_and_go() -> None:
    jar = "sections/cookies/blocks/jar/items"
    known = at(f"{jar}/session")

    assert now(with_more(jar, {**known, "key": "ads"})) == [
        ("cookie.added", "added", f"{jar}/ads", MATERIAL)
    ]
    assert now(without(f"{jar}/session")) == [
        ("cookie.removed", "removed", f"{jar}/session", NON_MATERIAL)
    ]
    assert now(changed({f"{jar}/session/name": "sid"})) == [
        ("cookie.changed", "changed", f"{jar}/session/name", MATERIAL)
    ]
    assert now(changed({f"{jar}/session/provider": {"key": "payer", "name": "Payer Ltd"}})) == [
        ("cookie.changed", "changed", f"{jar}/session/provider", EDITORIAL)
    ]


def test_a_storage_period_is_a_promise() -> None:
    path = "sections/collect/blocks/how-long/rules/logs"

    assert now(changed({f"{path}/duration": {"iso": "P60D", "label": "60 days"}})) == [
        ("retention.changed", "changed", f"{path}/duration", MATERIAL)
    ]
    assert now(without(path)) == [("retention.changed", "removed", path, MATERIAL)]
