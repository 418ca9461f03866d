"""Nothing that people write or embed gets out of its place on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from policy_api.domain.rendering import environment, html
from policy_api.domain.rendering.html import PageView, frame_origins, page
from policy_api.registry import Registry
from tests.domain.editions import block, edition
from tests.domain.hostile import ADDRESSES, LINES
from tests.domain.parsed import classed, document, elements, found, pieces, text_of

LOCALES = ("en", "de", "ar")
STYLESHEET = Path(html.__file__).parent / "static" / "page.css"


def tree(shown: Mapping[str, Any]) -> ET.Element:
    return document(page(shown, view=PageView()))


def test_an_embedded_control_waits_until_it_is_wanted_and_is_fenced_in() -> None:
    root = tree(edition())

    frame = found(root, "iframe")[0]
    entry = document(frame.get("srcdoc") or "")
    assert frame.get("src") is None
    assert [(each.get("href"), text_of(each)) for each in entry.iter("a")] == [
        (
            "https://stats.example.net/optout?lang=en&x=1",
            "Show the control (connects to stats.example.net)",
        )
    ]
    assert frame.get("title") == "Switch off statistics"
    assert frame.get("loading") == "lazy"
    assert frame.get("referrerpolicy") == "no-referrer"
    assert frame.get("sandbox") == "allow-forms allow-same-origin allow-scripts"
    assert "Do Not Track" in text_of(classed(root, "policy-block-embed")[0])


def with_embed(url: str) -> dict[str, Any]:
    fallback = {"markdown": "Write to us.", "html": "<p>Write to us.</p>"}
    control = block("c", "embed", provider="p", url=url, title="T", height=None, fallback=fallback)
    shown = edition()
    shown["sections"][0]["blocks"] = [control]
    shown["sections"][3]["blocks"] = []
    return shown


def test_the_origins_of_controls_are_told_for_the_content_security_policy() -> None:
    assert frame_origins(edition()) == ("https://stats.example.net",)
    assert frame_origins(with_embed("https://a.example:8443/x?y=1")) == ("https://a.example:8443",)


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_control_without_an_honest_address_is_left_to_its_text(url: str) -> None:
    shown = with_embed(url)

    root = tree(shown)

    assert frame_origins(shown) == ()
    assert found(root, "iframe") == []
    assert "Write to us." in text_of(root)


def test_stored_html_is_sanitized_again() -> None:
    shown = edition()
    shown["sections"][0]["blocks"][0]["html"] = "<p>a<script>alert(1)</script></p><img src=x>"

    root = tree(shown)

    assert found(root, "script") == found(root, "img") == []


def poisoned(value: object, text: str) -> object:
    """Put a text into every string that an author or translator could have written."""
    fixed = {"kind", "locale", "dir", "translation", "status", "effective_at", "published_at"}
    fixed |= {"superseded_at", "key", "anchor", "origin", "hosts", "html", "iso", "code", "tone"}
    fixed |= {"authoritative_locale", "source_locale", "available_locales", "country"}
    if isinstance(value, dict):
        return {
            name: inner if name in fixed and not isinstance(inner, dict) else poisoned(inner, text)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [poisoned(each, text) for each in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("text", [*LINES, *ADDRESSES])
def test_no_field_lets_markup_or_false_addresses_through(text: str) -> None:
    shown = poisoned(edition("de"), text)
    assert isinstance(shown, dict)
    view = PageView(
        stylesheets=("/page.css",),
        alternates=dict.fromkeys(LOCALES, "/x"),
        links=dict.fromkeys(("current", "upcoming", "previous", "feed", "json"), text),
        versions=({"version": 4, "status": "past", "href": text},),
        changelog=({"version": 4, "title": text, "summary": text, "locale": "en", "href": text},),
    )

    root = pieces(page(shown, view=view))
    doors = [pieces(each.get("srcdoc") or "") for each in root.iter("iframe")]

    for element in [each for tree in (root, *doors) for each in elements(tree)]:
        assert element.tag not in {"script", "style", "img", "svg", "math", "object", "form"}
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            address = element.get(name, "/")
            assert address.startswith(("https:", "mailto:", "tel:", "#", "/"))
            assert not address.startswith("//")
            assert "@" not in address or address.startswith("mailto:")


def test_a_plugin_brings_the_templates_of_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another test may have started the program, which closes the registry.
    monkeypatch.setattr(environment, "TEMPLATES", Registry[Path]("block template directory"))
    (tmp_path / "stopwatch.html").write_text("<p>{{ block.label }} {{ w('yes') }}</p>")
    environment.add_templates("stopwatch", tmp_path)
    shown = edition("de")
    shown["sections"][0]["blocks"] = [block("a", "stopwatch", label="<7>")]

    root = tree(shown)

    assert text_of(classed(root, "policy-block-stopwatch")[0]) == "<7> Ja"


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_of_wcag_aa(theme: int) -> None:
    sheet = STYLESHEET.read_text()
    themes = re.findall(r"^ *:where\(:root.*?\{(.*?)\}", sheet, re.DOTALL | re.MULTILINE)
    colours = dict(re.findall(r"--policy-([\w-]+): (#\w{6})", themes[theme]))

    pairs = [(name, "page") for name in ("text", "muted", "link", "focus")]
    surfaces = [name for name in colours if name.endswith("surface")]
    pairs += [(name, surface) for name in ("text", "muted", "link") for surface in surfaces]
    pairs.append(("badge", "badge-surface"))
    faint = [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5]
    assert faint == []


def test_the_style_sheet_touches_nothing_but_a_policy() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(), flags=re.DOTALL)

    groups = re.findall(r"(?:^|(?<=[{};]))([^{};@]+)\{", sheet)
    selectors = [each.strip() for group in groups for each in re.split(r",(?![^(]*\))", group)]
    assert len(selectors) > 100
    assert [
        each for each in selectors if not each.startswith((".policy", ":root", ":where(:root"))
    ] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_class_of_the_article_is_one_that_a_site_may_use(locale: str) -> None:
    root = tree(edition(locale))

    names = {name for each in root.iter() for name in (each.get("class") or "").split()}
    assert [name for name in names if not name.startswith("policy")] == []
