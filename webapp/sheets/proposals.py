"""A template's columns proposed from a sample of the sheet."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .cells import Cell, as_text
from .headers import Header
from .types.booleans import NO, YES
from .types.moments import ISO_DATE, ISO_DATETIME

SHOWN_SAMPLES = 3
MOSTLY = 0.9
"""Share of a column's cells that must fit a type before the rest counts as mistakes."""
LONGEST_FIELD = 60
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?", re.ASCII)
TRANSCRIBED = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "№": "no", "#": "no"}
)
UNDECIDED_WORDS = {"0", "1"}
"""Words for yes and no that are numbers first."""


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
        proposed.append(ProposedColumn(label, field, proposed_type(cells), required, position, _samples(cells)))
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


def proposed_type(cells: Sequence[Cell]) -> str:
    """Name of the narrowest type that these cells fit, but for a few that may be mistakes; "text" if there is none.

    Texts that look like numbers stay text: a leading zero is part of a code. So does a column of whole numbers with
    any text in it, which may be a code as well.
    """
    filled = [cell for cell in cells if as_text(cell).strip()]
    if not filled:
        return "text"
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


_CANDIDATES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("boolean", _is_word_for_boolean),
    ("integer", _is_whole),
    ("decimal", lambda cell: type(cell) in (int, float)),
    ("date", _is_date),
    ("datetime", _is_datetime),
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
