"""XLSX files made by hand, good and bad."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATIONS}"><sheets>'
    '<sheet name="A" sheetId="1" r:id="rId7"/><sheet name="B" sheetId="2" r:id="rId1"/>'
    "</sheets></workbook>"
)
LINKS = (
    "<Relationships>"
    '<Relationship Id="rId1" Target="worksheets/other.xml"/>'
    '<Relationship Id="rId7" Target="/xl/worksheets/first.xml"/></Relationships>'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return stream.getvalue()


def workbook(sheet: str, *, strings: str = "") -> bytes:
    """Return an XLSX file whose first sheet has these rows."""
    return zipped(
        {
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": LINKS,
            "xl/sharedStrings.xml": f'<sst xmlns="{NAMESPACE}">{strings}</sst>',
            "xl/worksheets/first.xml": (
                f'<worksheet xmlns="{NAMESPACE}"><sheetData>{sheet}</sheetData></worksheet>'
            ),
            "xl/worksheets/other.xml": "<worksheet/>",
        }
    )
