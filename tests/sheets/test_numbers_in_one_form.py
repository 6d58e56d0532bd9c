"""A number is kept in one form, however it was written, so that what is equal is found to be equal."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.sheets import Column
from webapp.sheets.conversion.types import convert_cell, reader_of
from webapp.sheets.conversion.types.numbers import plain


@pytest.mark.parametrize(
    ("written", "kept"),
    [("12.50", "12.5"), ("1E+3", "1000"), ("-0.0", "0"), ("100", "100"), ("1E-20", "1E-20"), ("1E+400", "1E+400")],
)
def test_a_number_has_one_form(written, kept):
    assert str(plain(Decimal(written))) == kept


@pytest.mark.parametrize(("text", "cell"), [("100000000000000000000", 1e20), ("-0", -0.0), ("7,50", 7.5), ("3", 3)])
def test_a_number_is_the_same_as_text_alone_and_in_a_column(text, cell):
    decimal = reader_of(Column("Amount", "amount", "decimal"))
    kept = {str(convert_cell(decimal, text)), str(convert_cell(decimal, cell))}
    assert kept | set(map(str, decimal.fast({type(cell)}, [cell]) or ())) == kept
    assert len(kept) == 1


@given(st.lists(st.none() | st.integers(-(10**15), 10**15) | st.floats(), max_size=8))
def test_a_column_of_numbers_of_all_kinds_is_kept_as_its_cells_one_by_one_are(cells):
    decimal = reader_of(Column("Amount", "amount", "decimal"))
    column = decimal.fast(set(map(type, cells)), cells)
    if all(cell is None or math.isfinite(cell) for cell in cells):
        assert list(map(str, column)) == [str(convert_cell(decimal, cell)) for cell in cells]
    else:
        assert column is None
