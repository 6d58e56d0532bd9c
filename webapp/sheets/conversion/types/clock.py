"""Times of day, and lengths of time."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from ...cells import Cell
from ..columns import Column
from .reading import NOTHING, TEXTS, Reader, Unfit, from_texts, quoted, wrong

TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?:\s*([AaPp])\.?[Mm]\.?)?", re.ASCII)
DURATION = re.compile(r"([-\u2212]?)(\d{1,11}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
A_TIME = "a time of day; write it as 08:30"
A_DURATION = "a length of time; write it as 36:30 (hours:minutes)"
DAY = timedelta(days=1)


def time_reader(_column: Column) -> Reader:
    """Times of day, to the second, in 24 hours or with am and pm."""
    return Reader(_fast_time, _time)


def _fast_time(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if kinds <= {time, NOTHING}:
        return list(cells)
    return from_texts(_time, cells) if kinds <= TEXTS else None


def _time(cell: Cell) -> time:
    if isinstance(cell, time):
        return cell
    # Formatted as a length of time, a time of day looks the same.
    if isinstance(cell, timedelta) and timedelta() <= cell < DAY:
        return (datetime.min + cell).time()
    if isinstance(cell, datetime | date):
        raise Unfit("wrong_type", f"{quoted(cell)} has a date, only a time of day is expected")
    found = time_from_text(cell) if isinstance(cell, str) else None
    if found is None:
        raise wrong(cell, A_TIME)
    return found


def time_from_text(text: str) -> time | None:
    """The time that is written as 8:30, 08:30:00 or 8:30 pm; None if it is none."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, half = int(match[1]), (match[4] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    return time(hour, int(match[2]), int(match[3] or 0)) if hour < 24 else None


def duration_reader(_column: Column) -> Reader:
    """Lengths of time, to the second, also beyond a day and below nothing: 36:30 are 36 hours and 30 minutes.

    A time of day is taken as the time since midnight. A number alone is refused, because it may be hours or days.
    """
    return Reader(_fast_duration, _duration)


def _fast_duration(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if kinds <= {timedelta, NOTHING}:
        return list(cells)
    return from_texts(_duration, cells) if kinds <= TEXTS else None


def _duration(cell: Cell) -> timedelta:
    if isinstance(cell, timedelta):
        return cell
    if isinstance(cell, time):
        return datetime.combine(date.min, cell) - datetime.min
    if isinstance(cell, datetime | date):
        raise Unfit("wrong_type", f"{quoted(cell)} has a date; give the cell the format [h]:mm for a length of time")
    found = _duration_from_text(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        raise wrong(cell, A_DURATION)
    return found


def _duration_from_text(text: str) -> timedelta | None:
    """What is written as hours:minutes, hours:minutes:seconds, or in ISO 8601 as PT36H30M."""
    try:
        match = DURATION.fullmatch(text)
        if match:
            length = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
            return -length if match[1] else length
        if text.lstrip("+-").startswith("P"):
            return timedelta(seconds=round(msgspec.convert(text, timedelta).total_seconds()))
    except (OverflowError, msgspec.ValidationError):
        pass
    return None
