"""Types and field names are proposed with care: what could be a code stays text."""

from datetime import date, datetime, time, timedelta

import pytest

from webapp.sheets import Cell, CellError, field_name
from webapp.sheets.report.proposals import decimal_sign_of, proposed_type, proposed_type_and_format


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 2, 3.0], "integer"),
        ([1, 2.5, None], "decimal"),
        ([True, False], "boolean"),
        (["yes", "No", None], "boolean"),
        (["0", "1"], "text"),
        ([0, 1], "integer"),
        (["00123", "00124"], "text"),
        (["12", "13"], "text"),
        ([1, 2, "A3"], "text"),
        ([*range(40), "A3"], "text"),
        ([0.5] * 19 + ["n/a"], "decimal"),
        ([0.5] * 5 + ["n/a"], "text"),
        ([date(2026, 1, 1), "2026-01-02"], "date"),
        ([date(2026, 1, 1), datetime(2026, 1, 1, 8)], "datetime"),
        ([date(2026, 1, 1)] * 30 + ["31/02/2026"], "date"),
        (["01/02/2026"], "text"),
        ([None, "", "  "], "text"),
        ([CellError("#N/A")], "text"),
        ([CellError("#N/A")] + [2.5] * 12, "decimal"),
        ([time(8), time(9, 30), None], "time"),
        ([timedelta(hours=36), timedelta(hours=1)], "duration"),
        ([time(8), timedelta(hours=36)], "duration"),
        ([time(8), timedelta(hours=36), "x"], "text"),
        (["12,5 %", "100%"], "percent"),
        (["1,234 %"], "text"),
        (["ada@example.org", "max@example.org"], "email"),
        (["@ada", "@max"], "text"),
    ],
)
def test_the_narrowest_type_that_loses_nothing_is_proposed(cells: list[Cell], expected: str):
    assert proposed_type(cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["31.12.2026", "1.2.2026", None], ("date", "DD.MM.YYYY")),
        (["13/01/2026", "01/02/2026"], ("date", "DD/MM/YYYY")),
        (["01/13/2026", "01/02/2026"], ("date", "MM/DD/YYYY")),
        (["01/02/2026", "03/04/2026"], ("text", None)),
        (["13/01/2026", "01/13/2026"], ("text", None)),
        (["31.12.26", date(2026, 1, 1)], ("date", "DD.MM.YY")),
        (["31.12.2026 08:30", "01.02.2026"], ("datetime", "DD.MM.YYYY")),
        (["31-Dec-2026"], ("date", "DD-MMM-YYYY")),
        (["2026-12-31", date(2026, 1, 1)], ("date", None)),
        (["1.2.10", "3.4.11"], ("text", None)),
        (["20261231"], ("text", None)),
        (["31.12.2026", "soon"], ("text", None)),
        (["31.12.2026", 5], ("text", None)),
        (["31.02.2026"], ("text", None)),
    ],
)
def test_dates_kept_as_text_are_proposed_where_one_way_to_write_them_fits_all(cells, expected):
    assert proposed_type_and_format(cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.003,50", "12,5", "7"], ","),
        (["0,5", None, "-12,75"], ","),
        (["1.234,00", 15, "2.000"], ","),
        (["1,003.50", "12.5"], "."),
        (["1,234.50", 7.25], "."),
        (["12,5", 7.25], None),
        (["€ 12.50", "€ 7.00"], "."),
        (["12,5"] * 19 + ["n/a"], ","),
        (["12,5"] * 5 + ["n/a"], None),
        (["1,234", "2,345"], None),
        (["12", "13"], None),
        (["1.10", "1.9"], None),
        (["00,5", "01,5"], None),
        (["02.03.2026", "04.03.2026"], None),
        (["+49 170 123", "+49 170 124"], None),
        ([2.5, 3.5], None),
        ([None, ""], None),
    ],
)
def test_the_decimal_sign_of_numbers_kept_as_text_is_proposed_where_they_tell(cells, expected):
    assert decimal_sign_of(cells) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Employee no", "employee_no"),
        ("Größe (m²)", "grosse_m2"),
        ("Straße", "strasse"),
        ("2026", "column_2026"),
        ("€", "column_3"),
        ("Customer's name", "customers_name"),
        ("名前", "column_3"),
        ("a" * 80, "a" * 60),
    ],
)
def test_a_field_is_a_plain_name(label: str, expected: str):
    assert field_name(label, 2, set()) == expected


def test_a_field_is_unlike_all_that_are_taken():
    assert field_name("Note", 0, {"note", "note_2"}) == "note_3"
