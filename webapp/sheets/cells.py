"""What a cell can hold, and how to name its place.

A cell is None (blank), str, int, float, bool, a moment, or one of the three marks below. Moments: a date cell at
midnight is a `date`, any other point in time a `datetime` (naive: workbooks know no time zone), a time of day a
`time`, a length of time a `timedelta`; all of them are rounded to the second, because workbooks keep binary
fractions of a day.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

MIDNIGHT = time()
HALF_A_SECOND = timedelta(microseconds=500_000)
SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as #N/A; `code` is that text."""

    code: str

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Uncached:
    """A formula whose result was never stored in the file."""

    def __str__(self) -> str:
        return "formula without result"


@dataclass(frozen=True, slots=True)
class ImpossibleDate:
    """A cell with a date format whose number is no date; `number` is that number as it stands in the file."""

    number: str

    def __str__(self) -> str:
        return self.number


Moment = date | datetime | time | timedelta
Mark = CellError | Uncached | ImpossibleDate
Cell = None | str | int | float | bool | Moment | Mark


def to_the_second(moment: Moment) -> Moment:
    """The moment rounded to the second, in the form that this module's text promises."""
    if type(moment) is datetime:
        return _rounded_datetime(moment)
    if type(moment) is time:
        return _rounded_time(moment)
    if type(moment) is timedelta:
        return timedelta(seconds=round(moment.total_seconds()))
    return moment


def _rounded_datetime(moment: datetime) -> date | datetime:
    if moment.microsecond:
        # The last half second of the year 9999 has no next second.
        up = moment.microsecond >= HALF_A_SECOND.microseconds and moment < datetime.max - HALF_A_SECOND
        moment = (moment + HALF_A_SECOND if up else moment).replace(microsecond=0)
    return moment.date() if moment.time() == MIDNIGHT else moment


def _rounded_time(moment: time) -> time:
    if not moment.microsecond:
        return moment
    # The last half second of a day has no next second in the same day, so it stays at 23:59:59.
    whole = moment.replace(microsecond=0)
    if moment.microsecond < HALF_A_SECOND.microseconds or whole == time(23, 59, 59):
        return whole
    return (datetime.combine(date.min, whole) + timedelta(seconds=1)).time()


def as_text(cell: Cell) -> str:
    """How a person would read the cell: 12.0 as "12", True as "TRUE", dates as ISO text, blank as ""."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, timedelta):
        return _duration_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell)


def shown(text: str) -> str:
    """A cell's text as it is told of in a problem: its first 200 characters, and a mark for NUL, which no page can show
    and no PostgreSQL keeps.
    """
    return text[:SHOWN_CHARACTERS].replace("\0", "\ufffd")


def number_text(number: float) -> str:
    """The number with the 15 digits that Excel keeps, without a trailing ".0"; an exponent only where zeros abound."""
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e" in text and 1e-15 < abs(number) < 1e21 else text


def _duration_text(duration: timedelta) -> str:
    sign = "-" if duration < timedelta() else ""
    minutes, seconds = divmod(round(abs(duration.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{seconds:02}"


def column_letter(position: int) -> str:
    """The letters of a column counted from 0: 0 is "A", 27 is "AB"."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(sheet: str, letter: str, row: int | None) -> str:
    """The place of a cell as Excel writes it: Sheet1!D17, 'My hours'!D17; without a row, that of what is lettered."""
    plain = sheet.replace("_", "a").isalnum() and not sheet[:1].isdigit()
    name = sheet if plain else "'" + sheet.replace("'", "''") + "'"
    return f"{name}!{letter}{'' if row is None else row}"
