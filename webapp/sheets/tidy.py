"""Columns of raw values made into the cells that `cells` promises."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from .cells import Cell, ImpossibleDate, as_text, to_the_second
from .xlsx.odd_dates import DAY_BEFORE_THE_GAP, OddDates, may_be_odd

MOMENTS = {date, datetime, time, timedelta}


class Tidier:
    """Makes the columns of one sheet tidy; `odd_dates` is None where no number could be mistaken for a date."""

    def __init__(self, odd_dates: OddDates | None, shift_to_1904: bool) -> None:
        """`shift_to_1904`: the dates were counted from 1900 in a workbook that counts from 1904."""
        self._odd_dates = odd_dates
        self._shift_to_1904 = shift_to_1904

    def columns(self, numbers: Sequence[int], rows: Sequence[list[Any]]) -> list[list[Cell]]:
        """The cells of `rows` by column. `numbers` are the rows' numbers in the sheet, rising from call to call."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        if self._odd_dates:
            columns = _without_odd_dates(self._odd_dates, numbers, columns)
        if self._shift_to_1904:
            columns = [[_counted_from_1904(value) for value in column] for column in columns]
        return [_tidy(column) for column in columns]


def _without_odd_dates(
    odd_dates: OddDates, numbers: Sequence[int], columns: list[Sequence[Any]]
) -> list[Sequence[Any]]:
    suspicious = [place for place, column in enumerate(columns) if _may_hold_odd_dates(column)]
    if not suspicious:
        return columns
    odd = odd_dates.between(numbers[0], numbers[-1])
    for place in suspicious:
        columns[place] = [
            ImpossibleDate(odd[number][place]) if place in odd.get(number, {}) and may_be_odd(value) else value
            for number, value in zip(numbers, columns[place], strict=True)
        ]
    return columns


def _may_hold_odd_dates(column: Sequence[Any]) -> bool:
    return bool(set(map(type, column)) & MOMENTS) and any(map(may_be_odd, column))


def _counted_from_1904(value: Any) -> Any:
    if type(value) not in (date, datetime):
        return value
    day = value.date() if type(value) is datetime else value
    # Before March 1900 Excel's count is a day off, because it holds that February to have had 29 days.
    days = 1_462 if day > DAY_BEFORE_THE_GAP else 1_461
    try:
        return value + timedelta(days=days)
    except OverflowError:
        return ImpossibleDate(as_text(value))


def _tidy(column: Sequence[Any]) -> list[Cell]:
    kinds = set(map(type, column))
    if kinds & MOMENTS and kinds != {date}:
        column = [to_the_second(value) if type(value) in MOMENTS else value for value in column]
    if str in kinds and "" in column:
        return [None if value == "" else value for value in column]
    return list(column)
