"""Old workbooks (.xls) are read as what they show, record by record."""

import struct
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from webapp.sheets import Cell, CellError, ImpossibleDate, WorkbookRefused, inspect_workbook, read_rows

from .old_workbooks import (
    DURATION_STYLE,
    MOMENT_STYLE,
    cell,
    formula,
    label,
    number,
    old_workbook,
    properties,
    record,
    shared_texts,
    text,
)

SHARED, SHORT_NUMBER, SHORT_NUMBERS, TRUTH_OR_ERROR, RESULT_TEXT, ROW = 0xFD, 0x27E, 0xBD, 0x205, 0x207, 0x208
MERGED, DATE_MODE, LOCK = 0xE5, 0x22, 0x2F


def rows_of(path: Path) -> dict[int, tuple[Cell, ...]]:
    report = inspect_workbook(path)
    with read_rows(path, report.sheet, report.header.row) as stream:
        return {number: cells for batch in stream for number, cells in batch.rows}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (label(2, 0, "Größe ✓"), "Größe ✓"),
        (number(2, 0, 7.25), 7.25),
        (number(2, 0, 7.0), 7),
        (cell(SHORT_NUMBER, 2, 0, struct.pack("<L", 725 << 2 | 3)), 7.25),
        (cell(SHORT_NUMBER, 2, 0, struct.pack("<l", -7 << 2 | 2)), -7),
        (cell(TRUTH_OR_ERROR, 2, 0, b"\x01\x00"), True),
        (cell(TRUTH_OR_ERROR, 2, 0, b"\x2a\x01"), CellError("#N/A")),
        (number(2, 0, 44_197, MOMENT_STYLE), date(2021, 1, 1)),
        (number(2, 0, 44_197.5, MOMENT_STYLE), datetime(2021, 1, 1, 12)),
        (number(2, 0, 1.5, DURATION_STYLE), timedelta(hours=36)),
        (number(2, 0, 60, MOMENT_STYLE), ImpossibleDate("60")),
        (number(2, 0, -1, MOMENT_STYLE), ImpossibleDate("-1")),
        (number(2, 0, 3e6, MOMENT_STYLE), ImpossibleDate("3000000")),
        (formula(2, 0, struct.pack("<d", 2.5)), 2.5),
        (formula(2, 0, b"\x02\0\x07\0\0\0\xff\xff"), CellError("#DIV/0!")),
        (formula(2, 0, b"\x01\0\x01\0\0\0\xff\xff"), True),
        (formula(2, 0, b"\0\0\0\0\0\0\xff\xff") + record(RESULT_TEXT, text("sum")), "sum"),
    ],
)
def test_a_cell_is_what_it_is(tmp_path: Path, stored: bytes, expected: Cell):
    (read,) = rows_of(old_workbook(tmp_path / "a.xls", stored)).values()
    assert read == (expected,)
    assert type(read[0]) is type(expected)


def test_numbers_side_by_side_are_stored_in_one_record(tmp_path: Path):
    body = struct.pack("<HHHLHLH", 1, 0, 0, 3 << 2 | 2, 0, 4 << 2 | 2, 1)
    path = old_workbook(tmp_path / "a.xls", label(1, 1, "Hours"), record(SHORT_NUMBERS, body))
    assert rows_of(path) == {2: (3, 4)}


def test_a_shared_text_goes_on_in_the_next_record_in_another_width(tmp_path: Path):
    first = struct.pack("<LL", 1, 1) + struct.pack("<HB", 6, 1) + "Hä".encode("utf-16-le")
    texts = shared_texts(first, b"\0nden")
    path = old_workbook(tmp_path / "a.xls", cell(SHARED, 2, 0, struct.pack("<L", 0)), globals_=texts)
    assert rows_of(path) == {2: ("Händen",)}


def test_a_text_that_is_missing_is_damage_and_no_blank(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="a text is missing"):
        rows_of(old_workbook(tmp_path / "a.xls", cell(SHARED, 2, 0, struct.pack("<L", 9))))


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path):
    days = record(DATE_MODE, b"\1\0")
    path = old_workbook(tmp_path / "a.xls", number(2, 0, 44_197 - 1_462, MOMENT_STYLE), globals_=days)
    assert rows_of(path) == {2: (date(2021, 1, 1),)}
    assert "date_system" in [finding.code for finding in inspect_workbook(path).findings]


def test_a_locked_workbook_is_called_protected(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="is password-protected"):
        inspect_workbook(old_workbook(tmp_path / "a.xls", globals_=record(LOCK, bytes(6))))


def test_a_hidden_sheet_is_left_out(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="No visible sheet"):
        inspect_workbook(old_workbook(tmp_path / "a.xls", label(2, 0, "x"), hidden=True))


def test_rows_that_were_written_in_any_order_come_in_theirs(tmp_path: Path):
    path = old_workbook(tmp_path / "a.xls", label(4, 0, "c"), label(2, 0, "a"), label(3, 0, "b"))
    assert rows_of(path) == {2: ("a",), 3: ("b",), 4: ("c",)}


def test_hidden_rows_merged_cells_and_results_nobody_calculated_are_found(tmp_path: Path):
    hidden = record(ROW, struct.pack("<6H4x", 1, 0, 1, 255, 0, 0)[:12] + struct.pack("<HH", 0x20, 0))
    merged = record(MERGED, struct.pack("<5H", 1, 1, 2, 0, 0))
    path = old_workbook(tmp_path / "a.xls", hidden, label(2, 0, "x"), formula(3, 0, bytes(8), flags=2), merged)
    found = {finding.code: (finding.count, finding.first) for finding in inspect_workbook(path).findings}
    assert found["hidden_rows"] == (1, "Sheet1!2")
    assert found["merged_cells"] == (1, "Sheet1!A2")
    assert found["doubtful_results"] == (1, "Sheet1!A3")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_workbook_that_is_cut_off_is_called_cut_off(tmp_path: Path, share: float):
    path = old_workbook(tmp_path / "a.xls", *(label(row, 0, "x" * 50) for row in range(2, 200)))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(WorkbookRefused, match="cut off"):
        inspect_workbook(path)


@pytest.mark.parametrize("page", [1200, 65001, 1252])
def test_its_own_properties_are_known_by_their_names(tmp_path: Path, page: int):
    own = properties(["odd", "Longshore errors 0123456789abcdef 1"], page)
    path = old_workbook(tmp_path / "a.xls", label(2, 0, "Ada"), own=own)
    assert inspect_workbook(path).properties == ("odd", "Longshore errors 0123456789abcdef 1")


@pytest.mark.parametrize("cut", range(0, 180, 7))
def test_broken_properties_keep_nobody_from_the_rows(tmp_path: Path, cut: int):
    for own in (properties(["odd"], 1200)[:cut], properties(["odd"], 1200)[:cut].ljust(200, b"\xff")):
        assert rows_of(old_workbook(tmp_path / "a.xls", label(2, 0, "Ada"), own=own)) == {2: ("Ada",)}
