"""The value of a cell from its attributes (OpenDocument 1.3 part 3, 19.385 and around)."""

import re
from datetime import date, datetime, timedelta

from ..cells import Cell, CellError, ImpossibleDate, Uncached, to_the_second
from ..serials import number_cell

Attributes = dict[str, str]

DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?)?")
ERROR_TEXT = re.compile(r"#[A-Z0-9/]+[!?]|#N/A|#NULL!|Err:\d{3}")
NUMBERS = ("float", "percentage", "currency")


def value_of(attributes: Attributes, text: str) -> Cell:
    """The value; attributes go by their local names, `text` is what the cell shows. "" where it is blank."""
    kind = attributes.get("value-type", "")
    if attributes.get("calc-value-type") == "error" or ("formula" in attributes and ERROR_TEXT.fullmatch(text)):
        return CellError(text or "#ERROR")
    if kind == "string":
        return text or attributes.get("string-value", "")
    if kind in NUMBERS:
        return _number(attributes.get("value", ""), text)
    if kind == "boolean":
        return attributes.get("boolean-value", text).lower() == "true"
    if kind == "date":
        return _date(attributes.get("date-value", ""))
    if kind == "time":
        return _duration(attributes.get("time-value", ""))
    if "formula" in attributes and not kind and not text:
        return Uncached()
    return text or attributes.get("string-value", "")


def _number(value: str, text: str) -> Cell:
    try:
        return number_cell(float(value))
    except ValueError:
        return text


def _date(value: str) -> Cell:
    try:
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    except ValueError:
        return ImpossibleDate(value)
    if isinstance(moment, datetime):
        moment = moment.replace(tzinfo=None)
    return to_the_second(moment)


def _duration(value: str) -> Cell:
    """A time of day below 24 hours, a length of time from there on: the file does not tell them apart."""
    match = DURATION.fullmatch(value)
    if match is None:
        return ImpossibleDate(value)
    sign, days, hours, minutes, seconds, fraction = match.groups()
    exact_seconds = float(f"{seconds or 0}.{fraction or 0}")
    try:
        duration = timedelta(int(days or 0), exact_seconds, minutes=int(minutes or 0), hours=int(hours or 0))
    except OverflowError:
        return ImpossibleDate(value)
    if not sign and duration < timedelta(1):
        return to_the_second((datetime.min + duration).time())
    return to_the_second(-duration if sign else duration)
