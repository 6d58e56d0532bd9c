"""Blank workbooks: what they say, what they check, and that what is filled in them needs no matching (B23)."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from webapp.imports.mapping import service as mapping
from webapp.imports.templates.blank import blank_workbook
from webapp.imports.templates.columns import TemplateColumn
from webapp.sheets import Converter, inspect_workbook, read_rows

COLUMNS = [
    TemplateColumn("Code", "code", key=True, required=True, minimum="2", maximum="8"),
    TemplateColumn("Hours", "hours", "decimal", minimum="0.5", maximum="24"),
    TemplateColumn("State", "state", "choice", choices=("Open", "Closed, late")),
    TemplateColumn("Billable", "billable", "boolean", yes=("ja",), no=("nein",)),
    TemplateColumn("On", "worked_on", "date", minimum="2020-01-01"),
    TemplateColumn("Pieces", "pieces", "integer"),
    TemplateColumn("=1+1", "odd"),
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "blank.xlsx"
    path.write_bytes(blank_workbook("Hours: all", None, COLUMNS))
    return path


@pytest.fixture
def sheet(path):
    return load_workbook(path).active


def test_the_header_says_what_each_column_takes(sheet):
    assert [cell.value for cell in sheet[1]] == [column.header for column in COLUMNS]
    assert all(cell.data_type == "s" for cell in sheet[1])
    assert "Text, such as Harbour 4." in sheet["A1"].comment.text
    assert "Must be filled." in sheet["A1"].comment.text
    assert "2 to 8 characters." in sheet["A1"].comment.text
    assert "One of: Open, Closed, late." in sheet["C1"].comment.text


def test_the_header_stays_in_sight(sheet):
    assert sheet.freeze_panes == "A2"
    assert sheet.title == "Hours all"


def test_a_long_header_is_seen_whole_on_screen_and_stands_on_each_page_of_paper(tmp_path):
    columns = [TemplateColumn("A header that is so long that it takes two lines", "long"), *COLUMNS]
    book = load_workbook(BytesIO(blank_workbook("Hours", None, columns)))
    sheet = book.active
    assert {cell.font.name for cell in sheet[1]} == {"Calibri"}
    assert sheet.row_dimensions[1].height == 30
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
    assert book.properties.creator == "Longshore"


def test_columns_of_texts_keep_leading_zeros(sheet):
    formats = [sheet.column_dimensions[letter].number_format for letter in "ABCDEFG"]
    assert formats == ["@", "General", "@", "@", "yyyy-mm-dd", "0", "@"]


def test_what_is_typed_is_checked_as_the_import_will(sheet):
    checks = {str(check.sqref).split("2:")[0]: check for check in sheet.data_validations.dataValidation}
    assert {letter: check.type for letter, check in checks.items()} == {
        "A": "textLength", "B": "decimal", "C": "list", "D": "list", "E": "date", "F": "whole",
    }  # fmt: skip
    assert (checks["B"].formula1, checks["B"].formula2) == ("0.5", "24")
    assert checks["C"].formula1 == "'Lists'!$A$1:$A$2"
    assert checks["D"].formula1 == '"ja,nein"'
    assert float(checks["E"].formula1) == 43831


def test_a_column_that_takes_odd_texts_is_not_checked(tmp_path):
    columns = [TemplateColumn("Hours", "hours", "decimal", replacements=(("N/A", None),))]
    book = load_workbook(BytesIO(blank_workbook("Hours", None, columns)))
    assert book.sheetnames == ["Hours"]
    assert book.active.data_validations.dataValidation == []


def test_characters_that_no_workbook_can_hold_are_left_out(tmp_path):
    column = TemplateColumn("Sta\x01te", "state", "choice", choices=("Op\x02en", "Closed, late"))
    book = load_workbook(BytesIO(blank_workbook("Ho\x03urs", None, [column])))
    assert (book.active.title, book.active["A1"].value, book["Lists"]["A1"].value) == ("Hours", "State", "Open")


def test_what_is_filled_in_needs_no_matching(path):
    book = load_workbook(path)
    book.active.append(["007", 7.5, "Closed, late", "ja", "2026-01-02", 3, "x"])
    book.save(path)
    report = inspect_workbook(path)
    assert mapping.propose(COLUMNS, report.header).is_clear
    with read_rows(path, report.sheet, report.header.row) as stream:
        converted = [Converter(COLUMNS, stream.header).convert(batch) for batch in stream]
    assert [problem for batch in converted for problem in batch.problems] == []
    assert [values[0] for batch in converted for _, values in batch.rows] == ["007"]
