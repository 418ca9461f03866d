"""A kind of block that somebody else wrote, from an author's file to a reader's page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.conftest import Installation, install

ADDRESS = "/v1/sites/shop/policies/privacy"

FILES = {
    "organization": "name: Example",
    "sites/shop": "name: Shop\nhosts: [shop.example.org]\nlocales: [en, de]",
    "policies/privacy": "title: Opening hours\nkind: dpv:Policy\nsections: [opening]",
    "policies/privacy/sections/opening": """
heading: What happens when
blocks:
  - key: steps
    kind: timeline
    items:
      - {key: opening, day: "2026-03-01", label: "The shop *opens*."}
      - {key: closing, day: "2026-12-24", label: It closes.}
""",
    "policies/privacy/locales/de/policy": "units: {title: Öffnungszeiten}",
    "policies/privacy/locales/de/sections/opening": """
units:
  heading: Was wann geschieht
  blocks/steps/items/opening/label: Der Laden öffnet.
  blocks/steps/items/closing/label: Er schließt.
""",
}


def write(bundle: Path, **changed: str) -> Path:
    """Write the files of a bundle; ``old=new`` words are changed in them."""
    for name, text in FILES.items():
        for old, new in changed.items():
            text = text.replace(old, new)  # noqa: PLW2901 -- one change after the other
        file = bundle / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text.strip()}\n")
    return bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def switched_on(installation: Installation) -> Installation:
    return installation.naming("timeline")


@pytest.fixture(scope="module")
def published(switched_on: Installation, bundle: Path) -> Installation:
    waived = ("--waive", "CHG-002=The hours are no privacy policy.")
    done = switched_on.run("publish", bundle, "--summary", "en=The first version.", *waived)
    assert done.returncode == 0, done.stderr
    return switched_on


def steps(text: str) -> dict[str, Any]:
    """Return the block of an edition."""
    block: dict[str, Any] = json.loads(text)["sections"][0]["blocks"][0]
    return block


def test_installed_but_not_named_it_does_not_exist(
    installation: Installation, bundle: Path
) -> None:
    done = installation.run("check", bundle)

    assert done.returncode == 1
    assert "opening.yaml:3" in done.stderr
    assert "There is no kind of block “timeline”." in done.stderr


def test_named_it_is_checked_as_every_other(switched_on: Installation, bundle: Path) -> None:
    done = switched_on.run("check", bundle)

    assert done.returncode == 0, done.stderr
    assert "The bundle can be published." in done.stdout


def test_a_mistake_is_told_by_line(switched_on: Installation, tmp_path: Path) -> None:
    wrong = write(tmp_path / "wrong", **{"2026-03-01": "2026-02-30"})

    done = switched_on.run("check", wrong)

    assert done.returncode == 1
    assert "opening.yaml:6 /blocks/0/items/0/day: This is no day such as" in done.stderr


def test_editors_know_it(installation: Installation, switched_on: Installation) -> None:
    without = json.loads(installation.run("schema", "section").stdout)["$defs"]
    found = json.loads(switched_on.run("schema", "section").stdout)["$defs"]

    assert set(found) - set(without) == {"block-timeline"}
    event = found["block-timeline"]["properties"]["items"]["items"]["properties"]
    assert event["day"]["description"] == "When it happens; readers see it in their language."


def test_it_is_served_as_json(published: Installation) -> None:
    path = f"{ADDRESS}?locale=en"

    status, text = published.read(path)[path]

    assert status == 200
    assert steps(text)["items"][0] == {
        "key": "opening",
        "day": {"iso": "2026-03-01", "label": "March 1, 2026"},
        "label": "The shop *opens*.",
        "changed_in": 1,
    }


def test_a_reader_gets_it_in_their_language(published: Installation) -> None:
    path = f"{ADDRESS}?locale=de"

    _, text = published.read(path)[path]

    event = steps(text)["items"][0]
    assert (event["day"]["label"], event["label"]) == ("1. März 2026", "Der Laden öffnet.")


def test_it_is_served_as_a_page(published: Installation) -> None:
    path = f"{ADDRESS}.html?locale=en"

    status, text = published.read(path)[path]

    assert status == 200
    assert '<li><time datetime="2026-03-01">March 1, 2026</time>: The shop *opens*.</li>' in text


def test_it_is_served_as_markdown(published: Installation) -> None:
    path = f"{ADDRESS}.md?locale=en"

    status, text = published.read(path)[path]

    assert status == 200
    assert "- **March 1, 2026:** The shop \\*opens\\*.\n" in text


def test_its_changes_are_told_by_key(published: Installation, tmp_path: Path) -> None:
    moved = write(tmp_path / "moved", **{"2026-12-24": "2026-12-23"})

    done = published.run("diff", moved, "--json")

    (version,) = json.loads(done.stdout)["versions"]
    (change,) = version["changes"]
    assert change["type"] == "section.changed"
    assert change["path"] == "sections/opening/blocks/steps/items/closing/day"


def test_what_is_published_stays_readable_without_it(
    published: Installation, installation: Installation
) -> None:
    paths = [f"{ADDRESS}{form}?locale=en" for form in ("", ".html", ".md")]

    with_it, without = published.read(*paths), installation.read(*paths)

    assert {status for status, _ in without.values()} == {200}
    assert without[paths[0]] == with_it[paths[0]]
    assert "What happens when" in without[paths[1]][1]


def test_a_name_that_is_not_installed_stops_the_start(installation: Installation) -> None:
    done = installation.naming("timeline", "timetable").run("sites")

    assert done.returncode == 1
    assert "POLICY_API_PLUGINS: No plugin 'timetable' is installed." in done.stderr


def test_no_plugin_takes_the_place_of_a_built_in_kind(
    installation: Installation, tmp_path: Path
) -> None:
    thief = tmp_path / "thief"
    (thief / "thief").mkdir(parents=True)
    (thief / "thief/__init__.py").write_text("class Thief:\n    kind = 'text'\n")
    (thief / "pyproject.toml").write_text(
        '[project]\nname = "thief"\nversion = "1"\n'
        '[project.entry-points."policy_api.block_kinds"]\nthief = "thief:Thief"\n'
    )
    install(installation.folder / "plugins", thief)

    done = installation.naming("thief").run("check", tmp_path)

    assert done.returncode == 1
    assert "Plugin 'thief' brings something under a name that is taken." in done.stderr
