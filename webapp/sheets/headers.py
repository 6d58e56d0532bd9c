"""The row with the names of the columns: finding it, reading it, and matching it with what a template expects."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .cells import Cell, as_text, column_letter
from .columns import Column
from .refusals import ColumnsMissing, ColumnsRepeated

SEARCHED_ROWS = 20
"""Filled rows from the top among which the header is looked for."""
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

Row = tuple[int, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet. `labels` has one name for each column up to the last named one.

    A blank name becomes "Column C" after its letter; a name that came before gets a number: "Note", "Note 2".
    `repeated` has, for each name that occurs more than once, the labels that it got.
    """

    sheet: str
    row: int
    labels: tuple[str, ...]
    repeated: tuple[tuple[str, ...], ...] = ()
    unnamed: frozenset[int] = frozenset()
    """Positions, from 0, whose name is blank."""

    @classmethod
    def of(cls, sheet: str, row: int, cells: Sequence[Cell]) -> "Header":
        """The header made of the cells of row number `row`."""
        names = [" ".join(as_text(cell).split()) for cell in cells]
        while names and not names[-1]:
            names.pop()
        labels = tuple(_labels(names))
        same: dict[str, list[str]] = {}
        for name, label in zip(names, labels, strict=True):
            same.setdefault(comparable(name), []).append(label)
        repeated = tuple(tuple(group) for name, group in same.items() if name and len(group) > 1)
        unnamed = frozenset(position for position, name in enumerate(names) if not name)
        return cls(sheet, row, labels, repeated, unnamed)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where the columns of a template are: `positions[i]` is the place, from 0, of column i, None if it is missing."""

    positions: tuple[int | None, ...]
    missing: tuple[str, ...]
    """Headers of the template's columns that the sheet does not have."""
    extra: tuple[str, ...]
    """Labels of the sheet's columns that the template does not know; they are left out."""


def comparable(name: str) -> str:
    """The name without what people do not see as a difference: case, width, spaces, line breaks, underscores."""
    visible = unicodedata.normalize("NFKC", name).translate(INVISIBLE).replace("_", " ")
    return " ".join(visible.split()).casefold()


def match_headers(columns: Sequence[Column], header: Header) -> Mapping:
    """Find each column's place.

    Raises ColumnsRepeated if a name that the template needs stands over two columns, unless the template was made from
    such a sheet and has a column for each of them ("Note", "Note 2").
    """
    wanted = [comparable(column.header) for column in columns]
    repeated = [group[0] for group in header.repeated if _is_undecided(group, wanted)]
    if repeated:
        raise ColumnsRepeated(row=header.row, sheet=header.sheet, headers=", ".join(repeated))
    places = {comparable(label): position for position, label in reversed(list(enumerate(header.labels)))}
    positions = tuple(places.get(name) for name in wanted)
    missing = tuple(column.header for column, place in zip(columns, positions, strict=True) if place is None)
    used = set(positions)
    extra = tuple(
        label for place, label in enumerate(header.labels) if place not in used and place not in header.unnamed
    )
    return Mapping(positions, missing, extra)


def _is_undecided(labels: Sequence[str], wanted: Sequence[str]) -> bool:
    named = [comparable(label) in wanted for label in labels]
    return any(named) and not all(named)


def require_columns(columns: Sequence[Column], header: Header, mapping: Mapping) -> None:
    """Raises ColumnsMissing if a required column, or every column, has no place in the sheet."""
    required = [column.header for column in columns if column.required and column.header in mapping.missing]
    missing = required or (mapping.missing if len(mapping.missing) == len(columns) else ())
    if missing:
        raise ColumnsMissing(row=header.row, sheet=header.sheet, headers=", ".join(missing))


def find_header(rows: Sequence[Row]) -> int | None:
    """Number of the row that looks like a header, None if there is no filled row.

    It is the first row near the top that is all text and at least half as wide as the widest row: a title or a note
    above the table is narrower. Where none is like that, it is the first filled row.
    """
    searched = [row for row in rows[:SEARCHED_ROWS] if _filled(row)]
    if not searched:
        return None
    widest = max(map(_filled, searched))
    likely = (row for row in searched if _is_names(row) and _filled(row) * 2 >= widest)
    return next(likely, searched[0])[0]


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row[1])


def _is_names(row: Row) -> bool:
    return all(cell is None or isinstance(cell, str) for cell in row[1])


def _labels(names: Sequence[str]) -> list[str]:
    labels: list[str] = []
    taken = set(map(comparable, names))
    seen: set[str] = set()
    for position, name in enumerate(names):
        label = name or f"Column {column_letter(position)}"
        if comparable(label) in seen:
            label = _numbered(label, taken | seen)
        seen.add(comparable(label))
        labels.append(label)
    return labels


def _numbered(label: str, taken: set[str]) -> str:
    number = 2
    while comparable(f"{label} {number}") in taken:
        number += 1
    return f"{label} {number}"
