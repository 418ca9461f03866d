"""Files for translators are valid by the schemas of OASIS, where those are at hand.

The schemas are not ours to hand on. Debian has them in `php-symfony-translation`; another folder
is named in POLICY_API_TEST_XLIFF_SCHEMAS.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]

from policy_api.domain.translation.exchange import Format, export_units
from tests.exchange.texts import LOCALES, five

DEBIAN = "/usr/share/php/Symfony/Component/Translation/Resources/schemas"
FOLDER = Path(os.environ.get("POLICY_API_TEST_XLIFF_SCHEMAS", DEBIAN))
SCHEMAS = {
    Format.XLIFF: "xliff-core-2.0.xsd",
    Format.XLIFF_12: "xliff-core-1.2-strict.xsd",
}
"""Version 2.1 has the core of 2.0, its namespace included."""

PLACEHOLDERS_OF_12 = re.compile(r"image|pb|lb|x-\S+")
"""What the schema of 1.2 lets a ``ph`` be."""


def schema(format_: Format) -> etree.XMLSchema:
    """Read a schema; the one it imports lies beside it, wherever it says that would be."""
    written = (FOLDER / SCHEMAS[format_]).read_text()
    beside = (FOLDER / "xml.xsd").as_uri()
    local = re.sub(r'schemaLocation="[^"]*xml\.xsd"', f'schemaLocation="{beside}"', written)
    return etree.XMLSchema(etree.fromstring(local.encode()))


@pytest.mark.skipif(
    not all((FOLDER / name).exists() for name in ("xml.xsd", *SCHEMAS.values())),
    reason="the schemas of OASIS are not here",
)
@pytest.mark.parametrize("format_", SCHEMAS)
@pytest.mark.parametrize("locale", [*LOCALES, "it"])
def test_a_file_is_valid_by_its_schema(format_: Format, locale: str) -> None:
    raw = export_units(five(), "privacy", locale=locale, format=format_)

    checked = schema(format_)

    assert checked.validate(etree.fromstring(raw)), checked.error_log


def test_a_code_is_of_a_kind_that_xliff_knows() -> None:
    raw = export_units(five(), "privacy", locale="de", format=Format.XLIFF_12).decode()

    kinds = set(re.findall(r'<ph\b[^>]* ctype="([^"]*)"', raw))

    assert kinds == {"x-link", "x-variable"}
    assert all(map(PLACEHOLDERS_OF_12.fullmatch, kinds))
