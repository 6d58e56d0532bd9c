"""Workbooks as they are written: values come back as they were, and what cannot is said on the sheet of notes."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.sheets.tables import TYPES, read_column, write, write_column
from webapp.sheets.writing import OutputColumn
from webapp.sheets.writing import workbook as writing_workbook
from webapp.sheets.writing.parts import sheet_name

TRICKY = some.text(some.sampled_from("_x0041F&<>\x01\r\n\t =+-@'�é😀"), min_size=1)
TEXTS = TRICKY | some.text(
    some.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.xlsx"


@given(texts=some.lists(TEXTS, min_size=1, max_size=40))
@settings(max_examples=20)
def test_texts_come_back_byte_for_byte(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("texts") / "table.xlsx"
    assert write_column(path, "text", texts) == []
    assert read_column(path) == texts


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", '=HYPERLINK("http://example.org")'])
def test_what_looks_like_a_formula_stays_a_text_also_when_its_cell_is_edited(path, text):
    write_column(path, "text", ["plain", text])
    cell = openpyxl.load_workbook(path)["Data"]["B3"]
    assert (cell.data_type, cell.quotePrefix, cell.hyperlink) == ("s", True, None)
    assert read_column(path) == ["plain", text]


@pytest.mark.parametrize(
    ("type_", "value", "number_format"),
    [
        ("integer", 42, "0"),
        ("decimal", 12.5, "General"),
        ("percent", 0.5, "0.00%"),
        ("boolean", True, "General"),
        ("date", date(2026, 1, 31), "yyyy\\-mm\\-dd"),
        ("datetime", datetime(2026, 1, 31, 8, 30, 59), "yyyy\\-mm\\-dd\\ hh:mm:ss"),
        ("time", time(8, 30, 1), "hh:mm:ss"),
        ("duration", timedelta(hours=30, seconds=1), "[h]:mm:ss"),
        ("text", "Quay", "@"),
    ],
)
def test_each_type_has_its_cell_and_its_format(path, type_, value, number_format):
    exact = Decimal(str(value)) if isinstance(value, float) else value
    assert write_column(path, type_, [exact, None]) == []
    assert read_column(path) == [value, None]
    assert openpyxl.load_workbook(path)["Data"]["B2"].number_format == number_format


@given(numbers=some.lists(some.integers(-(10**15) + 1, 10**15 - 1), min_size=1))
@settings(max_examples=10)
def test_numbers_of_fifteen_digits_are_numbers(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("numbers") / "table.xlsx"
    decimals = [Decimal(number).scaleb(-4) for number in numbers]
    assert write_column(path, "decimal", decimals) == []
    assert [Decimal(f"{value:.15g}") for value in read_column(path)] == decimals


@pytest.mark.parametrize(
    ("value", "written", "what"),
    [
        (1234567890123456, "1234567890123456", "15 digits"),
        (Decimal("0.12345678901234567"), "0.12345678901234567", "15 digits"),
        (Decimal("1E+400"), "1E+400", "too large"),
        (float("nan"), None, "no number"),
        (Decimal("Infinity"), None, "no number"),
        (date(1899, 12, 31), "1899-12-31", "before March 1900"),
        (datetime(1850, 5, 1, 8), "1850-05-01 08:00:00", "before March 1900"),
        (datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), datetime(2025, 12, 31, 23), "in UTC"),
        (time(8, tzinfo=UTC), "08:00:00+00:00", "no time zone"),
        (datetime(2026, 1, 1, 8, 0, 0, 1), datetime(2026, 1, 1, 8), "millisecond"),
        (timedelta(hours=-1), "-1:00:00", "negative"),
        ("\ud800x", "�x", "no character"),
        ("\ufffex", "�x", "no character"),
        ("x" * 32_768, "x" * 32_767, "Cut after 32,767"),
        ("😀" * 16_384, "😀" * 16_383, "Cut after 32,767"),
    ],
)
def test_what_a_cell_cannot_hold_is_said_and_as_much_as_can_be_is_kept(path, value, written, what):
    notes = write_column(path, "decimal", [Decimal(1), value, value])
    assert [(note.place, note.column, note.count) for note in notes] == [("Data!B3", "Value", 2)]
    assert what in notes[0].what
    assert read_column(path)[1:] == [written, written]
    sheet = openpyxl.load_workbook(path)["Notes"]
    assert [cell.value for cell in sheet[2]] == ["Data!B3", "Value", notes[0].what, 2]


def test_a_workbook_in_which_nothing_was_altered_has_no_notes(path):
    write_column(path, "text", ["x"])
    assert openpyxl.load_workbook(path).sheetnames == ["Data"]


def test_the_header_is_frozen_and_filtered_and_columns_are_as_wide_as_their_values(path):
    write_column(path, "text", ["a text of some length"])
    sheet = openpyxl.load_workbook(path)["Data"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")
    assert [cell.value for cell in sheet[1]] == ["No", "Value"]
    assert sheet["A1"].font.bold
    assert 20 < sheet.column_dimensions["B"].width < 25


def test_what_is_more_than_a_sheet_holds_goes_on_in_the_next(path, monkeypatch):
    monkeypatch.setattr(writing_workbook, "ROWS", 11)
    columns = [OutputColumn("No", "no", "integer")]
    write(path, columns, [(number,) for number in range(25)], title="Hours")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Hours", "Hours (2)", "Hours (3)"]
    found = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    assert found == [["No", *range(10)], ["No", *range(10, 20)], ["No", *range(20, 25)]]
    assert book["Hours (3)"].auto_filter.ref == "A1:A6"


def test_rows_that_fill_a_sheet_exactly_need_no_other(path, monkeypatch):
    monkeypatch.setattr(writing_workbook, "ROWS", 11)
    write(path, [OutputColumn("No", "no", "integer")], [(number,) for number in range(10)])
    assert openpyxl.load_workbook(path).sheetnames == ["Data"]


@pytest.mark.parametrize("type_", TYPES)
def test_no_rows_are_a_header_alone(path, type_):
    write(path, [OutputColumn("Value", "value", type_)], [])
    assert openpyxl.load_workbook(path)["Data"].max_row == 1


def test_a_value_that_does_not_fit_its_column_is_not_lost(path):
    values = ["text", 5, Decimal("1.5"), True, date(2026, 1, 31), None]
    assert write_column(path, "date", values) == []
    assert read_column(path) == ["text", 5, 1.5, True, date(2026, 1, 31), None]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Hours", "Hours"),
        ("a/b:c*d?e[f]g\\h", "a b c d e f g h"),
        ("'quoted'", "quoted"),
        ("", "Data"),
        ("History", "History rows"),
        ("notes", "notes rows"),
        ("x" * 40, "x" * 31),
        ("😀" * 20, "😀" * 15),
        ("two\nlines\x00", "two lines"),
    ],
)
def test_a_sheet_has_a_name_that_every_program_takes(title, name):
    assert sheet_name(title, 1) == name


def test_a_name_that_is_cut_keeps_the_number_of_its_sheet():
    assert sheet_name("x" * 40, 12) == "x" * 26 + " (12)"


def test_the_package_begins_as_programs_expect_that_look_at_its_beginning(path):
    write_column(path, "text", ["x"])
    with ZipFile(path) as package:
        assert package.namelist()[0] == "_rels/.rels"
        assert package.testzip() is None


def test_other_programs_know_of_the_filter_and_print_the_header_on_each_page(path, monkeypatch):
    monkeypatch.setattr(writing_workbook, "ROWS", 11)
    write(path, [OutputColumn("No", "no", "integer")], [(number,) for number in range(12)], title="June's <hours>")
    book = openpyxl.load_workbook(path)
    assert [sheet.print_title_rows for sheet in book] == ["$1:$1", "$1:$1"]
    listed = ZipFile(path).read("xl/workbook.xml").decode()
    assert (
        '<definedName name="_xlnm._FilterDatabase" localSheetId="1" hidden="1">\'June\'\'s &lt;hours&gt; (2)\''
        "!$A$1:$A$3</definedName>" in listed
    )


def test_columns_that_can_be_read_side_by_side_come_on_one_page(path):
    write_column(path, "text", ["a text of some length"])
    page = openpyxl.load_workbook(path)["Data"]
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    write_column(path, "text", ["a text that goes on to the right " * 20])
    assert not openpyxl.load_workbook(path)["Data"].sheet_properties.pageSetUpPr.fitToPage
