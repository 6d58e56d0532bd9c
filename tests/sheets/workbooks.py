"""Workbooks made for tests: believable ones, and hand-built ones that are wrong in exactly one way."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from rustpy_xlsxwriter import FastExcel

HOURS_HEADER = (
    "Entry no",
    "Employee no",
    "Name",
    "Project",
    "Date",
    "Started",
    "Hours",
    "Rate",
    "Billable",
    "Note",
)
BAD_HOURS = "seven and a half"

_FIRST_NAMES = ("Ada", "Bram", "Chiara", "Deniz", "Elif", "Femke", "Goran", "Hanna", "Ilse", "Jonas", "Katja", "Luís")
_LAST_NAMES = ("Aalto", "Berger", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Hansen", "Ito", "Jansen", "Novák")
_PROJECTS = ("Quay wall", "Crane 4", "Warehouse roof", "Customs portal", "Tide gauge", "Pilot boats", "Office move")
_NOTES = ("Site visit", "Drawings", "Call with the client", "Repairs", "Planning", "", "Acceptance test", "Travel")


def hours_workbook(path: Path, rows: int = 20_000, bad_every: int | None = None, start: int = 0) -> Path:
    """A time sheet of `rows` rows in the sheet "Hours"; the same arguments always give the same cells.

    "Entry no" is different in each row and counts on from `start`. In every `bad_every`-th row "Hours" is no number.
    """
    FastExcel(str(path)).format(bold_headers=True, datetime_format="yyyy-mm-dd hh:mm").sheet(
        "Hours", hours_rows(rows, bad_every, start), dedupe_strings=True
    ).save()
    return path


def hours_rows(rows: int, bad_every: int | None = None, start: int = 0) -> Iterator[dict[str, Any]]:
    """The rows of `hours_workbook` as dictionaries by header."""
    for number in range(start, start + rows):
        day = date(2026, 1, 5) + timedelta(days=number % 250)
        is_bad = bad_every is not None and (number - start + 1) % bad_every == 0
        values = (
            f"E{number:07d}",
            f"{number * 7 % 400:05d}",
            f"{_FIRST_NAMES[number * 7 % 12]} {_LAST_NAMES[number * 7 % 11]}",
            _PROJECTS[number % len(_PROJECTS)],
            day,
            datetime(day.year, day.month, day.day, 7 + number % 9, number % 4 * 15),
            BAD_HOURS if is_bad else number % 32 * 0.25 + 0.25,
            40 + number % 60 + 0.5,
            number % 3 != 0,
            _NOTES[number % len(_NOTES)] or None,
        )
        yield dict(zip(HOURS_HEADER, values, strict=True))


def workbook(path: Path, rows: Iterable[Sequence[Any]], sheet: str = "Sheet1") -> Path:
    """A workbook with these rows of plain values from A1 on, written by openpyxl."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PREFIX = "application/vnd.openxmlformats-officedocument.spreadsheetml."

CONTENT_TYPES = f"""<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{PREFIX}sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{PREFIX}worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{PREFIX}sharedStrings+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{PREFIX}styles+xml"/></Types>"""

# Cell styles by their number: 0 plain, 1 date, 2 date and time, 3 length of time, 4 time of day.
STYLES = f"""<?xml version="1.0"?><styleSheet xmlns="{MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="20"/>
</cellXfs></styleSheet>"""


def sheet_xml(rows: str) -> str:
    """A sheet part around `rows`, which are <row> elements."""
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def strings_xml(*texts: str) -> str:
    """A part of shared strings."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<?xml version="1.0"?><sst xmlns="{MAIN}">{items}</sst>'


def raw_parts(rows: str, date1904: bool = False) -> dict[str, bytes]:
    """The parts of a minimal workbook with the sheet "Sheet1", to be changed at will before `raw_workbook`."""
    relation = f'<Relationship Id="rId{{}}" Type="{OFFICE}/{{}}" Target="{{}}"/>'
    relations = f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{{}}</Relationships>'
    of_book = (
        (1, "worksheet", "worksheets/sheet1.xml"),
        (2, "styles", "styles.xml"),
        (3, "sharedStrings", "sharedStrings.xml"),
    )
    book = (
        f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations.format(relation.format(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relations.format("".join(relation.format(*entry) for entry in of_book)),
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": strings_xml("Name"),
        "xl/worksheets/sheet1.xml": sheet_xml(rows),
    }
    return {name: text.encode() for name, text in parts.items()}


def raw_workbook(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The parts zipped as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, body in parts.items():
            container.writestr(name, body)
    return path


def cells_workbook(path: Path, *cells: str, date1904: bool = False) -> Path:
    """A workbook with "Name" in A1 and these <c> elements below it, one a row: {at} in them becomes the reference."""
    rows = "".join(f'<row r="{row}">{cell.format(at=f"A{row}")}</row>' for row, cell in enumerate(cells, 2))
    head = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return raw_workbook(path, raw_parts(head + rows, date1904))
