"""What a column asks of its cells, in words: for readers of a version, and for those who fill a blank workbook."""

from collections.abc import Iterator

from webapp.sheets import COLUMN_TYPES, DATE_FORMATS, Column

SHOWN_CHOICES = 12
"""Choices that are named; of more, the number is said."""


def rules_of(column: Column) -> list[str]:
    """The rules of a column as short sentences, without its type and whether it is required."""
    return [*_of_values(column), *_of_notation(column)]


def notes_of(column: Column, is_key: bool = False) -> list[str]:
    """All that whoever fills this column should know."""
    type_ = COLUMN_TYPES[column.type]
    filled = "Must be filled." if column.required and column.default is None else "May be blank."
    key = ["Tells which row it is: each value once."] if is_key else []
    return [f"{type_.human}, such as {_example(column)}.", filled, *key, *rules_of(column)]


def _example(column: Column) -> str:
    if column.choices:
        return column.choices[0]
    if column.date_format in DATE_FORMATS:
        return DATE_FORMATS[column.date_format].example
    return column.yes[0] if column.yes else COLUMN_TYPES[column.type].example


def _of_values(column: Column) -> Iterator[str]:
    if column.choices:
        yield _choices(column.choices)
    if limits := _limits(column):
        yield limits
    if column.pattern:
        yield f"Follows the pattern {column.pattern}."
    if column.unique:
        yield "No two rows share a value."
    if column.default is not None:
        yield f"A blank becomes {column.default}."


def _choices(choices: tuple[str, ...]) -> str:
    if len(choices) > SHOWN_CHOICES:
        return f"One of {len(choices)} values."
    return f"One of: {', '.join(choices)}."


def _limits(column: Column) -> str:
    least, most = column.minimum, column.maximum
    unit = " characters" if COLUMN_TYPES[column.type].in_characters else ""
    if least and most:
        return f"{least} to {most}{unit}."
    return f"At least {least}{unit}." if least else f"At most {most}{unit}." if most else ""


def _of_notation(column: Column) -> Iterator[str]:
    if column.date_format:
        yield f"Dates kept as text are written {column.date_format}."
    if column.decimal_sign:
        yield f"Numbers kept as text have a decimal {'comma' if column.decimal_sign == ',' else 'point'}."
    if column.yes or column.no:
        yield f"Yes is {' or '.join(column.yes)}, no is {' or '.join(column.no)}."
    for text, instead in column.replacements:
        yield f"“{text}” counts as {'blank' if instead is None else f'“{instead}”'}."
