"""The small parts of a workbook's package, beside its sheets. ECMA-376 part 1, annex A, and part 2."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from .styles import MAIN

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PROPERTIES = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
FORBIDDEN = dict.fromkeys(map(ord, "[]:*?/\\"), " ")
"""What the name of a sheet may not hold."""
RESERVED = {"history", "notes"}
"""Excel keeps the first for itself, we the second."""
LONGEST_NAME = 31


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet as the workbook lists it. `table` is the last column, in letters, and the last row of the table that
    begins in its first cell, None if it holds no table.
    """

    name: str
    table: tuple[str, int] | None = None


def root_relations(has_properties: bool = False) -> str:
    """The part `_rels/.rels`."""
    properties = [("custom-properties", "docProps/custom.xml")] if has_properties else []
    return _relations([("officeDocument", "xl/workbook.xml"), *properties])


def properties(names: Sequence[str]) -> str:
    """The part `docProps/custom.xml`, of properties with these names. ECMA-376 part 1, 22.3."""
    each = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name={quoteattr(name)}>'
        "<vt:bool>true</vt:bool></property>"
        for number, name in enumerate(names, start=2)
    )
    document = "http://schemas.openxmlformats.org/officeDocument/2006"
    return f'<Properties xmlns="{document}/custom-properties" xmlns:vt="{document}/docPropsVTypes">{each}</Properties>'


def workbook(sheets: Sequence[Listed]) -> str:
    """The part `xl/workbook.xml`, of these sheets."""
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    names = "".join(name for place, sheet in enumerate(sheets) for name in _names(place, sheet))
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets>{f'<definedNames>{names}</definedNames>' if names else ''}</workbook>"
    )


def workbook_relations(sheets: Sequence[str]) -> str:
    """The part `xl/_rels/workbook.xml.rels`."""
    parts = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    return _relations([*parts, ("styles", "styles.xml")])


def content_types(sheets: Sequence[str], comments: str | None = None, has_properties: bool = False) -> str:
    """The part `[Content_Types].xml`. `comments` is the part that holds the notes of cells, if there is one."""
    parts = [("workbook", "sheet.main"), ("styles", "styles")]
    parts += [(f"worksheets/sheet{number}", "worksheet") for number in range(1, len(sheets) + 1)]
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{TYPE}.{kind}+xml"/>' for part, kind in parts
    )
    if comments:
        overrides += f'<Override PartName="/{comments}" ContentType="{TYPE}.comments+xml"/>'
    if has_properties:
        overrides += f'<Override PartName="/docProps/custom.xml" ContentType="{PROPERTIES}"/>'
    drawing = f'<Default Extension="vml" ContentType="{DRAWING}"/>' if comments else ""
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{drawing}{overrides}</Types>'
    )


def sheet_name(title: str, number: int) -> str:
    """A name for the `number`-th sheet of this title that every program takes: `Hours`, `Hours (2)`."""
    printable = "".join(character if character.isprintable() else " " for character in title.translate(FORBIDDEN))
    end = f" ({number})" if number > 1 else ""
    name = " ".join(printable.split())
    name = _cut(name, LONGEST_NAME - len(end)).strip("' ") or "Data"
    return f"{name} rows{end}" if name.casefold() in RESERVED else name + end


def _names(place: int, sheet: Listed) -> Iterator[str]:
    """What the workbook says of a sheet with a table: that it is filtered, which LibreOffice believes only here, and
    that its first row stands on each page.
    """
    if sheet.table is not None:
        letter, row = sheet.table
        name = "'" + sheet.name.replace("'", "''") + "'"
        yield _name("_xlnm._FilterDatabase", place, f"{name}!$A$1:${letter}${row}", ' hidden="1"')
        yield _name("_xlnm.Print_Titles", place, f"{name}!$1:$1")


def _name(name: str, place: int, what: str, more: str = "") -> str:
    return f'<definedName name="{name}" localSheetId="{place}"{more}>{escape(what)}</definedName>'


def _cut(name: str, units: int) -> str:
    """The name, cut to so many characters of UTF-16."""
    return name.encode("utf-16-le", "ignore")[: units * 2].decode("utf-16-le", "ignore")


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'
