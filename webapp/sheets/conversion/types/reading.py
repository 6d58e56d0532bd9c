"""What every type of column has: how it reads cells, and why it does not take one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ...cells import Cell, CellError, ImpossibleDate, Uncached, as_text, shown
from ..columns import Column

Value = None | str | int | Decimal | bool | date | datetime | time | timedelta
NOTHING = type(None)
TEXTS = {str, NOTHING}


class Unfit(Exception):
    """A cell that does not fit its column: `code` for programs, `reason` for people."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Reader:
    """Takes the cells of one column and gives their values. Blanks are None before and after."""

    fast: Callable[[set[type], Sequence[Any]], list[Any] | None]
    """Given the types in a column and its cells: the values, or None if it takes a closer look."""
    one: Callable[[Any], Value]
    """Given a cell that is neither blank nor a mark: its value. Raises Unfit."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """`human` is its name on pages, `example` a value as a person may write it.

    `options` names the fields of `Column` that mean something to it. Where `in_characters` is true, `minimum` and
    `maximum` are numbers of characters, else they are values of the type.
    """

    name: str
    human: str
    example: str
    reader: Callable[[Column], Reader]
    """Makes the reader of a column of this type, by its options."""
    options: frozenset[str] = frozenset()
    in_characters: bool = False


def convert_cell(reader: Reader, cell: Cell) -> Value:
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
    return reader.one(cell)


def wrong(cell: Cell, what: str) -> Unfit:
    """The cell is not what its type takes, named in words that go on "is not"."""
    return Unfit("wrong_type", f"{quoted(cell)} is not {what}")


def quoted(cell: Any) -> str:
    """The cell's text in quotation marks, shortened to 60 characters."""
    text = shown(as_text(cell))
    return f"'{text[:57]}…'" if len(text) > 60 else f"'{text}'"


def from_texts(one: Callable[[Any], Value], cells: Sequence[str | None]) -> list[Value] | None:
    """The values of cells that are texts or blank, each different one read once; None if one of them is unfit."""
    values: dict[str | None, Value] = {}
    try:
        for text in set(cells):
            values[text] = one(text) if text and text.strip() else None
    except Unfit:
        return None
    return [values[text] for text in cells]
