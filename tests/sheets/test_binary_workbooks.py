"""Binary workbooks (.xlsb) are read as what they show, record by record."""

import struct
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from webapp.sheets import Cell, CellError, ImpossibleDate, WorkbookRefused, inspect_workbook, read_rows

from .workbooks import OFFICE, PACKAGE

BOOK, SHEET, TEXTS, STYLES = (f"xl/{name}.bin" for name in ("workbook", "worksheets/sheet1", "sharedStrings", "styles"))
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/{BOOK}" '
    'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
SHEET_LISTED, PROPERTIES, TEXT_SHARED, FORMAT, FORMATS, FORMATS_END, STYLE = 156, 153, 19, 44, 617, 618, 47
ROW, SHORT, ERROR, TRUTH, NUMBER, TEXT, SHARED, RESULT_TEXT, RESULT_ERROR = 0, 2, 3, 4, 5, 6, 7, 8, 11
COLUMNS, MERGED = 60, 176
DATE_STYLE, DURATION_STYLE = 1, 2


def record(kind: int, body: bytes = b"") -> bytes:
    encoded = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while size > 127:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return encoded + length + bytes([size]) + body


def text(value: str) -> bytes:
    return struct.pack("<L", len(value)) + value.encode("utf-16-le")


def row(number: int, hidden: bool = False) -> bytes:
    return record(ROW, struct.pack("<LLHBBB", number - 1, 0, 0, 0, 0x10 if hidden else 0, 0))


def cell(kind: int, body: bytes, style: int = 0, column: int = 0) -> bytes:
    return record(kind, struct.pack("<LL", column, style) + body)


def number(value: float, style: int = 0) -> bytes:
    return cell(NUMBER, struct.pack("<d", value), style)


def binary_workbook(path: Path, *records: bytes, texts: tuple[str, ...] = (), properties: int = 0) -> Path:
    """A workbook with "Name" in A1 of "Sheet1" and these records behind it."""
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/{{}}" Target="{{}}"/>'
    relations = f'<Relationships xmlns="{PACKAGE}/relationships">{relation}</Relationships>'
    listed = record(SHEET_LISTED, struct.pack("<LL", 0, 1) + text("rId1") + text("Sheet1"))
    styles = b"".join(record(STYLE, struct.pack("<HH", 0, number)) for number in (0, 14, 46))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations.format("officeDocument", BOOK),
        "xl/_rels/workbook.bin.rels": relations.format("worksheet", "worksheets/sheet1.bin"),
        BOOK: record(PROPERTIES, struct.pack("<L", properties)) + listed,
        TEXTS: b"".join(record(TEXT_SHARED, b"\0" + text(value)) for value in texts),
        STYLES: record(STYLE, bytes(4)) + record(FORMATS) + styles + record(FORMATS_END),
        SHEET: row(1) + cell(TEXT, text("Name")) + b"".join(records),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, body in parts.items():
            container.writestr(name, body)
    return path


def rows_of(path: Path) -> dict[int, tuple[Cell, ...]]:
    report = inspect_workbook(path)
    with read_rows(path, report.sheet, report.header.row) as stream:
        return {number: cells for batch in stream for number, cells in batch.rows}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (cell(TEXT, text("Größe ✓")), "Größe ✓"),
        (cell(SHARED, struct.pack("<L", 1)), "second"),
        (cell(RESULT_TEXT, text("sum")), "sum"),
        (number(7.25), 7.25),
        (number(7.0), 7),
        (cell(SHORT, struct.pack("<L", 725 << 2 | 3)), 7.25),
        (cell(TRUTH, b"\1"), True),
        (cell(ERROR, b"\x2a"), CellError("#N/A")),
        (cell(RESULT_ERROR, b"\x07"), CellError("#DIV/0!")),
        (number(44_197, DATE_STYLE), date(2021, 1, 1)),
        (number(1.5, DURATION_STYLE), timedelta(hours=36)),
        (number(60, DATE_STYLE), ImpossibleDate("60")),
    ],
)
def test_a_cell_is_what_it_is(tmp_path: Path, stored: bytes, expected: Cell):
    path = binary_workbook(tmp_path / "a.xlsb", row(2), stored, texts=("first", "second"))
    (read,) = rows_of(path).values()
    assert read == (expected,)
    assert type(read[0]) is type(expected)


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path):
    path = binary_workbook(tmp_path / "a.xlsb", row(2), number(44_197 - 1_462, DATE_STYLE), properties=1)
    assert rows_of(path) == {2: (date(2021, 1, 1),)}


def test_the_farthest_cell_costs_no_more_than_the_nearest(tmp_path: Path):
    far = row(1_048_576) + cell(TEXT, text("a")) + cell(TEXT, text("z"), column=16_383)
    assert rows_of(binary_workbook(tmp_path / "a.xlsb", far)) == {1_048_576: ("a",)}


def test_a_text_that_is_missing_is_damage_and_no_blank(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="a text is missing"):
        rows_of(binary_workbook(tmp_path / "a.xlsb", row(2), cell(SHARED, struct.pack("<L", 9))))


def test_a_record_that_ends_too_early_is_damage(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="do not fit together"):
        rows_of(binary_workbook(tmp_path / "a.xlsb", row(2), record(NUMBER, b"\0\0\0\0")))


def test_hidden_rows_and_columns_and_merged_cells_are_found(tmp_path: Path):
    columns = record(COLUMNS, struct.pack("<LLLLH", 0, 0, 0, 0, 1))
    merged = record(MERGED, struct.pack("<4L", 1, 2, 0, 0))
    path = binary_workbook(tmp_path / "a.xlsb", columns, row(2, hidden=True), cell(TEXT, text("x")), merged)
    found = {finding.code: (finding.count, finding.first) for finding in inspect_workbook(path).findings}
    assert found["hidden_rows"] == (1, "Sheet1!2")
    assert found["hidden_columns"] == (1, "Sheet1!A")
    assert found["merged_cells"] == (1, "Sheet1!A2")
