"""A number is kept in one form, however it was written, so that what is equal is found to be equal."""

from decimal import Decimal

import pytest

from webapp.sheets.types import COLUMN_TYPES, convert_cell, plain


@pytest.mark.parametrize(
    ("written", "kept"),
    [("12.50", "12.5"), ("1E+3", "1000"), ("-0.0", "0"), ("100", "100"), ("1E-20", "1E-20"), ("1E+400", "1E+400")],
)
def test_a_number_has_one_form(written, kept):
    assert str(plain(Decimal(written))) == kept


@pytest.mark.parametrize(("text", "cell"), [("100000000000000000000", 1e20), ("-0", -0.0), ("7,50", 7.5), ("3", 3)])
def test_a_number_is_the_same_as_text_alone_and_in_a_column(text, cell):
    decimal = COLUMN_TYPES["decimal"]
    kept = {str(convert_cell(decimal, text)), str(convert_cell(decimal, cell))}
    assert kept | set(map(str, decimal.fast({type(cell)}, [cell]) or ())) == kept
    assert len(kept) == 1
