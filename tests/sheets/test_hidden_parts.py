"""Hidden rows and columns are read or left out, as whoever reads decides; either way they are counted and said."""

import struct
from pathlib import Path

import pytest
from openpyxl import Workbook

from webapp.sheets import Cell, Column, Converter, WorkbookRefused, inspect_workbook, read_rows
from webapp.sheets.row_ranges import RowRanges

from . import old_workbooks as old
from . import open_documents as opened
from . import test_binary_workbooks as binary
from .workbooks import raw_parts, raw_workbook

SHEET = "xl/worksheets/sheet1.xml"


def filtered_workbook(path: Path, note: object = "n") -> Path:
    """Rows 3, 4 and 6 are hidden, and so are the columns B and D."""
    book = Workbook()
    page = book.active
    page.title = "Data"
    page.append(["Name", "Secret", "Hours", "Rate", "Note"])
    for number in range(2, 8):
        page.append([f"N{number}", "s", number, 10, note if number == 7 else "n"])
    page.cell(9, 2, "only in a hidden column")
    for number in (3, 4, 6):
        page.row_dimensions[number].hidden = True
    for letter in "BD":
        page.column_dimensions[letter].hidden = True
    book.save(path)
    return path


def rows_of(path: Path, sheet: str = "Data", after_row: int = 0) -> dict[int, tuple[Cell, ...]]:
    with read_rows(path, sheet, 1, after_row, hidden="skip") as stream:
        return dict(row for batch in stream for row in batch.rows)


@pytest.mark.parametrize("note", ["n", "=1+1"], ids=["plain", "rich"])
def test_hidden_rows_and_columns_are_left_out_and_the_rest_keeps_its_place(tmp_path: Path, note: str):
    path = filtered_workbook(tmp_path / "a.xlsx", note)
    with read_rows(path, "Data", 1, hidden="skip") as stream:
        assert stream.header.labels == ("Name", "Hours", "Note")
        assert stream.rows_counted == 4  # one of them has its only cell in a hidden column
        batches = list(stream)
    assert [batch.numbers for batch in batches] == [[2, 5, 7]]
    assert batches[0].columns[:2] == [["N2", "N5", "N7"], [2, 5, 7]]
    assert list(rows_of(path, after_row=2)) == [5, 7]


def test_everything_is_read_unless_that_is_asked_for(tmp_path: Path):
    with read_rows(filtered_workbook(tmp_path / "a.xlsx"), "Data", 1) as stream:
        assert stream.header.labels == ("Name", "Secret", "Hours", "Rate", "Note")
        assert [number for batch in stream for number in batch.numbers] == [2, 3, 4, 5, 6, 7, 9]


def test_a_problem_names_the_column_by_its_letter_in_the_sheet(tmp_path: Path):
    with read_rows(filtered_workbook(tmp_path / "a.xlsx"), "Data", 1, hidden="skip") as stream:
        converter = Converter([Column("Hours", "hours", "boolean")], stream.header)
        problems = [problem for batch in stream for problem in converter.convert(batch).problems]
    assert [problem.address for problem in problems] == ["Data!C2", "Data!C5", "Data!C7"]


def test_the_report_says_what_became_of_what_is_hidden(tmp_path: Path):
    path = filtered_workbook(tmp_path / "a.xlsx")
    said = {finding.code: finding.sentence for finding in inspect_workbook(path, hidden="skip").findings}
    assert said["hidden_rows"] == "3 rows are hidden, the first at Data!3; they are left out."
    assert said["hidden_columns"] == "2 columns are hidden, the first at Data!B; they are left out."
    said = {finding.code: finding.sentence for finding in inspect_workbook(path).findings}
    assert said["hidden_rows"] == "3 rows are hidden, the first at Data!3; they are included."


def test_the_report_is_about_what_is_read(tmp_path: Path):
    report = inspect_workbook(filtered_workbook(tmp_path / "a.xlsx"), hidden="skip")
    assert report.header.labels == ("Name", "Hours", "Note")
    assert report.preview == ((2, ("N2", 2, "n")), (5, ("N5", 5, "n")), (7, ("N7", 7, "n")))
    assert (report.rows_counted, report.ignored_columns) == (3, 0)
    assert [column.field for column in report.proposed] == ["name", "hours", "note"]


