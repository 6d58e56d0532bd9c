"""The types that a column can have, each one entry in a table."""

from ..columns import Column
from .booleans import boolean_reader
from .clock import duration_reader, time_reader
from .moments import date_reader, datetime_reader
from .numbers import decimal_reader, integer_reader, percent_reader
from .reading import ColumnType, Reader, Unfit, Value, convert_cell, quoted
from .texts import choice_reader, email_reader, text_reader

__all__ = ["COLUMN_TYPES", "ColumnType", "Reader", "Unfit", "Value", "convert_cell", "quoted", "reader_of"]

LIMITS = frozenset(("minimum", "maximum"))
TEXTS = LIMITS | {"pattern"}
NUMBERS = LIMITS | {"decimal_sign"}
DATES = LIMITS | {"date_format"}
CHOICES = frozenset(("choices",))
WORDS = frozenset(("yes", "no"))

COLUMN_TYPES: dict[str, ColumnType] = {
    entry.name: entry
    for entry in (
        ColumnType("text", "Text", "Harbour 4", text_reader, TEXTS, in_characters=True),
        ColumnType("integer", "Whole number", "42", integer_reader, NUMBERS),
        ColumnType("decimal", "Number", "12.50", decimal_reader, NUMBERS),
        ColumnType("percent", "Percentage", "12.5 %", percent_reader, NUMBERS),
        ColumnType("boolean", "Yes or no", "yes", boolean_reader, WORDS),
        ColumnType("date", "Date", "2026-01-31", date_reader, DATES),
        ColumnType("datetime", "Date and time", "2026-01-31 08:30", datetime_reader, DATES),
        ColumnType("time", "Time of day", "08:30", time_reader, LIMITS),
        ColumnType("duration", "Length of time", "36:30", duration_reader, LIMITS),
        ColumnType("choice", "Choice", "Open", choice_reader, CHOICES),
        ColumnType("email", "E-mail address", "ada@example.org", email_reader, TEXTS, in_characters=True),
        ColumnType("reference", "Reference", "C-1042", text_reader, TEXTS | {"references"}, in_characters=True),
    )
}


def reader_of(column: Column) -> Reader:
    """What reads the cells of this column. Raises KeyError for a type that is not in `COLUMN_TYPES`."""
    return COLUMN_TYPES[column.type].reader(column)
