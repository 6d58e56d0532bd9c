"""Numbers of Excel that stand for moments.

Days are counted from 1900, with a 29 February 1900 that never was, or from 1904:
https://learn.microsoft.com/office/troubleshoot/excel/1900-and-1904-date-system
"""

from datetime import datetime, timedelta

from python_calamine_plus.styles.numbers import is_date_format, is_timedelta_format

from .cells import Cell, ImpossibleDate, number_text, to_the_second

MOMENT, DURATION = "moment", "duration"
COUNTED_FROM_1900 = datetime(1899, 12, 30)
COUNTED_FROM_1904 = datetime(1904, 1, 1)
DAY_THAT_NEVER_WAS = 60
DAYS_FROM_1900 = 2_958_466
DAYS_FROM_1904 = DAYS_FROM_1900 - 1_462
EXACT = 1e15
"""Whole numbers below this one are exact to the last of Excel's 15 digits."""

# ECMA-376 part 1, 18.8.30: formats that every workbook has, those of East Asian languages among them.
BUILT_IN = dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), MOMENT) | {46: DURATION}


def style_of(number: int, code: str | None) -> str | None:
    """What a number format makes of a number: MOMENT, DURATION, or None. `code` is None for a format built in."""
    if code is None:
        return BUILT_IN.get(number)
    if is_timedelta_format(code):
        return DURATION
    return MOMENT if is_date_format(code) else None


def number_cell(number: float) -> int | float:
    """The number as an int where it is whole and exact."""
    return int(number) if -EXACT < number < EXACT and number.is_integer() else number


def moment_cell(number: float, style: str, date1904: bool) -> Cell:
    """The moment that the number stands for, an ImpossibleDate if there is none."""
    try:
        if style == DURATION:
            return to_the_second(timedelta(days=number))
        return _point_in_time(number, date1904)
    except (OverflowError, ValueError):
        return ImpossibleDate(number_text(number))


def _point_in_time(number: float, date1904: bool) -> Cell:
    last = DAYS_FROM_1904 if date1904 else DAYS_FROM_1900
    if not 0 <= number < last or (int(number) == DAY_THAT_NEVER_WAS and not date1904):
        return ImpossibleDate(number_text(number))
    if number < 1:
        return to_the_second((datetime.min + timedelta(days=number)).time())
    if date1904:
        return to_the_second(COUNTED_FROM_1904 + timedelta(days=number))
    skipped = 1 if number < DAY_THAT_NEVER_WAS else 0
    return to_the_second(COUNTED_FROM_1900 + timedelta(days=number + skipped))
