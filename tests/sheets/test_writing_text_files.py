"""CSV and JSON Lines as they are written."""

import csv
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from tests.sheets.tables import write, write_column
from webapp.sheets.writing import OutputColumn

COLUMNS = [
    OutputColumn("Name", "name", "text"),
    OutputColumn("Number", "number", "decimal"),
    OutputColumn("At", "at", "datetime"),
]
ROWS = [
    ('say "quay", please\nnow', Decimal("12345678901234567890.123456789"), datetime(2026, 1, 31, 8)),
    ("é", None, None),
]


def lines_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


class TestCsv:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "table.csv"

    def test_excel_knows_its_encoding_and_every_digit_is_there(self, path):
        assert write(path, COLUMNS, ROWS) == []
        assert path.read_bytes().startswith(b"\xef\xbb\xbfName,Number,At\r\n")
        assert lines_of(path)[1:] == [
            ['say "quay", please\nnow', "12345678901234567890.123456789", "2026-01-31 08:00:00"],
            ["é", "", ""],
        ]

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
    def test_what_looks_like_a_formula_is_marked_and_that_is_said(self, path, text):
        notes = write_column(path, "text", ["plain", text])
        assert [row[1] for row in lines_of(path)] == ["Value", "plain", "'" + text]
        assert [(note.place, note.count) for note in notes] == [("B3", 1)]

    def test_a_number_below_zero_is_no_formula(self, path):
        assert write_column(path, "decimal", [Decimal("-1.5"), -2]) == []
        assert [row[1] for row in lines_of(path)[1:]] == ["-1.5", "-2"]

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (True, "TRUE"),
            (date(2026, 1, 31), "2026-01-31"),
            (time(8, 30), "08:30:00"),
            (timedelta(hours=30), "30:00:00"),
        ],
    )
    def test_values_are_written_as_they_are_read(self, path, value, written):
        assert write_column(path, "text", [value]) == []
        assert lines_of(path)[1][1] == written

    def test_half_a_character_is_replaced_and_that_is_said(self, path):
        assert write_column(path, "text", ["\ud800x"])[0].place == "B2"
        assert lines_of(path)[1][1] == "�x"


class TestJsonLines:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "table.jsonl"

    def test_each_row_is_an_object_exact_to_the_last_digit(self, path):
        assert write(path, COLUMNS, ROWS) == []
        found = [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]
        assert found == [
            {"name": ROWS[0][0], "number": ROWS[0][1], "at": "2026-01-31T08:00:00"},
            {"name": "é", "number": None, "at": None},
        ]

    def test_half_a_character_is_kept(self, path):
        assert write_column(path, "text", ["\ud800x", Decimal("1.50")]) == []
        assert [json.loads(line)["value"] for line in path.read_text().splitlines()] == ["\ud800x", 1.5]

    def test_what_is_no_number_is_left_out_and_that_is_said(self, path):
        notes = write_column(path, "decimal", [Decimal("NaN"), float("inf"), 1.5])
        assert [json.loads(line)["value"] for line in path.read_text().splitlines()] == [None, None, 1.5]
        assert [(note.place, note.count) for note in notes] == [("B1", 2)]
