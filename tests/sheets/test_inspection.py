"""A look into a workbook says what is in it and proposes what to make of it."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from webapp.sheets import CellError, Column, Converter, Uncached, WorkbookRefused, inspect_workbook, read_rows

from .workbooks import HOURS_HEADER, cells_workbook, hours_workbook, workbook


def test_a_time_sheet_is_understood(tmp_path: Path):
    report = inspect_workbook(hours_workbook(tmp_path / "hours.xlsx", rows=300, bad_every=20))
    assert (report.sheet, report.header.row, report.header.labels) == ("Hours", 1, HOURS_HEADER)
    assert (report.rows_counted, len(report.preview), report.preview[0][0]) == (300, 20, 2)
    proposed = {column.field: (column.type, column.required) for column in report.proposed}
    assert proposed == {
        "entry_no": ("text", True),
        "employee_no": ("text", False),
        "name": ("text", False),
        "project": ("text", False),
        "date": ("date", False),
        "started": ("datetime", False),
        "hours": ("decimal", False),
        "rate": ("decimal", False),
        "billable": ("boolean", False),
        "note": ("text", False),
    }


def test_the_preview_shows_cells_as_they_are_typed(tmp_path: Path):
    report = inspect_workbook(hours_workbook(tmp_path / "hours.xlsx", rows=3), preview_rows=1)
    when = datetime(2026, 1, 5, 7)
    first = ("E0000000", "00000", "Ada Aalto", "Quay wall", date(2026, 1, 5), when, 0.25, 40.5, False, "Site visit")
    assert report.preview == ((2, first),)


def test_errors_and_missing_results_show_in_the_report(tmp_path: Path):
    path = cells_workbook(tmp_path / "a.xlsx", '<c r="{at}" t="e"><v>#REF!</v></c>', '<c r="{at}"><f>1+1</f></c>')
    report = inspect_workbook(path)
    assert (report.has_errors, report.has_formulas_without_result) == (True, True)
    assert report.preview == ((2, (CellError("#REF!"),)), (3, (Uncached(),)))


def test_titles_above_the_table_are_not_taken_for_its_header(tmp_path: Path):
    rows = [["Hours of May"], [], ["Printed", date(2026, 6, 1)], ["Name", "Day", "Hours", "Note"], ["Ada", 1, 2, "x"]]
    report = inspect_workbook(workbook(tmp_path / "a.xlsx", rows))
    assert (report.header.row, report.header.labels) == (4, ("Name", "Day", "Hours", "Note"))
    assert (report.rows_counted, report.preview) == (1, ((5, ("Ada", 1, 2, "x")),))


def test_the_header_row_can_be_chosen(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Units", "h"], ["Name", "Hours"], ["Ada", 1]])
    report = inspect_workbook(path, header_row=2)
    assert (report.header.labels, report.rows_counted) == (("Name", "Hours"), 1)


def test_hidden_sheets_are_counted_and_never_chosen(tmp_path: Path):
    book = Workbook()
    book.active.title = "Lists"
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Empty")
    book.create_sheet("Data").append(["Name"])
    book.save(tmp_path / "a.xlsx")
    report = inspect_workbook(tmp_path / "a.xlsx")
    assert (report.sheet, report.hidden_sheets) == ("Data", 1)
    assert [(sheet.name, sheet.rows) for sheet in report.sheets] == [("Empty", 0), ("Data", 1)]
    with pytest.raises(WorkbookRefused, match=r"no visible sheet “Lists”\. It has: Empty, Data"):
        inspect_workbook(tmp_path / "a.xlsx", sheet="Lists")


def test_a_workbook_without_cells_is_refused(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="No visible sheet of the workbook holds any cells"):
        inspect_workbook(workbook(tmp_path / "a.xlsx", []))


def test_a_proposal_made_from_a_sheet_reads_that_sheet(tmp_path: Path):
    rows = [["Note", "Note", None, "note "], ["a", "b", "c", "d"]]
    path = workbook(tmp_path / "a.xlsx", rows)
    report = inspect_workbook(path)
    columns = [Column(column.header, column.field, column.type) for column in report.proposed]
    assert [column.header for column in columns] == ["Note", "Note 2", "Column C", "note 3"]
    assert [column.field for column in columns] == ["note", "note_2", "column_c", "note_3"]
    with read_rows(path, report.sheet, report.header.row) as stream:
        converter = Converter(columns, stream.header)
        assert [converter.convert(batch).rows for batch in stream] == [[(2, ("a", "b", "c", "d"))]]


def test_a_nameless_column_without_cells_is_not_proposed(tmp_path: Path):
    report = inspect_workbook(workbook(tmp_path / "a.xlsx", [["Name", None, "Hours"], ["Ada", None, 2]]))
    assert [column.position for column in report.proposed] == [0, 2]


@pytest.mark.parametrize("row", [3, 5, 5_000, 2_000_000, 0, -1])
def test_a_chosen_header_row_without_names_is_refused_in_a_sentence(tmp_path: Path, row: int):
    path = workbook(tmp_path / "a.xlsx", [["Name", "Hours"], ["Ada", 1], [None, " "], ["Bram", 2]])
    with pytest.raises(
        WorkbookRefused, match=f"^Row {row} of sheet “Sheet1” holds no names of columns. Choose the row"
    ):
        inspect_workbook(path, header_row=row)


def test_a_header_far_down_can_be_chosen(tmp_path: Path):
    rows = [[f"note {number}"] for number in range(2_999)] + [["Name", None, "Hours"], ["Ada", 1, 2], ["Bram", 1, 3]]
    report = inspect_workbook(workbook(tmp_path / "a.xlsx", rows), header_row=3_000)
    assert report.header.labels == ("Name", "Column B", "Hours")
    assert (report.rows_counted, [number for number, _ in report.preview]) == (2, [3_001, 3_002])


def test_a_sheet_with_a_title_alone_is_passed_over_for_one_with_rows(tmp_path: Path):
    book = Workbook()
    book.active.append(["Report of 2026"])
    data = book.create_sheet("Data")
    for row in (["Name", "Hours"], ["Ada", 7.5]):
        data.append(row)
    book.save(tmp_path / "a.xlsx")
    assert inspect_workbook(tmp_path / "a.xlsx").sheet == "Data"


def test_a_header_alone_is_taken_where_no_sheet_has_more(tmp_path: Path):
    assert inspect_workbook(workbook(tmp_path / "a.xlsx", [["Name", "Hours"]])).header.labels == ("Name", "Hours")
