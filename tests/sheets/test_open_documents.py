"""OpenDocument spreadsheets (.ods) are read as what they show, whatever their rows and cells are repeated for."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from webapp.sheets import Cell, CellError, ImpossibleDate, Uncached, WorkbookRefused, inspect_workbook, read_rows

from .open_documents import open_document, row, table, text_cell

HEAD = row(text_cell("Name"))


def rows_of(path: Path) -> dict[int, tuple[Cell, ...]]:
    report = inspect_workbook(path)
    with read_rows(path, report.sheet, report.header.row) as stream:
        return {number: cells for batch in stream for number, cells in batch.rows}


@pytest.mark.parametrize(
    ("attributes", "text", "expected"),
    [
        ('office:value-type="float" office:value="7"', "7", 7),
        ('office:value-type="percentage" office:value="0.125"', "12.5%", 0.125),
        ('office:value-type="currency" office:value="7.5"', "7,50 €", 7.5),
        ('office:value-type="boolean" office:boolean-value="true"', "WAHR", True),
        ('office:value-type="date" office:date-value="2026-01-31"', "31.01.26", date(2026, 1, 31)),
        ('office:value-type="date" office:date-value="2026-01-31T08:30:00"', "x", datetime(2026, 1, 31, 8, 30)),
        ('office:value-type="date" office:date-value="yesterday"', "x", ImpossibleDate("yesterday")),
        ('office:value-type="time" office:time-value="PT08H30M00S"', "08:30", time(8, 30)),
        ('office:value-type="time" office:time-value="PT36H00M00S"', "36:00", timedelta(hours=36)),
        ('office:value-type="string" calcext:value-type="error" table:formula="x"', "#NUM!", CellError("#NUM!")),
        ('office:value-type="string" table:formula="of:=NA()"', "#N/A", CellError("#N/A")),
        ('office:value-type="string"', "#N/A", "#N/A"),
        ('table:formula="of:=1+1"', "", Uncached()),
        ('office:value-type="string"', "a<text:s text:c='2'/>b<text:tab/>c<text:line-break/>d", "a  b\tc\nd"),
        ('office:value-type="string"', " white \n space <text:span>is</text:span> one ", "white space is one"),
    ],
)  # fmt: skip
def test_a_cell_is_what_it_is(tmp_path: Path, attributes: str, text: str, expected: Cell):
    cell = f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"
    (read,) = rows_of(open_document(tmp_path / "a.ods", table(HEAD, row(cell)))).values()
    assert read == (expected,)
    assert type(read[0]) is type(expected)


def test_paragraphs_are_lines_and_remarks_are_no_text(tmp_path: Path):
    remark = "<office:annotation><text:p>a remark</text:p></office:annotation>"
    cell = (
        f'<table:table-cell office:value-type="string">{remark}<text:p>a</text:p><text:p>b</text:p></table:table-cell>'
    )
    assert rows_of(open_document(tmp_path / "a.ods", table(HEAD, row(cell)))) == {2: ("a\nb",)}


def test_repeated_rows_and_cells_are_each_of_them_there(tmp_path: Path):
    twice = text_cell("x").replace(" office", ' table:number-columns-repeated="2" office', 1)
    rows = row(twice, attributes='table:number-rows-repeated="3"')
    path = open_document(tmp_path / "a.ods", table(row(text_cell("A"), text_cell("B")), rows, row(text_cell("y"))))
    assert rows_of(path) == {2: ("x", "x"), 3: ("x", "x"), 4: ("x", "x"), 5: ("y", None)}


def test_a_million_blank_rows_cost_nothing(tmp_path: Path):
    blank = row(
        '<table:table-cell table:number-columns-repeated="16384"/>', attributes='table:number-rows-repeated="1048000"'
    )
    path = open_document(tmp_path / "a.ods", table(HEAD, blank, row(text_cell("last"))))
    assert rows_of(path) == {1_048_002: ("last",)}


def test_more_filled_rows_than_a_sheet_can_have_are_refused(tmp_path: Path):
    rows = row(text_cell("x"), attributes='table:number-rows-repeated="999999999"')
    with pytest.raises(WorkbookRefused, match="1048576 are allowed"):
        inspect_workbook(open_document(tmp_path / "a.ods", table(HEAD, rows)))


def test_hidden_tables_rows_and_columns_are_counted(tmp_path: Path):
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="9"/>'
    hidden = row(text_cell("x"), attributes='table:visibility="filter"')
    shown = table(row(text_cell("A"), text_cell("B")), hidden, columns=columns, name="Shown")
    path = open_document(tmp_path / "a.ods", table(HEAD, style="away"), shown)
    found = {finding.code: (finding.count, finding.first) for finding in inspect_workbook(path).findings}
    assert found["hidden_sheets"] == (1, None)
    assert found["hidden_rows"] == (1, "Shown!2")
    assert found["hidden_columns"] == (1, "Shown!B")


def test_a_name_over_merged_columns_is_that_of_each(tmp_path: Path):
    wide = text_cell("Address").replace(" office", ' table:number-columns-spanned="2" office', 1)
    head = row(text_cell("Name"), wide, "<table:covered-table-cell/>")
    path = open_document(tmp_path / "a.ods", table(head, row(text_cell("Ada"), text_cell("Quay 4"), text_cell("Riga"))))
    assert inspect_workbook(path).header.labels == ("Name", "Address", "Address 2")
    assert rows_of(path) == {2: ("Ada", "Quay 4", "Riga")}


def test_an_encrypted_spreadsheet_is_called_protected(tmp_path: Path):
    path = open_document(tmp_path / "a.ods", table(HEAD), manifest="<manifest:encryption-data/>")
    with pytest.raises(WorkbookRefused, match="is password-protected"):
        inspect_workbook(path)


def test_a_document_type_is_refused(tmp_path: Path):
    path = open_document(tmp_path / "a.ods", table(HEAD), head='<!DOCTYPE x [<!ENTITY a "b">]>')
    with pytest.raises(WorkbookRefused, match="document type declaration"):
        inspect_workbook(path)


def test_what_pictures_and_text_boxes_say_is_in_no_cell(tmp_path: Path):
    picture = "<drawing:frame><drawing:image><text:p/></drawing:image><svg:title>x.png</svg:title></drawing:frame>"
    box = "<drawing:custom-shape><text:p>Paid!</text:p></drawing:custom-shape>"
    cells = (
        f"<table:table-cell>{picture}</table:table-cell>"
        f"<table:table-cell office:value-type='string'>{box}<text:p>Ada</text:p></table:table-cell>"
    )
    path = open_document(tmp_path / "a.ods", table(row(text_cell("Number"), text_cell("Name")), row(cells)))
    assert rows_of(path) == {2: (None, "Ada")}
