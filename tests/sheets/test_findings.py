"""What is in a file is said before anything is made of it: how much, and where it is first."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from webapp.sheets import Finding, as_facts, as_sentences, inspect_workbook, read_rows

from .workbooks import cells_workbook, hours_workbook, raw_parts, raw_workbook, workbook

HEAD = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
SHEET = "xl/worksheets/sheet1.xml"


def found_in(path: Path) -> dict[str, Finding]:
    return {finding.code: finding for finding in inspect_workbook(path).findings}


def count_and_place(path: Path, code: str) -> tuple[int, str | None]:
    finding = found_in(path)[code]
    return finding.count, finding.first


def test_of_a_sound_workbook_only_its_kind_is_said(tmp_path: Path):
    assert set(found_in(hours_workbook(tmp_path / "hours.xlsx", rows=100))) == {"kind"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="{at}" t="e"><v>#REF!</v></c>', "errors"),
        ('<c r="{at}"><f>1+1</f></c>', "formulas_without_result"),
        ('<c r="{at}" s="1"><v>60</v></c>', "impossible_dates"),
        ('<c r="{at}" t="str"><v>1,234.50</v></c>', "numbers_as_text"),
        ('<c r="{at}" t="str"><v>12345</v></c>', "numbers_as_text"),
        ('<c r="{at}" t="str"><v>31.01.2026</v></c>', "dates_as_text"),
        ('<c r="{at}" t="str"><v>1/2/26 08:30</v></c>', "dates_as_text"),
    ],
)
def test_a_cell_that_is_not_what_it_seems_is_counted_with_its_first_place(tmp_path: Path, cell: str, code: str):
    path = cells_workbook(tmp_path / "a.xlsx", '<c r="{at}"><v>1</v></c>', cell, cell)
    assert count_and_place(path, code) == (2, "Sheet1!A3")
    assert "Sheet1!A3" in found_in(path)[code].sentence


@pytest.mark.parametrize("text", ["00123", "1.2.3", "Quay 4", "32.12.2026", "1234567890123456", ""])
def test_codes_and_words_are_no_numbers_or_dates(tmp_path: Path, text: str):
    assert set(found_in(workbook(tmp_path / "a.xlsx", [["Name", "Text"], ["x", text]]))) == {"kind"}


def test_every_error_of_a_long_sheet_is_counted_once(tmp_path: Path):
    cells = ('<c r="{at}" t="e"><v>#N/A</v></c>', '<c r="{at}"><v>1</v></c>') * 15_000
    assert count_and_place(cells_workbook(tmp_path / "a.xlsx", *cells), "errors") == (15_000, "Sheet1!A2")


@pytest.mark.parametrize(("waits", "expected"), [("1", True), ("0", False)])
def test_a_zero_from_a_program_that_does_not_calculate_is_doubted(tmp_path: Path, waits: str, expected: bool):
    parts = raw_parts(HEAD + '<row r="2"><c r="A2"><f>1+1</f><v>0</v></c></row>')
    calculation = f'<calcPr calcId="1" fullCalcOnLoad="{waits}"/></workbook>'.encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", calculation)
    found = found_in(raw_workbook(tmp_path / "a.xlsx", parts))
    assert ("doubtful_results" in found) == expected


def test_a_zero_that_excel_itself_saved_is_believed(tmp_path: Path):
    parts = raw_parts(HEAD + '<row r="2"><c r="A2"><f>1-1</f><v>0</v></c></row>')
    calculation = b'<calcPr fullCalcOnLoad="1"/></workbook>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", calculation)
    parts["docProps/app.xml"] = b"<Properties><AppVersion>16.0300</AppVersion></Properties>"
    assert set(found_in(raw_workbook(tmp_path / "a.xlsx", parts))) == {"kind"}


def odd_workbook(path: Path) -> Path:
    """Hidden things, merged cells and a name over two columns, written by openpyxl."""
    book = Workbook()
    page = book.active
    page.title = "My hours"
    for row in (["Name", "Address", None, "Hours"], ["Ada", "Quay 4", "Riga", 1], ["Bram", "Pier 1", "Turku", 2]):
        page.append(row)
    page.merge_cells("B1:C1")
    page.merge_cells("A5:B6")
    page.row_dimensions[2].hidden = True
    page.column_dimensions["D"].hidden = True
    book.create_sheet("Lists").sheet_state = "veryHidden"
    book.save(path)
    return path


def test_what_is_hidden_or_merged_is_counted_and_said(tmp_path: Path):
    found = found_in(odd_workbook(tmp_path / "a.xlsx"))
    assert {code: (finding.count, finding.first) for code, finding in found.items()} == {
        "kind": (1, None),
        "hidden_sheets": (1, None),
        "hidden_rows": (1, "'My hours'!2"),
        "hidden_columns": (1, "'My hours'!D"),
        "merged_cells": (2, "'My hours'!B1"),
    }


def test_hidden_rows_and_columns_are_read_and_merged_names_stand_over_each_column(tmp_path: Path):
    path = odd_workbook(tmp_path / "a.xlsx")
    with read_rows(path, "My hours", 1) as stream:
        assert stream.header.labels == ("Name", "Address", "Address 2", "Hours")
        assert next(row for batch in stream for row in batch.rows) == (2, ("Ada", "Quay 4", "Riga", 1))
    assert inspect_workbook(path).header.labels == ("Name", "Address", "Address 2", "Hours")


def test_a_name_that_reaches_down_into_the_header_row_is_part_of_it(tmp_path: Path):
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>Time</v></c></row>'
        '<row r="2"><c r="B2" t="str"><v>From</v></c><c r="C2" t="str"><v>To</v></c></row>'
        '<row r="3"><c r="A3"><v>1</v></c></row>'
    )
    parts = raw_parts(rows)
    merged = b'</sheetData><mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", merged)
    report = inspect_workbook(raw_workbook(tmp_path / "a.xlsx", parts), header_row=2)
    assert report.header.labels == ("Name", "From", "To")


def test_the_report_is_told_to_programs_and_to_people(tmp_path: Path):
    report = inspect_workbook(odd_workbook(tmp_path / "a.xlsx"))
    facts = as_facts(report)
    assert facts["sheets"] == [{"name": "My hours", "rows": 3}]
    assert facts["columns"] == ["Name", "Address", "Address 2", "Hours"]
    assert {finding["code"] for finding in facts["findings"]} >= {"hidden_rows", "merged_cells"}
    assert as_sentences(report)[:3] == [
        "This is an Excel workbook (.xlsx).",
        "Sheet My hours: 3 rows.",
        "2 rows below the header in row 1 of My hours, 4 columns.",
    ]
    assert "1 row is hidden at 'My hours'!2; it is included." in as_sentences(report)


TABLE = [["Code", "Name", "Hours"], ["A1", "Ada", 7.5], ["A2", "Max", 3]]


@pytest.mark.parametrize("total", ["Total", "TOTAL:", "Grand total", "Summe", "Total général", "合计", "Red Total"])
def test_a_row_that_sums_up_others_is_said_to_be_imported_too(tmp_path: Path, total: str):
    path = workbook(tmp_path / "a.xlsx", [*TABLE, [total, None, 10.5]])
    assert count_and_place(path, "totals") == (1, "Sheet1!4")
    assert "imported like any other" in found_in(path)["totals"].sentence


@pytest.mark.parametrize("name", ["Totally", "Summer", "Subtotaler", "Sumatra", "Ada Total Quality Ltd"])
def test_a_name_that_begins_like_a_total_is_none(tmp_path: Path, name: str):
    assert set(found_in(workbook(tmp_path / "a.xlsx", [*TABLE, [name, None, 10.5]]))) == {"kind"}


def test_a_full_row_is_no_total_whatever_its_name(tmp_path: Path):
    assert set(found_in(workbook(tmp_path / "a.xlsx", [*TABLE, ["Total", "Energies", 10.5]]))) == {"kind"}


def test_a_note_below_the_table_is_said_to_be_imported_too(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [*TABLE, [], ["Figures are preliminary."]])
    assert count_and_place(path, "note_below") == (1, "Sheet1!5")


def test_a_narrow_last_row_among_narrow_rows_is_no_note(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Code", "Name", "Hours"], ["A1", "Ada"], ["A2"]])
    assert set(found_in(path)) == {"kind"}


@pytest.mark.parametrize("text", ["1,Ada,5\n2,Bo,6\n", "Ada,7.5\nBo,8\n"])
def test_an_entry_that_is_taken_for_the_header_is_pointed_out(tmp_path: Path, text: str):
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert "Row 1 is taken for the names of the columns" in found_in(path)["header_of_figures"].sentence


def test_years_may_be_names_of_columns(tmp_path: Path):
    rows = [["Region", 2025, 2026], ["North", 1, 2], ["South", 3, 4]]
    assert set(found_in(workbook(tmp_path / "a.xlsx", rows))) == {"kind"}


def test_numbers_with_more_digits_than_are_kept_are_pointed_out(tmp_path: Path):
    cells = ('<c r="{at}"><v>123456789012345678</v></c>', '<c r="{at}"><v>12345678</v></c>')
    assert count_and_place(cells_workbook(tmp_path / "a.xlsx", *cells), "long_numbers") == (1, "Sheet1!A2")


def test_an_encoding_that_nothing_says_is_called_a_guess(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes("Name;Ort\n1;Köln\n".encode("cp1252"))
    assert "if letters look wrong, save the file again as CSV UTF-8" in found_in(path)["kind"].sentence
