"""A template's rules: limits, patterns, defaults, words, ways to write, replacements."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from webapp.sheets import Batch, Cell, CellError, Column, Converted, Converter, Header, Uncached


def converted(cells: list[Cell], column_type: str, **rules: Any) -> Converted:
    header = Header.of("Sheet1", 1, ["Value", "Row"])
    batch = Batch(list(range(2, 2 + len(cells))), [cells, list(range(len(cells)))])
    return Converter([Column("Value", "value", column_type, **rules), Column("Row", "row")], header).convert(batch)


def values(cells: list[Cell], column_type: str, **rules: Any) -> list[object]:
    result = converted(cells, column_type, **rules)
    assert not result.problems
    return [row[0] for _, row in result.rows]


def problems(cells: list[Cell], column_type: str, **rules: Any) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.code, problem.reason) for problem in converted(cells, column_type, **rules).problems]


LIMITS = [
    ("integer", "1", "10", [0, 1, 10, 11], "'0' is below the minimum of 1", "'11' is above the maximum of 10"),
    ("decimal", "0.5", "1", [0.25, 0.5, 1, 1.5], "'0.25' is below the minimum of 0.5", "'1.5' is above the maximum of"),
    ("percent", "0 %", "100 %", [-0.01, 0, 1, 12.5], "is below the minimum of 0 %", "'12.5' is above the"),
    (
        "date", "2026-01-01", "2026-12-31",
        [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)],
        "'2025-12-31' is below the minimum of 2026-01-01", "'2027-01-01' is above the maximum of 2026-12-31",
    ),
    (
        "datetime", "2026-01-01 08:00", "2026-01-01 09:00",
        [datetime(2026, 1, 1, 7), datetime(2026, 1, 1, 8), datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 10)],
        "is below the minimum of 2026-01-01 08:00", "is above the maximum of 2026-01-01 09:00",
    ),
    ("time", "08:00", "17:00", [time(7), time(8), time(17), time(18)], "is below the", "is above the"),
    (
        "duration", "0:00", "36:00",
        [timedelta(-1), timedelta(0), timedelta(hours=36), timedelta(hours=37)],
        "'-24:00:00' is below the minimum of 0:00", "'37:00:00' is above the maximum of 36:00",
    ),
    ("text", "2", "3", ["a", "ab", "abc", "abcd"], "'a' has 1 character, at", "'abcd' has 4 characters, at"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "least", "most", "cells", "below", "above"), LIMITS)
def test_limits_are_in_the_notation_of_the_type(kind, least, most, cells, below, above):
    result = converted([*cells, None], kind, minimum=least, maximum=most)
    assert [number for number, _ in result.rows] == [3, 4, 6]
    assert [problem.row for problem in result.problems] == [2, 5]
    assert below in result.problems[0].reason
    assert above in result.problems[1].reason
    codes = ("too_short", "too_long") if kind == "text" else ("too_small", "too_large")
    assert tuple(problem.code for problem in result.problems) == codes
    assert len(values([cells[1], cells[2]], kind, minimum=least, maximum=most)) == 2


def test_a_pattern_has_to_match_the_whole_text():
    found = problems(["AB-12", "xAB-12", "AB-12x", None, "ÄB-1"], "text", pattern=r"[A-Z]{2}-\d+")
    assert [(row, code) for row, code, _ in found] == [(3, "pattern"), (4, "pattern"), (6, "pattern")]
    assert found[0][2] == r"'xAB-12' does not match the pattern [A-Z]{2}-\d+"
    assert values(["Äpfel", "Öl"], "text", pattern=r"\p{Lu}\pL+") == ["Äpfel", "Öl"]


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(x*)*y", "(x|x?)+y", "(.*)*(.*)*=(.*)*", "(x?){500}y"])
def test_no_pattern_takes_more_time_than_its_text_is_long(pattern: str):
    assert [code for _, code, _ in problems(["x" * 32_000] * 5, "text", pattern=pattern)] == ["pattern"] * 5


def test_a_default_stands_in_for_blanks():
    assert values([None, " ", "ab"], "text", default="new") == ["new", "new", "ab"]
    assert values([None, 2], "integer", default="7", required=True) == [7, 2]
    assert values([None, date(2026, 1, 1)], "date", default="31.12.2026", date_format="DD.MM.YYYY") == [
        date(2026, 12, 31),
        date(2026, 1, 1),
    ]
    assert problems(["x", None], "integer", default="7") == [(2, "wrong_type", "'x' is not a whole number")]


def test_replacements_are_made_before_anything_else():
    rules = {"replacements": (("N/A", None), ("#N/A", None), ("zwölf", "12"), ("5", "50"))}
    cells = ["n/a", CellError("#N/A"), " Zwölf ", 5, 5.0, 6, "formula without result", None]
    result = converted(cells, "integer", **rules)
    assert [row[0] for _, row in result.rows] == [None, None, 12, 50, 50, 6, None]
    assert problems([Uncached()], "text") != []
    assert values([Uncached()], "text", replacements=(("formula without result", None),)) == [None]


def test_the_last_replacement_of_a_text_counts():
    assert values(["n/a"], "integer", replacements=(("N/A", None), ("n/a", "1"))) == [1]


def test_a_problem_shows_what_the_cell_holds_and_not_its_replacement():
    problem = converted(["n/a"], "integer", replacements=(("N/A", None),), required=True).problems[0]
    assert (problem.value_text, problem.code) == ("n/a", "required")


def test_a_replaced_text_follows_the_rules_of_its_column():
    assert problems([1, "max"], "integer", maximum="10", replacements=(("max", "8"),)) == []
    assert values(["JA", "n"], "choice", choices=("Yes", "No"), replacements=(("ja", "yes"), ("N", "no"))) == [
        "Yes",
        "No",
    ]


@pytest.mark.parametrize(
    ("sign", "text", "number"),
    [
        (",", "1.234", "1234"),
        (",", "1.234,56", "1234.56"),
        (",", "1234,5", "1234.5"),
        (",", "1 234,5", "1234.5"),
        (",", "1'234'567,5", "1234567.5"),
        (",", "(1.234,50 €)", "-1234.5"),
        (",", "12345678901234567.125", "12345678901234567.125"),
        (",", "1.5E+400", "1.5E+400"),
        (".", "1,234", "1234"),
        (".", "1.234", "1.234"),
        (".", "$ 1,234.50", "1234.5"),
    ],
)
def test_a_decimal_sign_makes_texts_clear(sign: str, text: str, number: str):
    assert values([text], "decimal", decimal_sign=sign) == [Decimal(number)]


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (",", "12.5"),
        (",", "1.234.5"),
        (",", "12.34,5"),
        (",", "0.125"),
        (".", "12,5"),
        (".", "1,23,456"),
        (".", "1 234,5"),
    ],
)
def test_a_text_that_is_written_otherwise_is_refused(sign: str, text: str):
    (_, code, reason), *_ = problems([text], "decimal", decimal_sign=sign)
    assert code == "wrong_type"
    assert reason == f"'{text}' is not a number; write it as 1234{sign}56"


def test_percentages_and_whole_numbers_follow_the_decimal_sign():
    assert values(["12,5 %", "1.250 %", 0.5], "percent", decimal_sign=",") == [
        Decimal("0.125"),
        Decimal("12.5"),
        Decimal("0.5"),
    ]
    assert values(["1.234", 5], "integer", decimal_sign=",") == [1234, 5]


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("DD.MM.YYYY", "31.12.2026", date(2026, 12, 31)),
        ("DD.MM.YYYY", "1. 2. 2026", date(2026, 2, 1)),
        ("DD.MM.YYYY", "31.12.2026 00:00", date(2026, 12, 31)),
        ("DD/MM/YYYY", "01/02/2026", date(2026, 2, 1)),
        ("MM/DD/YYYY", "01/02/2026", date(2026, 1, 2)),
        ("YYYY/MM/DD", "2026/1/2", date(2026, 1, 2)),
        ("YYYYMMDD", "20261231", date(2026, 12, 31)),
        ("DD-MMM-YYYY", "31-DEC-2026", date(2026, 12, 31)),
        ("DD MMM YYYY", "1 September 2026", date(2026, 9, 1)),
        ("DD.MM.YY", "31.12.49", date(2049, 12, 31)),
        ("DD.MM.YY", "31.12.50", date(1950, 12, 31)),
        ("MM/DD/YY", "12/31/69", date(1969, 12, 31)),
        ("DD.MM.YYYY", "2026-12-31", date(2026, 12, 31)),
        ("DD.MM.YYYY", "0099-12-31", date(99, 12, 31)),
    ],
)
def test_a_way_to_write_dates_is_the_same_for_every_row(name: str, text: str, day: date):
    assert values([text, day], "date", date_format=name) == [day, day]
    assert values([text], "datetime", date_format=name) == [datetime.combine(day, time())]


@pytest.mark.parametrize("text", ["31/31/2026", "31/12/2026", "31.02.2026", "12.31.2026", "31.12.26", "31.12.2026 8"])
def test_a_date_that_is_written_otherwise_is_refused_with_an_example(text: str):
    assert problems([text], "date", date_format="DD.MM.YYYY") == [
        (2, "wrong_type", f"'{text}' is not a date; write it as 31.12.2026")
    ]


def test_a_point_in_time_has_its_date_written_as_the_column_says():
    cells = ["31.12.2026 08:30", "31.12.2026, 8:30:15 pm", "31.12.2026T08:30"]
    assert values(cells, "datetime", date_format="DD.MM.YYYY") == [
        datetime(2026, 12, 31, 8, 30),
        datetime(2026, 12, 31, 20, 30, 15),
        datetime(2026, 12, 31, 8, 30),
    ]
    assert problems(["31.12.2026 25:00"], "datetime", date_format="DD.MM.YYYY") == [
        (2, "wrong_type", "'31.12.2026 25:00' is not a date and time; write it as 31.12.2026 08:30")
    ]
    assert "has a time of day" in problems(["31.12.2026 08:30"], "date", date_format="DD.MM.YYYY")[0][2]


def test_words_of_a_column_stand_in_place_of_the_usual_ones():
    words = {"yes": ("x", "Da"), "no": ("-", "Net")}
    assert values(["X", "-", "DA", True, "FALSE"], "boolean", **words) == [True, False, True, True, False]
    assert problems(["yes", 1], "boolean", **words) == [
        (2, "wrong_type", "'yes' is not x or -"),
        (3, "wrong_type", "'1' is not x or -"),
    ]


def test_many_choices_are_named_in_part():
    reason = problems(["z"], "choice", choices=tuple("abcdefghij"))[0][2]
    assert reason == "'z' is not among: a, b, c, d, e, f, g, h, …"
