"""A template's columns proposed from a sample of the sheet."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ..cells import Cell, as_text
from ..conversion.columns import Column
from ..conversion.date_formats import DATE_FORMATS, DateFormat
from ..conversion.mail_addresses import problem_of
from ..conversion.text_numbers import number_from_text
from ..conversion.types import Unfit, reader_of
from ..conversion.types.booleans import NO, YES
from ..conversion.types.moments import ISO_DATE, ISO_DATETIME, moment_from_text
from ..conversion.types.numbers import PERCENT_SIGNS
from ..headers import Header

SHOWN_SAMPLES = 3
DECIMAL_SIGNS = ",."
CODE = re.compile(r"0\d", re.ASCII)
MOSTLY = 0.9
"""Share of a column's cells that must fit a type before the rest counts as mistakes."""
LONGEST_FIELD = 60
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?", re.ASCII)
TRANSCRIBED = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "№": "no", "#": "no"}
)
UNDECIDED_WORDS = {"0", "1"}
"""Words for yes and no that are numbers first."""
WRITTEN_AS_NUMBER = "YYYYMMDD"
"""The way to write dates that is never proposed: it looks like a number."""
PERCENT = reader_of(Column("Share", "share", "percent"))


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """A column of the sheet and what it seems to be; the person who uploads it has the last word.

    `required` is proposed for the one column that looks like a key: the first that is filled and different in each
    sampled row. `position` counts from 0, `samples` are the first different values as text.
    """

    header: str
    field: str
    type: str
    required: bool
    position: int
    samples: tuple[str, ...]
    date_format: str | None = None
    """How all dates of the sample that are kept as text are written, where there is one way only."""
    decimal_sign: str | None = None
    """What stands before the decimals of numbers that are kept as text, where they tell."""


