"""Rows come as they stand in the sheet: true numbers, typed cells, nothing lost, nothing made up."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from webapp.sheets import (
    Cell,
    CellError,
    ImpossibleDate,
    Uncached,
    WorkbookRefused,
    inspect_workbook,
    read_rows,
)

from .workbooks import HOURS_HEADER, cells_workbook, hours_rows, hours_workbook, raw_parts, raw_workbook, workbook

HEAD = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'


def rows_of(path: Path, header_row: int = 1, **options: int) -> dict[int, tuple[Cell, ...]]:
    sheet = inspect_workbook(path).sheet
    with read_rows(path, sheet, header_row, **options) as stream:
        return {number: cells for batch in stream for number, cells in batch.rows}


def cell_read(tmp_path: Path, cell: str, date1904: bool = False) -> Cell:
    return rows_of(cells_workbook(tmp_path / "a.xlsx", cell, date1904=date1904))[2][0]


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hours_workbook(tmp_path_factory.mktemp("hours") / "hours.xlsx", rows=1_250)


def test_every_row_arrives_with_its_number_and_its_cells(hours: Path):
    expected = [tuple(row.values()) for row in hours_rows(1_250)]
    assert rows_of(hours) == dict(enumerate(expected, 2))


def test_batches_have_the_size_that_was_asked_for(hours: Path):
    with read_rows(hours, "Hours", 1, batch_size=500) as stream:
        assert stream.header.labels == HOURS_HEADER
        assert stream.rows_counted == 1_250
        assert [(len(batch), batch.last_row) for batch in stream] == [(500, 501), (500, 1_001), (250, 1_251)]


@pytest.mark.parametrize("after_row", [0, 1, 2, 501, 1_250, 1_251, 9_999])
def test_reading_goes_on_after_any_row(hours: Path, after_row: int):
    everything = rows_of(hours)
    rest = {number: cells for number, cells in everything.items() if number > after_row}
    assert rows_of(hours, after_row=after_row) == rest


def test_blank_rows_are_skipped_and_keep_their_numbers(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Name"], ["Ada"], [], [None], ["Bram"], [""], ["Chiara"]])
    assert rows_of(path) == {2: ("Ada",), 5: ("Bram",), 7: ("Chiara",)}


def test_cells_to_the_right_of_the_header_are_left_out(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Name", "Hours"], ["Ada", 1, "secret", "note"], ["Bram"]])
    assert rows_of(path) == {2: ("Ada", 1), 3: ("Bram", None)}
    assert inspect_workbook(path).ignored_columns == 2


def test_a_row_of_zeros_and_falsehoods_is_no_blank_row(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["A", "B"], [0, None], [None, False], [0.0, None]])
    assert list(rows_of(path)) == [2, 3, 4]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="{at}"><v>7</v></c>', 7),
        ('<c r="{at}"><v>7.25</v></c>', 7.25),
        ('<c r="{at}" t="b"><v>1</v></c>', True),
        ('<c r="{at}" t="b"><v>true</v></c>', True),
        ('<c r="{at}" t="str"><v>00123</v></c>', "00123"),
        ('<c r="{at}" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c>', "a b"),
        ('<c r="{at}" t="inlineStr"><is><t>a_x000D_b_x005F_x000D_</t></is></c>', "a\rb_x000D_"),
        ('<c r="{at}" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="{at}" t="str"><v>#N/A</v></c>', "#N/A"),
        ('<c r="{at}"><f>1+1</f></c>', Uncached()),
        ('<c r="{at}"><f>1+1</f><v/></c>', Uncached()),
        ('<c r="{at}"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="{at}" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
    ],
)
def test_a_cell_is_what_it_is(tmp_path: Path, cell: str, expected: Cell):
    read = cell_read(tmp_path, cell)
    assert read == expected
    assert type(read) is type(expected)


def test_a_formula_whose_result_is_an_empty_text_is_blank(tmp_path: Path):
    cells = '<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><f>1</f></c></row>'
    head = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>Sum</v></c></row>'
    path = raw_workbook(tmp_path / "a.xlsx", raw_parts(head + cells))
    assert rows_of(path) == {2: (None, Uncached())}


@pytest.mark.parametrize(
    ("style", "number", "expected"),
    [
        (1, "44197", date(2021, 1, 1)),
        (1, "1", date(1900, 1, 1)),
        (1, "59", date(1900, 2, 28)),
        (1, "61", date(1900, 3, 1)),
        (1, "2958465", date(9999, 12, 31)),
        (1, "60", ImpossibleDate("60")),
        (2, "60.5", ImpossibleDate("60.5")),
        (1, "-1", ImpossibleDate("-1")),
        (1, "-0.5", ImpossibleDate("-0.5")),
        (1, "2958466", 2_958_466.0),
        (2, "44197.5", datetime(2021, 1, 1, 12)),
        (2, "44197.0", date(2021, 1, 1)),
        (2, "44197.999999", date(2021, 1, 2)),
        (2, "44197.12345678", datetime(2021, 1, 1, 2, 57, 47)),
        (3, "1.5", timedelta(hours=36)),
        (4, "0.5", time(12)),
        (4, "0", time(0)),
        (4, "0.999999", time(23, 59, 59)),
    ],
)
def test_a_date_is_exact_to_the_second_or_none_at_all(tmp_path: Path, style: int, number: str, expected: Cell):
    read = cell_read(tmp_path, f'<c r="{{at}}" s="{style}"><v>{number}</v></c>')
    assert read == expected
    assert type(read) is type(expected)


def test_only_the_odd_number_of_many_is_no_date(tmp_path: Path):
    numbers = [59, 60, 61, 0.25, -3, 59] * 60
    path = cells_workbook(tmp_path / "a.xlsx", *(f'<c r="{{at}}" s="1"><v>{number}</v></c>' for number in numbers))
    read = [cells[0] for cells in rows_of(path).values()]
    odd = {60: ImpossibleDate("60"), -3: ImpossibleDate("-3")}
    real = {59: date(1900, 2, 28), 61: date(1900, 3, 1), 0.25: time(6)}
    assert read == [odd.get(number, real.get(number)) for number in numbers]


def test_both_date_systems_name_the_same_day(tmp_path: Path):
    cell = '<c r="{{at}}" s="1"><v>{}</v></c>'
    from_1900 = cell_read(tmp_path, cell.format(44_197))
    from_1904 = cell_read(tmp_path, cell.format(44_197 - 1_462), date1904=True)
    assert from_1900 == from_1904 == date(2021, 1, 1)


def test_an_extension_cannot_talk_the_date_system_away(tmp_path: Path):
    parts = raw_parts(HEAD + '<row r="2"><c r="A2" s="1"><v>42735</v></c></row>', date1904=True)
    extension = b'<extLst><ext><x15:workbookPr xmlns:x15="urn:x15" chartTrackingRefBase="1"/></ext></extLst></workbook>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", extension)
    assert rows_of(raw_workbook(tmp_path / "a.xlsx", parts)) == {2: (date(2021, 1, 1),)}


def test_a_dimension_that_lies_loses_nothing(tmp_path: Path):
    parts = raw_parts(HEAD + '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row>')
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<sheetData>", b'<dimension ref="A1"/><sheetData>')
    assert rows_of(raw_workbook(tmp_path / "a.xlsx", parts)) == {2: (1,), 3: (2,)}


def test_cells_without_references_are_counted_from_the_left(tmp_path: Path):
    path = raw_workbook(tmp_path / "a.xlsx", raw_parts("<row><c t='str'><v>N</v></c></row><row><c><v>5</v></c></row>"))
    assert rows_of(path) == {2: (5,)}


def test_a_strict_workbook_is_read_like_any_other(tmp_path: Path):
    parts = raw_parts(HEAD + '<row r="2"><c r="A2"><v>1</v></c></row>')
    for name, body in parts.items():
        body = body.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        parts[name] = body.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
    assert rows_of(raw_workbook(tmp_path / "a.xlsx", parts)) == {2: (1,)}


def test_long_texts_up_to_the_limit_of_excel_come_whole(tmp_path: Path):
    text = "x" * 32_767
    path = workbook(tmp_path / "a.xlsx", [["Name"], *[[text]] * 300])
    assert set(rows_of(path).values()) == {(text,)}


def test_a_header_row_without_names_is_refused(hours: Path):
    with pytest.raises(WorkbookRefused, match="Row 5000 of sheet “Hours” holds no names"):
        rows_of(hours, header_row=5_000)


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(hours: Path):
    with pytest.raises(WorkbookRefused, match=r"no visible sheet “Holidays”\. It has: Hours"):
        with read_rows(hours, "Holidays", 1):
            pass
