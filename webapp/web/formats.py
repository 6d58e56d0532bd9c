"""How figures and times read on a page: pure functions, each also a Jinja filter of the same name.

Figures use the comma for thousands and SI prefixes for sizes. Times are shown as words; the exact instant travels along
in `datetime` and `title`, and `static/js/times.js` turns the title into the reader's own zone.
"""

import time
from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NOTHING = "–"


def register(app: Flask) -> None:
    """Give `app`'s templates the filters of this module, and `now()` in seconds since the epoch."""
    for filter_ in (number, money, quantity, rate, duration, elapsed, filesize, moment):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals["now"] = time.time


def number(value: float | Decimal | None) -> str:
    """Write `1234567` as `1,234,567`; at most two decimals; an en dash for None."""
    if value is None:
        return NOTHING
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal | None) -> str:
    """Write an amount with both places of its cents: `1,234.50`; an en dash for None."""
    return NOTHING if value is None else f"{value:,.2f}"


def quantity(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: `1 row`, `1,200 rows`; `many` is `one` with an s unless given."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def rate(value: float | None, unit: str = "rows") -> str:
    """Write a speed of `value` units a second with two significant digits, so that it does not flicker."""
    if value is None:
        return NOTHING
    return f"{number(float(f'{value:.2g}'))} {unit}/s"


def duration(seconds: float | None) -> str:
    """Write an estimate of `seconds` to come: `about 8 s`, `3 min`, `1 h 5 min`; seconds over ten go in fives."""
    if seconds is None:
        return NOTHING
    whole = max(1, round(seconds))
    if whole >= MINUTE:
        return _minutes_and_hours(whole)
    steady = whole if whole <= 10 else min(55, 5 * round(whole / 5))
    return f"about {steady} s"


def elapsed(seconds: float | None) -> str:
    """Write a measured time: `0.4 s`, `12 s`, `3 min 4 s`, `1 h 5 min`."""
    if seconds is None:
        return NOTHING
    if seconds < 9.95:
        return f"{number(round(max(0.0, seconds), 1))} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR and whole % MINUTE:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return _minutes_and_hours(whole)


def filesize(size: int | None) -> str:
    """Write `size` bytes with decimal prefixes and at most one decimal: `812 bytes`, `3.4 kB`, `104 MB`."""
    if size is None:
        return NOTHING
    if size < 1_000:
        return quantity(size, "byte")
    scaled, prefixes = size / 1_000, iter("kMGT")
    prefix = next(prefixes)
    while scaled >= 999.5 and prefix != "T":
        scaled, prefix = scaled / 1_000, next(prefixes)
    return f"{scaled:.0f} {prefix}B" if scaled >= 9.95 else f"{number(round(scaled, 1))} {prefix}B"


def moment(value: float | datetime | None, now: float | None = None) -> Markup | str:
    """Make the `<time>` element of an instant: relative words, with the exact UTC instant as `datetime` and `title`.

    `value` is seconds since the epoch or a datetime (without a zone it counts as UTC); `now` is seconds since the
    epoch. None becomes an en dash.
    """
    if value is None:
        return NOTHING
    at = _instant(value)
    words = relative_words(at.timestamp() - (time.time() if now is None else now), at)
    exact = f"{at:%d %B %Y, %H:%M:%S} UTC".lstrip("0")
    return Markup(f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}" title="{exact}">{words}</time>')  # all of it is ours


def relative_words(seconds_ahead: float, at: datetime) -> str:
    """Say how far `at` lies from now: `just now`, `2 min ago`, `in 8 s`; past 30 days, the date."""
    distance = abs(round(seconds_ahead))
    if distance >= 30 * DAY:
        return f"{at:%d %b %Y}".lstrip("0")
    if distance < 5:
        return "just now"
    return f"in {_one_unit(distance, 0.5)}" if seconds_ahead > 0 else f"{_one_unit(distance, 0)} ago"


def _one_unit(seconds: int, more: float) -> str:
    """What is past counts when it is full; what lies ahead, with half a unit more, is as near as can be."""
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{int(seconds / MINUTE + more)} min"
    if seconds < DAY:
        return f"{int(seconds / HOUR + more)} h"
    return quantity(int(seconds / DAY + more), "day")


def _minutes_and_hours(seconds: int) -> str:
    minutes = round(seconds / MINUTE)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _instant(value: float | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime.fromtimestamp(value, UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
