"""Values made into the cells of a sheet's XML, a batch of a column at a time.

A cell is written as the end of `<c r="A1`, because its place is put before it by the row. ECMA-376 part 1, 18.3.1.4.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ..cells import as_text
from . import notes
from .styles import Style
from .texts import BLANK, fast_texts, one_text
from .values import OutputValue, without_zone

Notice = Callable[[int, str], None]
"""Called with the place of a value in its batch, and what was altered about it."""

DIGITS = 15
FARTHEST = 307
"""The exponent of ten within which a double keeps 15 digits."""
DAY_ZERO = date(1899, 12, 30).toordinal()
DAY = 86_400
FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was, and others do not."""
FIRST_MOMENT = datetime.combine(FIRST_DAY, time())


def cells_of(values: Sequence[OutputValue], number: Style, notice: Notice) -> list[str]:
    """The cells of a batch of a column, whose numbers look like `number`."""
    kinds = set(map(type, values))
    kinds.discard(type(None))
    fast = _FAST.get(next(iter(kinds))) if len(kinds) == 1 else None
    if fast is not None and (cells := fast(values, number)) is not None:
        return cells
    return [cell_of(value, number, lambda what, at=at: notice(at, what)) for at, value in enumerate(values)]  # type: ignore[misc]


def cell_of(value: Any, number: Style, notice: Callable[[str], None]) -> str:
    """The cell of any value."""
    if value is None:
        return BLANK
    one = _ONE[type(value)]
    return one(value, number, notice)


# A whole batch at once: None where a value of it needs a closer look.


def _fast_numbers(values: Sequence[Any], number: Style) -> list[str] | None:
    texts = [None if value is None else str(value) for value in values]
    said = [text for text in texts if text is not None]
    if max(map(len, said), default=0) > DIGITS or "N" in (joined := "".join(said)) or "I" in joined or "E" in joined:
        return None
    start = f'" s="{number:d}"><v>'
    return [BLANK if text is None else f"{start}{text}</v></c>" for text in texts]


def _fast_booleans(values: Sequence[Any], _number: Style) -> list[str]:
    cells = {True: f'" s="{Style.GENERAL:d}" t="b"><v>1</v></c>', False: f'" s="{Style.GENERAL:d}" t="b"><v>0</v></c>'}
    return [BLANK if value is None else cells[value] for value in values]


def _fast_dates(values: Sequence[Any], _number: Style) -> list[str] | None:
    if any(value < FIRST_DAY for value in values if value is not None):
        return None
    start = f'" s="{Style.DATE:d}"><v>'
    return [BLANK if value is None else f"{start}{value.toordinal() - DAY_ZERO}</v></c>" for value in values]


def _fast_datetimes(values: Sequence[Any], _number: Style) -> list[str] | None:
    if any(value.tzinfo or value.microsecond or value < FIRST_MOMENT for value in values if value is not None):
        return None
    start = f'" s="{Style.DATETIME:d}"><v>'
    return [BLANK if value is None else f"{start}{serial(value)!r}</v></c>" for value in values]


def serial(moment: datetime) -> float:
    """The number that stands for a moment from March 1900 on."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return moment.toordinal() - DAY_ZERO + (seconds + round(moment.microsecond, -3) / 1_000_000) / DAY


# One value of any kind, with a notice of what is altered.


def _number(value: int | float | Decimal, number: Style, notice: Callable[[str], None]) -> str:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        notice(notes.NO_NUMBER)
        return BLANK
    plain = exact.normalize() if len(exact.as_tuple().digits) > DIGITS else exact
    if len(plain.as_tuple().digits) > DIGITS:
        notice(notes.LONG_NUMBER)
        return one_text(str(value), number, notice)
    if plain and abs(plain.adjusted()) > FARTHEST:
        notice(notes.FAR_NUMBER)
        return one_text(str(value), number, notice)
    return f'" s="{number:d}"><v>{plain}</v></c>'


def _boolean(value: bool, _number: Style, _notice: Callable[[str], None]) -> str:
    return f'" s="{Style.GENERAL:d}" t="b"><v>{value:d}</v></c>'


def _date(value: date, number: Style, notice: Callable[[str], None]) -> str:
    if value < FIRST_DAY:
        notice(notes.OLD_DATE)
        return one_text(value.isoformat(), number, notice)
    return f'" s="{Style.DATE:d}"><v>{value.toordinal() - DAY_ZERO}</v></c>'


def _datetime(value: datetime, number: Style, notice: Callable[[str], None]) -> str:
    if value.tzinfo is not None:
        notice(notes.TIME_ZONE)
        value = without_zone(value)
    if value.date() < FIRST_DAY:
        notice(notes.OLD_DATE)
        return one_text(value.isoformat(" "), number, notice)
    if value.microsecond % 1000:
        notice(notes.MICROSECONDS)
    return f'" s="{Style.DATETIME:d}"><v>{serial(value)!r}</v></c>'


def _time(value: time, number: Style, notice: Callable[[str], None]) -> str:
    if value.tzinfo is not None:
        notice(notes.TIME_WITH_ZONE)
        return one_text(value.isoformat(), number, notice)
    if value.microsecond % 1000:
        notice(notes.MICROSECONDS)
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond // 1000 / 1000
    return f'" s="{Style.TIME:d}"><v>{seconds / DAY!r}</v></c>'


def _duration(value: timedelta, number: Style, notice: Callable[[str], None]) -> str:
    if value < timedelta():
        notice(notes.NEGATIVE_DURATION)
        return one_text(as_text(value), number, notice)
    if value.microseconds % 1000:
        notice(notes.MICROSECONDS)
    return f'" s="{Style.DURATION:d}"><v>{round(value.total_seconds(), 3) / DAY!r}</v></c>'


_FAST: dict[type, Callable[[Sequence[Any], Style], list[str] | None]] = {
    str: fast_texts,
    int: _fast_numbers,
    Decimal: _fast_numbers,
    bool: _fast_booleans,
    date: _fast_dates,
    datetime: _fast_datetimes,
}
_ONE: dict[type, Callable[[Any, Style, Callable[[str], None]], str]] = {
    str: one_text,
    int: _number,
    float: _number,
    Decimal: _number,
    bool: _boolean,
    date: _date,
    datetime: _datetime,
    time: _time,
    timedelta: _duration,
}
