"""What was counted in a sheet when its workbook was looked into is not counted again when its rows are read."""

import csv
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from webapp.sheets import Cell, SheetFacts, inspect_workbook, read_rows

from . import old_workbooks as old
from . import open_documents as opened
from . import test_binary_workbooks as binary
from .test_hidden_parts import filtered_workbook
from .workbooks import workbook

ROWS = [["Name", "Hours"], ["Ada", 7], ["Grace", 8]]


def xlsx(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", ROWS)


def xlsb(folder: Path) -> Path:
    body = [binary.row(2), binary.number(1), binary.row(3), binary.number(2)]
    return binary.binary_workbook(folder / "a.xlsb", *body)


def xls(folder: Path) -> Path:
    return old.old_workbook(folder / "a.xls", old.label(2, 0, "Ada"), old.label(3, 0, "Grace"))


def ods(folder: Path) -> Path:
    rows = [opened.row(opened.text_cell("Name")), opened.row(opened.text_cell("Ada"))]
    empty = opened.table(opened.row(), name="Empty")
    return opened.open_document(folder / "a.ods", empty, opened.table(*rows, name="Second"))


def text(folder: Path) -> Path:
    path = folder / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return path


def rows_of(path: Path, facts: SheetFacts | None, row: int = 1) -> list[tuple[int, tuple[Cell, ...]]]:
    sheet = facts.name if facts else inspect_workbook(path).sheet
    with read_rows(path, sheet, row, known=facts) as stream:
        return [row for batch in stream for row in batch.rows]


@pytest.mark.parametrize("made", [xlsx, xlsb, xls, ods, text])
def test_rows_are_the_same_and_nothing_is_counted_again(tmp_path: Path, made):
    path = made(tmp_path)
    report = inspect_workbook(path)
    assert rows_of(path, report.facts, report.header.row) == rows_of(path, None, report.header.row) != []
    told = replace(report.facts, rows=1_000)
    with read_rows(path, report.sheet, report.header.row, known=told) as stream:
        assert stream.rows_counted == 999


def test_what_is_known_outlives_being_kept_as_text(tmp_path: Path):
    facts = inspect_workbook(filtered_workbook(tmp_path / "a.xlsx")).facts
    assert facts.hidden_columns
    assert facts.hidden_rows
    assert msgspec.json.decode(msgspec.json.encode(facts), type=SheetFacts) == facts


def test_hidden_rows_are_looked_for_where_it_is_only_known_how_many_they_are(tmp_path: Path):
    path = filtered_workbook(tmp_path / "a.xlsx")
    with read_rows(path, "Data", 1, hidden="skip", known=inspect_workbook(path).facts) as stream:
        assert [number for batch in stream for number in batch.numbers] == [2, 5, 7]
