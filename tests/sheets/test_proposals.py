"""Types and field names are proposed with care: what could be a code stays text."""

from datetime import date, datetime

import pytest

from webapp.sheets import Cell, CellError, field_name
from webapp.sheets.proposals import proposed_type


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
    ],
)
def test_the_narrowest_type_that_loses_nothing_is_proposed(cells: list[Cell], expected: str):
    assert proposed_type(cells) == expected


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
