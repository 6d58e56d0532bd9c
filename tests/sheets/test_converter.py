"""Cells become values by the type of their column, or a problem that says where, what and why."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.sheets import (
    COLUMN_TYPES,
    Batch,
    Cell,
    CellError,
    Column,
    Converted,
    Converter,
    Header,
    ImpossibleDate,
    Uncached,
)
from webapp.sheets.conversion.types import Unfit, convert_cell, reader_of


def column_of(column_type: str, required: bool = False) -> Column:
    """A column of this type, with what the type cannot do without."""
    choices = ("Open", "In Arbeit", "#1") if column_type == "choice" else ()
    references = "customers.number" if column_type == "reference" else None
    return Column("Amount", "amount", column_type, required, choices=choices, references=references)


def converted(cells: list[Cell], column_type: str, required: bool = False) -> Converted:
    column = column_of(column_type, required)
    batch = Batch(list(range(2, 2 + len(cells))), [cells])
    return Converter([column], Header.of("My hours", 1, ["Amount"])).convert(batch)


def value_of(cell: Cell, column_type: str) -> object:
    """The value of one cell, found both on the fast way of a whole batch and on its own."""
    alone = converted([cell], column_type)
    among = converted([None, cell, "\0"], column_type)
    assert not alone.problems
    assert among.rows[1][1] == alone.rows[0][1]
    return alone.rows[0][1][0]


def reason_for(cell: Cell, column_type: str) -> str:
    result = converted([cell], column_type)
    assert not result.rows
    return result.problems[0].reason


ACCEPTED = [
    ("text", "  two  words\u00a0", "two  words"),
    ("text", "00123", "00123"),
    ("text", 123, "123"),
    ("text", 123.0, "123"),
    ("text", 0.1, "0.1"),
    ("text", 1e15, "1000000000000000"),
    ("text", True, "TRUE"),
    ("text", date(2026, 1, 31), "2026-01-31"),
    ("text", datetime(2026, 1, 31, 8, 30), "2026-01-31 08:30:00"),
    ("text", time(8, 30), "08:30:00"),
    ("text", timedelta(hours=36), "36:00:00"),
    ("text", " ", None),
    ("integer", 42, 42),
    ("integer", 42.0, 42),
    ("integer", "42", 42),
    ("integer", " -7 ", -7),
    ("integer", "1 234 567", 1_234_567),
    ("integer", "1\u202f234", 1_234),
    ("integer", "1.234.567", 1_234_567),
    ("decimal", 0.1, Decimal("0.1")),
    ("decimal", 0.1 + 0.2, Decimal("0.3")),
    ("decimal", 12, Decimal(12)),
    ("decimal", "12.5", Decimal("12.5")),
    ("decimal", "12,5", Decimal("12.5")),
    ("decimal", "1,234.50", Decimal("1234.50")),
    ("decimal", "1.234,56", Decimal("1234.56")),
    ("decimal", "1 234,5", Decimal("1234.5")),
    ("decimal", "0.125", Decimal("0.125")),
    ("decimal", "1234.567", Decimal("1234.567")),
    ("decimal", "7.7e-05", Decimal("0.000077")),
    ("decimal", "−3,5", Decimal("-3.5")),
    ("decimal", "€ 5", Decimal(5)),
    ("decimal", "5,00\u00a0€", Decimal(5)),
    ("decimal", "-$1,234.50", Decimal("-1234.5")),
    ("decimal", "EUR -3,5", Decimal("-3.5")),
    ("decimal", "(32.00)", Decimal(-32)),
    ("decimal", "(€ 32.00)", Decimal(-32)),
    ("decimal", "1’234’567.25", Decimal("1234567.25")),
    ("percent", 0.125, Decimal("0.125")),
    ("percent", 1, Decimal(1)),
    ("percent", "12,5 %", Decimal("0.125")),
    ("percent", "12.5\u00a0%", Decimal("0.125")),
    ("percent", "%50", Decimal("0.5")),
    ("percent", "-3%", Decimal("-0.03")),
    ("percent", "100 %", Decimal(1)),
    ("percent", "0.125", Decimal("0.125")),
    ("time", time(8, 30), time(8, 30)),
    ("time", timedelta(hours=8, minutes=30), time(8, 30)),
    ("time", "8:30", time(8, 30)),
    ("time", "23:59:59", time(23, 59, 59)),
    ("time", "8:30 p.m.", time(20, 30)),
    ("time", "12:00 AM", time(0)),
    ("duration", timedelta(hours=36), timedelta(hours=36)),
    ("duration", time(8, 30), timedelta(hours=8, minutes=30)),
    ("duration", "36:30", timedelta(hours=36, minutes=30)),
    ("duration", "-1:30:05", -timedelta(hours=1, minutes=30, seconds=5)),
    ("duration", "PT36H", timedelta(hours=36)),
    ("choice", " open ", "Open"),
    ("choice", "IN\narbeit", "In Arbeit"),
    ("email", " ada@example.org ", "ada@example.org"),
    ("reference", "00123", "00123"),
    ("reference", 123.0, "123"),
    ("boolean", True, True),
    ("boolean", 0, False),
    ("boolean", 1.0, True),
    ("boolean", "Ja", True),
    ("boolean", " no ", False),
    ("date", date(2026, 1, 31), date(2026, 1, 31)),
    ("date", "2026-01-31", date(2026, 1, 31)),
    ("date", "2026-01-31T00:00:00", date(2026, 1, 31)),
    ("datetime", datetime(2026, 1, 31, 8, 30), datetime(2026, 1, 31, 8, 30)),
    ("datetime", date(2026, 1, 31), datetime(2026, 1, 31)),
    ("datetime", "2026-01-31 08:30", datetime(2026, 1, 31, 8, 30)),
    ("datetime", "2026-01-31T08:30:15", datetime(2026, 1, 31, 8, 30, 15)),
]


@pytest.mark.parametrize(("column_type", "cell", "expected"), ACCEPTED)
def test_a_cell_that_fits_becomes_its_value(column_type: str, cell: Cell, expected: object):
    value = value_of(cell, column_type)
    assert value == expected
    assert type(value) is type(expected)


REFUSED = [
    ("text", "a\0b", "holds a character that cannot be shown"),
    ("integer", "abc", "'abc' is not a whole number"),
    ("integer", 1.5, "'1.5' is not a whole number"),
    ("integer", "1.5", "'1.5' is not a whole number"),
    ("integer", True, "'TRUE' is not a whole number"),
    ("integer", date(2026, 1, 31), "'2026-01-31' is not a whole number"),
    ("integer", "1,234", "'1,234' is ambiguous"),
    ("integer", 10**19, "is too large"),
    ("integer", float("inf"), "is not a whole number"),
    ("decimal", "1.234", "'1.234' is ambiguous"),
    ("decimal", "1,234", "'1,234' is ambiguous"),
    ("decimal", "12 %", "is not a number"),
    ("decimal", "(-32)", "is not a number"),
    ("decimal", "INV 5", "is not a number"),
    ("decimal", "€ 1.234", "is ambiguous"),
    ("percent", "12 %%", "'12 %%' is not a percentage; write it as 12.5 %"),
    ("percent", "1,234 %", "is ambiguous"),
    ("percent", True, "'TRUE' is not a percentage"),
    ("decimal", float("nan"), "is not a number"),
    ("decimal", "١٢", "is not a number"),
    ("boolean", "perhaps", "'perhaps' is not yes or no"),
    ("boolean", 2, "'2' is not yes or no"),
    ("date", "31/02/2026", "'31/02/2026' is not a date; write it as 2026-01-31"),
    ("date", "2026-02-31", "'2026-02-31' is not a date"),
    ("date", 44_197, "'44197' is not a date"),
    ("date", datetime(2026, 1, 31, 8), "has a time of day"),
    ("date", time(8), "'08:00:00' is not a date"),
    ("datetime", "31.01.2026 08:30", "write it as 2026-01-31 08:30"),
    ("datetime", "2026-01-31T08:30Z", "write it as 2026-01-31 08:30"),
    ("time", 0.5, "'0.5' is not a time of day; write it as 08:30"),
    ("time", "24:00", "is not a time of day"),
    ("time", "13:00 pm", "is not a time of day"),
    ("time", timedelta(hours=36), "'36:00:00' is not a time of day"),
    ("time", datetime(2026, 1, 31, 8), "has a date, only a time of day is expected"),
    ("duration", 7.5, "'7.5' is not a length of time; write it as 36:30 (hours:minutes)"),
    ("duration", "1:75", "is not a length of time"),
    ("duration", "P1Y", "is not a length of time"),
    ("duration", "99999999999:00", "is not a length of time"),
    ("duration", datetime(1900, 1, 1, 12), "give the cell the format [h]:mm"),
    ("choice", "closed", "'closed' is not among: Open, In Arbeit, #1"),
    ("email", "ada@", "'ada@' is not an e-mail address; write it as name@example.org"),
    ("email", 5, "'5' is not an e-mail address"),
    ("text", CellError("#N/A"), "#N/A is an Excel error; correct the formula"),
    ("decimal", Uncached(), "has no stored result; open the workbook in Excel, save it, and upload it again"),
    ("date", ImpossibleDate("60"), "is formatted as a date, but 60 is the number of no date"),
]


@pytest.mark.parametrize(("column_type", "cell", "words"), REFUSED)
def test_a_cell_that_does_not_fit_is_explained(column_type: str, cell: Cell, words: str):
    assert words in reason_for(cell, column_type)


def test_a_problem_names_its_place_and_its_row_is_left_out():
    columns = [Column("Name", "name", required=True), Column("Hours", "hours", "decimal")]
    batch = Batch([5, 9, 12], [["Ada", None, "Chiara"], ["abc", "x", 1.5]])
    result = Converter(columns, Header.of("My hours", 4, ["Name", "Hours"])).convert(batch)
    assert result.rows == [(12, ("Chiara", Decimal("1.5")))]
    assert [(problem.address, problem.header, problem.code, problem.reason) for problem in result.problems] == [
        ("'My hours'!B5", "Hours", "wrong_type", "'abc' is not a number"),
        ("'My hours'!A9", "Name", "required", "is required"),
        ("'My hours'!B9", "Hours", "wrong_type", "'x' is not a number"),
    ]
    assert result.problems[0].value_text == "abc"


@pytest.mark.parametrize("column_type", COLUMN_TYPES)
def test_a_blank_is_none_unless_it_is_required(column_type: str):
    assert converted([None, "  "], column_type).rows == [(2, (None,)), (3, (None,))]
    problems = converted([None, "  "], column_type, required=True).problems
    assert [problem.reason for problem in problems] == ["is required"] * 2


def test_a_column_that_is_missing_is_none_in_every_row():
    columns = [Column("Name", "name"), Column("Age", "age", "integer")]
    converter = Converter(columns, Header.of("S", 1, ["Name"]))
    assert converter.convert(Batch([2], [["Ada"]])).rows == [(2, ("Ada", None))]
    assert converter.mapping.missing == ("Age",)


def test_a_long_value_is_shortened_in_its_problem():
    problem = converted(["x" * 5_000], "integer").problems[0]
    assert len(problem.value_text) == 200
    assert len(problem.reason) < 100


CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.builds(CellError, st.just("#N/A")),
    st.builds(Uncached),
    st.builds(ImpossibleDate, st.just("60")),
)


def outcome(convert: Callable[[], object]) -> object:
    try:
        return convert()
    except Unfit as unfit:
        return unfit.reason


@pytest.mark.parametrize("name", COLUMN_TYPES)
@example(cells=[1_000_000_000_000_001.0])
@example(cells=[999_999_999_999_999.0, -1e15])
@given(
    cells=st.one_of(
        st.lists(CELLS, max_size=6), *[st.lists(kind | st.none(), max_size=6) for kind in CELLS.original_strategies]
    )
)
def test_a_batch_gives_what_its_cells_give_one_by_one(name: str, cells: list[Cell]):
    result = converted(cells, name)
    values = {number: row[0] for number, row in result.rows} | {p.row: p.reason for p in result.problems}
    for number, cell in enumerate(cells, 2):
        alone = outcome(lambda cell=cell: convert_cell(reader_of(column_of(name)), cell))
        assert values[number] == alone
        assert type(values[number]) is type(alone)
