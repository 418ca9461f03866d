"""Who may hand texts to translators and take them back, and for which sites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from policy_api.domain.content.source import Source
from tests.access.people import DPO, SUMMARY, Someone
from tests.domain.sources import overlay, source, units
from tests.drafts.exchanging import PO, drafts, exported, greeting, sent


def both_overlays() -> Source:
    """Return the small source with words that only one site has, in two sites."""

    def own(site: str) -> dict[str, Any]:
        block = {"key": "own", "kind": "text", "markdown": f"Only in the {site}."}
        target = "sections/welcome/blocks/intro"
        return overlay(site, {"op": "insert_after", "target": target, "block": block})

    german = "policies/privacy/locales/de/overlays/shop"
    address = "sections/welcome/blocks/own/markdown"
    shop = {german: units(**{address: ("Only in the shop.", "Nur im Laden.")})}
    return source({**own("shop"), **own("forum"), **shop})


def test_a_translator_does_this_and_nothing_else(someone: Someone) -> None:
    translator = someone("*:translate")
    number = sent(translator, greeting(translator)).get_json()["draft"]
    draft = f"/drafts/{number}"

    refused = [
        translator.edit(draft, DPO, email="x@example.org"),
        translator.edit(draft, "policies/privacy/sections/welcome", heading="Mine"),
        translator.post(f"{draft}/approve"),
        translator.post(f"{draft}/publish", SUMMARY),
        translator.delete(draft),
        translator.get("/tokens"),
        translator.get("/audit"),
        translator.get("/webhooks"),
    ]

    assert [answer.status_code for answer in refused] == [403] * len(refused)


@pytest.mark.parametrize(
    ("scope", "out", "back"),
    [
        ("*:read-draft", 200, 403),
        ("*:translate", 200, 201),
        ("*:write", 200, 403),
        ("*:webhooks", 403, 403),
        ("*:audit", 403, 403),
    ],
)
def test_a_token_needs_the_right_action(someone: Someone, scope: str, out: int, back: int) -> None:
    raw = greeting(someone("*:read-draft"))
    ada = someone(scope)

    asked = ada.get("/export/po?policy=privacy&locale=de")
    given = sent(ada, raw)

    assert (asked.status_code, given.status_code) == (out, back)


def test_texts_of_other_sites_go_to_nobody_else(
    releases: Callable[[Source], int], someone: Someone
) -> None:
    ada = someone("shop:translate")
    releases(both_overlays())
    draft = someone("*:write").draft(site="shop").rpartition("/")[2]

    files = [exported(ada), exported(ada, draft=draft)]

    assert [b"Only in the shop." in raw for raw in files] == [True, True]
    assert [b"Only in the forum." in raw for raw in files] == [False, False]
    assert b"Only in the forum." in exported(someone("*:translate"))


def test_a_translator_of_one_site_translates_its_own_words(
    releases: Callable[[Source], int], someone: Someone
) -> None:
    ada = someone("shop:translate")
    releases(both_overlays())
    raw = exported(ada).replace(b"Nur im Laden.", b"Allein im Laden.")

    told = sent(ada, raw).get_json()

    assert told["accepted"] == ["overlays/shop/sections/welcome/blocks/own/markdown"]
    assert ada.get(f"/drafts/{told['draft']}").get_json()["site"] == "shop"


def test_a_translator_of_one_site_leaves_what_all_share(someone: Someone) -> None:
    ada = someone("shop:translate")

    answer = sent(ada, greeting(ada))

    assert answer.status_code == 403
    assert drafts(ada) == []


def test_a_file_from_elsewhere_tells_nothing_of_other_sites(
    releases: Callable[[Source], int], someone: Someone
) -> None:
    ada, everyone = someone("shop:translate"), someone("*:translate")
    releases(both_overlays())

    told = sent(ada, exported(everyone, "/export/po"), PO).get_json()

    assert [(each["unit"], each["reason"]) for each in told["refused"]] == [
        ("overlays/forum/sections/welcome/blocks/own/markdown", "unknown_unit")
    ]


def test_a_draft_of_other_sites_cannot_be_told_from_one_that_is_not_there(
    someone: Someone,
) -> None:
    ada = someone("shop:*")
    theirs = someone("forum:write", holder="Owner").draft().rpartition("/")[2]
    raw = exported(ada)

    answers = [
        [
            ada.get(f"/export/xliff?policy=privacy&locale=de&draft={number}"),
            ada.get(f"/export/po?policy=privacy&locale=de&draft={number}"),
            sent(ada, raw, query=f"?draft={number}"),
        ]
        for number in (theirs, "987654")
    ]

    assert [answer.status_code for answer in answers[0]] == [404, 404, 404]
    assert [answer.text.replace(f"draft {theirs}.", "draft 987654.") for answer in answers[0]] == [
        answer.text for answer in answers[1]
    ]


def test_a_translator_of_several_sites_says_which_draft(someone: Someone) -> None:
    ada = someone("shop:translate", "forum:translate")

    answer = sent(ada, exported(ada))

    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == "draft"