def test_a_hidden_header_is_a_header_if_it_is_chosen(tmp_path: Path):
    path = filtered_workbook(tmp_path / "a.xlsx")
    assert inspect_workbook(path, header_row=3, hidden="skip").header.labels == ("N3", "3", "n")
    assert inspect_workbook(path, hidden="skip").header.row == 1


def test_a_sheet_with_all_of_its_names_hidden_has_no_header(tmp_path: Path):
    parts = raw_parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>')
    hidden = b'<cols><col min="1" max="16384" hidden="1"/></cols><sheetData>'
    parts[SHEET] = parts[SHEET].replace(b"<sheetData>", hidden)
    path = raw_workbook(tmp_path / "a.xlsx", parts)
    with pytest.raises(WorkbookRefused, match="No header was found"):
        inspect_workbook(path, hidden="skip")
    with pytest.raises(WorkbookRefused, match="Row 1 of sheet “Sheet1” holds no names"):
        rows_of(path, "Sheet1")


def test_hidden_rows_without_numbers_are_read_or_refused_but_never_confused(tmp_path: Path):
    rows = '<row><c t="s"><v>0</v></c></row><row hidden="1"><c><v>1</v></c></row><row><c><v>2</v></c></row>'
    path = raw_workbook(tmp_path / "a.xlsx", raw_parts(rows))
    with read_rows(path, "Sheet1", 1) as stream:
        assert len([number for batch in stream for number in batch.numbers]) == 2
    with pytest.raises(WorkbookRefused, match="Some hidden rows of sheet “Sheet1” have no number"):
        rows_of(path, "Sheet1")


def test_hidden_parts_of_a_binary_workbook_are_left_out(tmp_path: Path):
    columns = binary.record(binary.COLUMNS, struct.pack("<LLLLH", 1, 1, 0, 0, 1))
    body = [binary.row(2, hidden=True), binary.number(2), binary.row(3), binary.number(3)]
    assert rows_of(binary.binary_workbook(tmp_path / "a.xlsb", columns, *body), "Sheet1") == {3: (3,)}


def test_hidden_parts_of_an_old_workbook_are_left_out(tmp_path: Path):
    hidden = old.record(0x208, struct.pack("<6H", 1, 0, 1, 255, 0, 0) + struct.pack("<HH", 0x20, 0))
    path = old.old_workbook(tmp_path / "a.xls", hidden, old.label(2, 0, "x"), old.label(3, 0, "y"))
    assert rows_of(path, "Sheet1") == {3: ("y",)}


def test_hidden_parts_of_an_open_document_are_left_out(tmp_path: Path):
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    filtered = 'table:visibility="filter" table:number-rows-repeated="3"'
    rows = [
        opened.row(opened.text_cell("Name"), opened.text_cell("Secret")),
        opened.row(opened.text_cell("x"), opened.text_cell("s"), attributes=filtered),
        opened.row(opened.text_cell("y"), opened.text_cell("s")),
        opened.row(attributes='table:visibility="collapse" table:number-rows-repeated="1048571"'),
    ]
    path = opened.open_document(tmp_path / "a.ods", opened.table(*rows, columns=columns))
    assert rows_of(path, "Sheet1") == {5: ("y",)}
    assert inspect_workbook(path, hidden="skip").rows_counted == 1


def test_ranges_of_rows_hold_what_was_added_in_any_order():
    ranges = RowRanges()
    for first, count in ((5, 2), (7, 1), (20, 1), (2, 1), (1, 2), (19, 5), (1_048_570, 1 << 31), (1 << 40, 1)):
        ranges.add(first, count)
    held = [row for row in range(1, 40) if row in ranges]
    assert held == [1, 2, 5, 6, 7, 19, 20, 21, 22, 23]
    assert 1_048_576 in ranges
    assert 1_048_577 not in ranges
    assert not RowRanges()
