"""Types whose values are numbers: whole ones, exact decimals, shares of a hundred."""

import math
from collections.abc import Callable, Sequence
from decimal import MAX_PREC, Context, Decimal
from typing import Any

from ...cells import Cell
from ..columns import Column
from ..text_numbers import AmbiguousNumber, number_from_text
from .reading import NOTHING, TEXTS, Reader, Unfit, from_texts, quoted, wrong

LONGEST_INTEGER = 2**63
WRITTEN_OUT = 40
"""Digits of a round number beyond which it is kept with an exponent."""
EXACT = Context(prec=MAX_PREC)
PERCENT_SIGNS = "%\uff05\ufe6a\u066a"
AS_WRITTEN = {",": "; write it as 1234,56", ".": "; write it as 1234.56"}

FromText = Callable[[str, str], Decimal]
"""Given a text and what is expected: the number. Raises Unfit."""


def integer_reader(column: Column) -> Reader:
    """Whole numbers: a number of Excel without a fraction, or a text that stands for one."""
    from_text = _from_text(column.decimal_sign, "; write it as 1234" if column.decimal_sign else "")

    def one(cell: Cell) -> int:
        number = _number(cell, "a whole number", from_text)
        if number != number.to_integral_value():
            raise wrong(cell, "a whole number")
        if not _is_short(number):
            raise Unfit("too_large", f"{quoted(cell)} is too large")
        return int(number)

    return _reader(_fast_integer, one)


def _fast_integer(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if kinds <= {int, NOTHING}:
        return list(cells) if all(map(_is_short, cells)) else None
    if kinds == {float} and all(map(float.is_integer, cells)) and all(map(_has_excels_digits, cells)):
        return list(map(int, cells))
    return None


def _has_excels_digits(number: float) -> bool:
    """Whether a whole number has no more than the 15 digits that Excel keeps."""
    return -1e15 < number < 1e15


def _is_short(number: float | Decimal | None) -> bool:
    return number is None or -LONGEST_INTEGER <= number < LONGEST_INTEGER


def decimal_reader(column: Column) -> Reader:
    """Exact numbers, with the 15 digits that Excel keeps; the rest of a float is noise of its binary fraction."""
    from_text = _from_text(column.decimal_sign, AS_WRITTEN.get(column.decimal_sign or "", ""))
    return _reader(_fast_decimal, lambda cell: plain(_number(cell, "a number", from_text)))


def percent_reader(column: Column) -> Reader:
    """Shares of a hundred, kept as the number that Excel keeps: 12.5 % is 0.125.

    A number without a percent sign, in a cell or as text, is that number: 0.125 is 12.5 %, and 12.5 is 1250 %. A cell
    does not tell how it is formatted, so that no other rule would be the same for all rows; `maximum` finds slips.
    """
    from_text = _from_text(column.decimal_sign, f"; write it as 12{column.decimal_sign or '.'}5 %")

    def one(cell: Cell) -> Decimal:
        number = cell.strip() if isinstance(cell, str) else ""
        share = number.strip(PERCENT_SIGNS)
        if len(number) - len(share) == 1:
            return plain(from_text(share.strip(), "a percentage").scaleb(-2, EXACT))
        return plain(_number(cell, "a percentage", from_text))

    return _reader(_fast_decimal, one)


def _reader(fast: Callable[[set[type], Sequence[Any]], list[Any] | None], one: Callable[[Any], Any]) -> Reader:
    """Reads a batch of numbers by `fast`, one of texts by its different texts."""
    return Reader(lambda kinds, cells: from_texts(one, cells) if str in kinds <= TEXTS else fast(kinds, cells), one)


def _fast_decimal(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if not kinds <= {int, float, NOTHING}:
        return None
    digits = [f"{cell:.15g}" if type(cell) is float else cell for cell in cells]
    written = " ".join(text for text in digits if type(text) is str)
    if "n" in written:  # inf and nan
        return None
    numbers = [None if digit is None else Decimal(digit) for digit in digits]
    if "e+" in written or "-0" in written:
        return [None if number is None else plain(number) for number in numbers]
    return numbers


def plain(number: Decimal) -> Decimal:
    """The number in the one form that it is kept in, however it was written: 12.50 as 12.5, 1E+3 as 1000, -0 as 0."""
    number = number.normalize(EXACT) or Decimal(0)
    _, digits, exponent = number.as_tuple()
    is_round = isinstance(exponent, int) and exponent > 0 and len(digits) + exponent <= WRITTEN_OUT
    return number.quantize(Decimal(1), context=EXACT) if is_round else number


def _number(cell: Cell, what: str, from_text: FromText) -> Decimal:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return Decimal(cell)
    if isinstance(cell, float) and math.isfinite(cell):
        return Decimal(f"{cell:.15g}")
    if isinstance(cell, str):
        return from_text(cell, what)
    raise wrong(cell, what)


def _from_text(sign: str | None, advice: str) -> FromText:
    def from_text(text: str, what: str) -> Decimal:
        try:
            number = number_from_text(text, sign)
        except AmbiguousNumber:
            reason = "is ambiguous; store it as a number in Excel, or choose the decimal sign of the column"
            raise Unfit("ambiguous_number", f"{quoted(text)} {reason}") from None
        if number is None:
            raise wrong(text, what + advice)
        return number

    return from_text
