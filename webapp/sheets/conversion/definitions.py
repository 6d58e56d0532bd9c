"""Columns that make no sense, and why: told to whoever defines them, before any workbook is read by them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from ..headers import comparable
from .columns import Column
from .date_formats import DATE_FORMATS
from .patterns import PatternUnusable
from .rules import Rules, limit_of
from .types import COLUMN_TYPES, ColumnType, Unfit, convert_cell, reader_of
from .words import folded

FOR_SOME_TYPES = {
    "choices": "list of choices",
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "date_format": "way to write dates",
    "decimal_sign": "decimal sign",
    "yes": "words for yes",
    "no": "words for no",
    "references": "target of references",
}
"""Fields of a column that mean something to some types only, by what people call them."""
UNSET = {field.name: field.default for field in fields(Column)}


def check_column(column: Column) -> list[str]:
    """Sentences about what makes no sense in the definition of a column; none if all is well."""
    type_ = COLUMN_TYPES.get(column.type)
    if type_ is None:
        return [f"There is no type “{column.type}”. Choose one of: {', '.join(COLUMN_TYPES)}."]
    said = [sentence for check in _CHECKS for sentence in check(column, type_)]
    # What is read by the rules can be checked only once the rules themselves are sound.
    return said or list(_about_limits(column, type_)) or list(_about_texts(column))


def check_columns(columns: Sequence[Column]) -> list[str]:
    """Sentences about columns that do not go together: two of one field, or found by one header."""
    seen_fields: set[str] = set()
    owners: dict[str, str] = {}
    said: list[str] = []
    for column in columns:
        if column.field in seen_fields:
            said.append(f"Two columns have the field “{column.field}”. Give each its own.")
        seen_fields.add(column.field)
        for name in {comparable(name): name for name in (column.header, *column.aliases)}.values():
            owner = owners.setdefault(comparable(name), column.header)
            if owner != column.header or (name == owner == column.header and _count(columns, name) > 1):
                said.append(f"The header “{name}” means two columns, “{owner}” and “{column.header}”. Keep it in one.")
    return list(dict.fromkeys(said))


def _count(columns: Sequence[Column], header: str) -> int:
    return sum(column.header == header for column in columns)


def _about_names(column: Column, _type: ColumnType) -> Iterator[str]:
    if not column.header.strip() or not column.field.strip():
        yield "A column needs a header and a field."
    if not all(map(str.strip, column.aliases)):
        yield "One of the other headers is blank. Remove it."


def _about_options(column: Column, type_: ColumnType) -> Iterator[str]:
    for name, words in FOR_SOME_TYPES.items():
        if name not in type_.options and getattr(column, name) != UNSET[name]:
            yield f"A column of the type {type_.human} has no {words}. Remove it or choose another type."


def _about_choices(column: Column, type_: ColumnType) -> Iterator[str]:
    if "choices" not in type_.options:
        return
    if not column.choices:
        yield "A choice needs its values. Name those that are allowed."
    yield from _about_words(column.choices, "choices")


def _about_booleans(column: Column, _type: ColumnType) -> Iterator[str]:
    if bool(column.yes) != bool(column.no):
        yield "Words for yes need words for no beside them. Name both or neither."
    yield from _about_words((*column.yes, *column.no), "words for yes and no")
    if "false" in map(folded, column.yes) or "true" in map(folded, column.no):
        yield "TRUE always means yes, and FALSE no."


def _about_words(words: Sequence[str], what: str) -> Iterator[str]:
    seen: set[str] = set()
    for word in words:
        if not folded(word):
            yield f"One of the {what} is blank. Remove it."
        elif folded(word) in seen:
            yield f"“{word}” stands twice among the {what}. Remove one."
        seen.add(folded(word))


def _about_notation(column: Column, type_: ColumnType) -> Iterator[str]:
    if column.date_format is not None and column.date_format not in DATE_FORMATS:
        yield f"“{column.date_format}” is no known way to write dates. Choose one of: {', '.join(DATE_FORMATS)}."
    if column.decimal_sign not in (None, ",", "."):
        yield f"“{column.decimal_sign}” is no decimal sign. Choose a comma or a point."
    if "references" in type_.options and not (column.references or "").strip():
        yield "A reference needs what it names, such as customers.number."


def _about_replacements(column: Column, _type: ColumnType) -> Iterator[str]:
    # A text may stand twice: its last replacement counts, so that an import can go beyond its template.
    if not all(folded(text) for text, _ in column.replacements):
        yield "One of the texts to replace is blank. Use the default for blanks."


_CHECKS: tuple[Callable[[Column, ColumnType], Iterator[str]], ...] = (
    _about_names,
    _about_options,
    _about_choices,
    _about_booleans,
    _about_notation,
    _about_replacements,
)


def _about_limits(column: Column, type_: ColumnType) -> Iterator[str]:
    limits = {}
    for name in ("minimum", "maximum"):
        try:
            limits[name] = limit_of(type_, reader_of(column), getattr(column, name))
        except Unfit as unfit:
            yield f"The {name} cannot be used: {unfit.reason}."
    least, most = limits.get("minimum"), limits.get("maximum")
    if least is not None and most is not None and least > most:
        yield f"The minimum {column.minimum} is above the maximum {column.maximum}."
    try:
        Rules(Column(column.header, column.field, pattern=column.pattern), reader_of(column))
    except PatternUnusable as unusable:
        yield f"The pattern cannot be used: {unusable}."


def _about_texts(column: Column) -> Iterator[str]:
    """What stands in for cells has to be what cells have to be."""
    if column.default is not None:
        yield from _about_text(column, column.default, "default")
        if column.unique:
            yield "A default would make rows alike whose values have to be different. Remove it."
    for text, instead in column.replacements:
        if instead is not None:
            yield from _about_text(column, instead, f"replacement of “{text}”")


def _about_text(column: Column, text: str, what: str) -> Iterator[str]:
    reader = reader_of(column)
    if not text.strip():
        yield f"The {what} is blank. Leave it out instead."
        return
    try:
        Rules(column, reader).check(convert_cell(reader, text))
    except Unfit as unfit:
        yield f"The {what} does not fit the column: {unfit.reason}."
