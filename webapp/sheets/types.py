"""The types that a column can have, each one entry in a table.

A type takes the cells of a column and returns values: `fast` for a whole batch of the kind of cells that the type is
made of, `one` for any single cell. Blanks are None before and after and are no business of a type.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import MAX_PREC, Context, Decimal
from typing import Any

from .cells import MIDNIGHT, Cell, CellError, ImpossibleDate, Uncached, as_text
from .text_numbers import AmbiguousNumber, number_from_text

Value = None | str | int | Decimal | bool | date | datetime
NOTHING = type(None)
LONGEST_INTEGER = 2**63
WRITTEN_OUT = 40
"""Digits of a round number beyond which it is kept with an exponent."""
EXACT = Context(prec=MAX_PREC)

YES = frozenset(("true", "yes", "y", "1", "ja", "j", "wahr", "oui", "vrai", "sí", "si", "sì", "verdadero", "vero"))
NO = frozenset(("false", "no", "n", "0", "nein", "falsch", "non", "faux", "falso"))
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00)?)?", re.ASCII)
ISO_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)


class Unfit(Exception):
    """A cell that does not fit its column: `code` for programs, `reason` for people."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """`human` is its name on pages, `example` a value as a person may write it."""

    name: str
    human: str
    example: str
    fast: Callable[[set[type], Sequence[Any]], list[Any] | None]
    """Given the types in a column and its cells: the values, or None if it takes a closer look."""
    one: Callable[[Any], Value]
    """Given a cell that is neither blank nor a mark: its value. Raises Unfit."""


def convert_cell(column_type: ColumnType, cell: Cell) -> Value:
    """The value of any cell. Raises Unfit with the reason why it has none."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, CellError):
        raise Unfit("excel_error", f"{cell.code} is an Excel error; correct the formula")
    if isinstance(cell, Uncached):
        reason = "has no stored result; open the workbook in Excel, save it, and upload it again"
        raise Unfit("no_result", reason)
    if isinstance(cell, ImpossibleDate):
        raise Unfit("impossible_date", f"is formatted as a date, but {cell.number} is the number of no date")
    return column_type.one(cell)


def _unfit(cell: Cell, what: str) -> Unfit:
    return Unfit("wrong_type", f"{quoted(cell)} is not {what}")


def quoted(cell: Cell) -> str:
    """The cell's text in quotation marks, shortened to 60 characters."""
    text = as_text(cell)
    return f"'{text[:57]}…'" if len(text) > 60 else f"'{text}'"


# Text: any cell, as a person would read it, without the spaces around it.


def _fast_text(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if not kinds <= {str, NOTHING}:
        return None
    # A text of spaces alone is blank.
    values = [cell.strip() or None if cell else None for cell in cells]
    return None if any("\0" in value for value in values if value) else values


def _text(cell: Cell) -> str:
    text = as_text(cell).strip()
    if "\0" in text:
        raise Unfit("unprintable", "holds a character that cannot be shown; delete it and type the text again")
    return text


# Whole numbers: the number type of Excel without a fraction, or text with one clear reading.


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


def _integer(cell: Cell) -> int:
    number = _number(cell, "a whole number")
    if number != number.to_integral_value():
        raise _unfit(cell, "a whole number")
    if not _is_short(number):
        raise Unfit("too_large", f"{quoted(cell)} is too large")
    return int(number)


# Decimals: exact, with the 15 digits that Excel keeps; the rest of a float is noise of its binary fraction.


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


def _decimal(cell: Cell) -> Decimal:
    return plain(_number(cell, "a number"))


def plain(number: Decimal) -> Decimal:
    """The number in the one form that it is kept in, however it was written: 12.50 as 12.5, 1E+3 as 1000, -0 as 0."""
    number = number.normalize(EXACT) or Decimal(0)
    _, digits, exponent = number.as_tuple()
    is_round = isinstance(exponent, int) and exponent > 0 and len(digits) + exponent <= WRITTEN_OUT
    return number.quantize(Decimal(1), context=EXACT) if is_round else number


def _number(cell: Cell, what: str) -> Decimal:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return Decimal(cell)
    if isinstance(cell, float) and math.isfinite(cell):
        return Decimal(f"{cell:.15g}")
    if isinstance(cell, str):
        return _number_from_text(cell, what)
    raise _unfit(cell, what)


def _number_from_text(cell: str, what: str) -> Decimal:
    try:
        number = number_from_text(cell)
    except AmbiguousNumber:
        raise Unfit("ambiguous_number", f"{quoted(cell)} is ambiguous; store it as a number in Excel") from None
    if number is None:
        raise _unfit(cell, what)
    return number


# Yes or no: Excel's TRUE and FALSE, 1 and 0, and the words of a few languages.


def _fast_boolean(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    return list(cells) if kinds <= {bool, NOTHING} else None


def _boolean(cell: Cell) -> bool:
    word = as_text(cell).strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise _unfit(cell, "yes or no")


# Dates and times: real ones, or ISO 8601 text. A day-month order is never guessed.


def _fast_date(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    return list(cells) if kinds <= {date, NOTHING} else None


def _date(cell: Cell) -> date:
    if isinstance(cell, datetime):
        raise Unfit("wrong_type", f"{quoted(cell)} has a time of day, only a date is expected")
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and ISO_DATE.fullmatch(cell.strip()):
        return _from_iso(cell, "a date; write it as 2026-01-31").date()
    raise _unfit(cell, "a date; write it as 2026-01-31")


def _fast_datetime(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if kinds <= {datetime, NOTHING}:
        return list(cells)
    if kinds <= {datetime, date, NOTHING}:
        return [datetime.combine(cell, MIDNIGHT) if type(cell) is date else cell for cell in cells]
    return None


def _datetime(cell: Cell) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, str) and ISO_DATETIME.fullmatch(cell.strip()):
        return _from_iso(cell, "a date and time; write it as 2026-01-31 08:30")
    raise _unfit(cell, "a date and time; write it as 2026-01-31 08:30")


def _from_iso(cell: str, what: str) -> datetime:
    try:
        return datetime.fromisoformat(cell.strip())
    except ValueError:
        raise _unfit(cell, what) from None


COLUMN_TYPES: dict[str, ColumnType] = {
    entry.name: entry
    for entry in (
        ColumnType("text", "Text", "Harbour 4", _fast_text, _text),
        ColumnType("integer", "Whole number", "42", _fast_integer, _integer),
        ColumnType("decimal", "Number", "12.50", _fast_decimal, _decimal),
        ColumnType("boolean", "Yes or no", "yes", _fast_boolean, _boolean),
        ColumnType("date", "Date", "2026-01-31", _fast_date, _date),
        ColumnType("datetime", "Date and time", "2026-01-31 08:30", _fast_datetime, _datetime),
    )
}