def propose_columns(header: Header, rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[ProposedColumn, ...]:
    """One column for each name of the header, and for each nameless column that holds anything."""
    proposed: list[ProposedColumn] = []
    fields: set[str] = set()
    for position, label in enumerate(header.labels):
        cells = [row[position] if position < len(row) else None for _, row in rows]
        if position in header.unnamed and not any(map(as_text, cells)):
            continue
        field = field_name(label, position, fields)
        fields.add(field)
        has_key = any(column.required for column in proposed)
        required = not has_key and _looks_like_key(cells)
        name, written = proposed_type_and_format(cells)
        sign = decimal_sign_of(cells) if name == "text" else None
        name = "decimal" if sign else name
        proposed.append(ProposedColumn(label, field, name, required, position, _samples(cells), written, sign))
    return tuple(proposed)


def field_name(label: str, position: int, taken: set[str]) -> str:
    """The label as a name in small ASCII letters, digits and underscores, that is not in `taken`."""
    ascii_label = unicodedata.normalize("NFKD", label.casefold().translate(TRANSCRIBED))
    words = re.findall(r"[a-z0-9]+", ascii_label.encode("ascii", "ignore").decode().replace("'", ""))
    name = "_".join(words)[:LONGEST_FIELD].strip("_") or f"column_{position + 1}"
    name = f"column_{name}" if name[0].isdigit() else name
    number, unique = 2, name
    while unique in taken:
        unique = f"{name}_{number}"
        number += 1
    return unique


def proposed_type_and_format(cells: Sequence[Cell]) -> tuple[str, str | None]:
    """Name of the type, as `proposed_type` says, and the one way in which all dates kept as text are written."""
    name = proposed_type(cells)
    written = _written_moments(cells) if name in ("text", "date", "datetime") else None
    return written or (name, None)


def _written_moments(cells: Sequence[Cell]) -> tuple[str, str] | None:
    """Date or datetime, and the only way in which its texts can be written; None if there is none, or more than one.

    Beside the texts there may be real dates.
    """
    texts = [cell.strip() for cell in cells if type(cell) is str and cell.strip()]
    others = [cell for cell in cells if cell is not None and not isinstance(cell, str | date)]
    if not texts or others or all(map(ISO_DATETIME.fullmatch, texts)):
        return None
    fitting = [written for written in DATE_FORMATS.values() if all(_is_written(text, written) for text in texts)]
    if len(fitting) != 1:
        return None
    has_time = any(":" in text for text in texts) or datetime in map(type, cells)
    return "datetime" if has_time else "date", fitting[0].name


def _is_written(text: str, written: DateFormat) -> bool:
    if written.name == WRITTEN_AS_NUMBER:
        return False
    # Numbers of chapters and versions look like short dates, but rarely have two digits in each place.
    if "YYYY" not in written.name and len(text.split(" ")[0]) != len(written.name):
        return False
    try:
        return moment_from_text(text, written) is not None
    except ValueError:
        return False


def decimal_sign_of(cells: Sequence[Cell]) -> str | None:
    """The decimal sign of a column of numbers that are kept as text, but for a few mistakes; None if it is no such
    column, or if both signs would do.

    Whole numbers may be codes, and numbers with a point alone may be of chapters and versions: they tell nothing.
    """
    filled = [cell for cell in cells if as_text(cell).strip()]
    texts = [cell.strip() for cell in filled if type(cell) is str]
    fitting = {sign: [text for text in texts if _is_number(text, sign)] for sign in DECIMAL_SIGNS}
    sign, other = sorted(DECIMAL_SIGNS, key=lambda sign: len(fitting[sign]), reverse=True)
    # Of a text file, numbers with a point alone have become floats: another way to write decimals than with a comma.
    plain = (int, float) if sign == "." else (int,)
    numbers = len(fitting[sign]) + sum(type(cell) in plain for cell in filled)
    if len(fitting[sign]) == len(fitting[other]) or numbers < len(filled) * MOSTLY:
        return None
    return None if all(map(PLAIN_NUMBER.fullmatch, fitting[sign])) else sign


def _is_number(text: str, sign: str) -> bool:
    return CODE.match(text) is None and number_from_text(text, sign) is not None


def proposed_type(cells: Sequence[Cell]) -> str:
    """Name of the narrowest type that these cells fit, but for a few that may be mistakes; "text" if there is none.

    Texts that look like numbers stay text: a leading zero is part of a code. So does a column of whole numbers with
    any text in it, which may be a code as well.
    """
    filled = [cell for cell in cells if as_text(cell).strip()]
    if not filled:
        return "text"
    # A length of time below a day may look like a time of day; one beyond it tells what all of them are.
    if timedelta in (kinds := set(map(type, filled))) and kinds <= {time, timedelta}:
        return "duration"
    for name, fits in _CANDIDATES:
        fitting = list(filter(fits, filled))
        if len(fitting) == len(filled):
            return name
        may_have_mistakes = name != "integer" and not all(map(_is_whole, fitting))
        if may_have_mistakes and len(fitting) >= len(filled) * MOSTLY:
            return name
    return "text"


def _is_word_for_boolean(cell: Cell) -> bool:
    word = as_text(cell).strip().casefold()
    return isinstance(cell, (bool, str)) and word in (YES | NO) - UNDECIDED_WORDS


def _is_whole(cell: Cell) -> bool:
    return type(cell) is int or (type(cell) is float and cell.is_integer())


def _is_date(cell: Cell) -> bool:
    return type(cell) is date or (type(cell) is str and ISO_DATE.fullmatch(cell.strip()) is not None)


def _is_datetime(cell: Cell) -> bool:
    if type(cell) is str:
        return ISO_DATETIME.fullmatch(cell.strip()) is not None
    return type(cell) in (date, datetime)


def _is_percentage(cell: Cell) -> bool:
    if type(cell) is not str or not cell.strip().endswith(tuple(PERCENT_SIGNS)):
        return False
    try:
        return PERCENT.one(cell) is not None
    except Unfit:
        return False


_CANDIDATES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("boolean", _is_word_for_boolean),
    ("integer", _is_whole),
    ("decimal", lambda cell: type(cell) in (int, float)),
    ("date", _is_date),
    ("datetime", _is_datetime),
    ("time", lambda cell: type(cell) is time),
    ("percent", _is_percentage),
    ("email", lambda cell: type(cell) is str and problem_of(cell.strip()) is None),
)


def meant_by(cell: Cell) -> Cell:
    """The number that a text of a text file plainly stands for, else the cell as it is.

    A leading zero belongs to a code, and so do more digits than a number keeps.
    """
    if type(cell) is not str or not PLAIN_NUMBER.fullmatch(cell):
        return cell
    return float(cell) if "." in cell else int(cell)


def _looks_like_key(cells: Sequence[Cell]) -> bool:
    texts = [as_text(cell) for cell in cells if isinstance(cell, (str, int, float)) and not isinstance(cell, bool)]
    return bool(texts) and all(texts) and len(set(texts)) == len(cells)


def _samples(cells: Sequence[Cell]) -> tuple[str, ...]:
    different = dict.fromkeys(text for text in map(as_text, cells) if text)
    return tuple(list(different)[:SHOWN_SAMPLES])
