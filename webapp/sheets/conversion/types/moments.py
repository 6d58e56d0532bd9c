"""Dates and points in time: real ones, or texts in ISO 8601 or in the one way that the column says.

The order of day and month is never guessed. ISO 8601 is read in every column, because it has one reading, and because
a workbook cannot hold dates before 1900 in any other way.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from ...cells import MIDNIGHT, Cell
from ..columns import Column
from ..date_formats import DATE_FORMATS, DateFormat
from .clock import time_from_text
from .reading import NOTHING, TEXTS, Reader, Unfit, from_texts, quoted, wrong

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00)?)?", re.ASCII)
ISO_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
DAY_AND_TIME = re.compile(r"(.+?)(?:,?\s+|T)(\d{1,2}:.+)")


def date_reader(column: Column) -> Reader:
    """Dates without a time of day."""
    written = DATE_FORMATS.get(column.date_format or "")
    expected = f"a date; write it as {written.example if written else '2026-01-31'}"

    def one(cell: Cell) -> date:
        if isinstance(cell, datetime):
            raise Unfit("wrong_type", f"{quoted(cell)} has a time of day, only a date is expected")
        if isinstance(cell, date):
            return cell
        moment = _moment(cell, ISO_DATE, written) if isinstance(cell, str) else None
        if moment is None:
            raise wrong(cell, expected)
        if moment.time() != MIDNIGHT:
            raise Unfit("wrong_type", f"{quoted(cell)} has a time of day, only a date is expected")
        return moment.date()

    return Reader(_fast(one, _fast_date), one)


def datetime_reader(column: Column) -> Reader:
    """Dates with a time of day, to the second; a date alone is its midnight."""
    written = DATE_FORMATS.get(column.date_format or "")
    expected = f"a date and time; write it as {written.example if written else '2026-01-31'} 08:30"

    def one(cell: Cell) -> datetime:
        if isinstance(cell, datetime):
            return cell
        if isinstance(cell, date):
            return datetime.combine(cell, time())
        moment = _moment(cell, ISO_DATETIME, written) if isinstance(cell, str) else None
        if moment is None:
            raise wrong(cell, expected)
        return moment

    return Reader(_fast(one, _fast_datetime), one)


def _fast(
    one: Callable[[Any], Any], fast: Callable[[set[type], Sequence[Any]], list[Any] | None]
) -> Callable[[set[type], Sequence[Any]], list[Any] | None]:
    return lambda kinds, cells: from_texts(one, cells) if str in kinds <= TEXTS else fast(kinds, cells)


def _fast_date(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    return list(cells) if kinds <= {date, NOTHING} else None


def _fast_datetime(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if kinds <= {datetime, NOTHING}:
        return list(cells)
    if kinds <= {datetime, date, NOTHING}:
        return [datetime.combine(cell, MIDNIGHT) if type(cell) is date else cell for cell in cells]
    return None


def _moment(text: str, iso: re.Pattern[str], written: DateFormat | None) -> datetime | None:
    """What the text stands for, None if nothing."""
    text = text.strip()
    try:
        if iso.fullmatch(text):
            return datetime.fromisoformat(text)
        return moment_from_text(text, written) if written else None
    except ValueError:
        return None


def moment_from_text(text: str, written: DateFormat) -> datetime | None:
    """The moment, in a text whose date is written in this way; None if it is not. Raises ValueError for no date."""
    parted = DAY_AND_TIME.fullmatch(text.strip())
    day = written.read(parted[1] if parted else text)
    at = time_from_text(parted[2]) if parted else MIDNIGHT
    return None if day is None or at is None else datetime.combine(day, at)
