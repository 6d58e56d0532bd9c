"""The row with the names of the columns: finding it, and reading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .cells import Cell, as_text, column_letter
from .conversion.words import folded
from .facts import Span

SEARCHED_ROWS = 20
"""Filled rows from the top among which the header is looked for."""

LONGEST_NAME = 240
"""Characters of a column's name: whole sentences above a column are cut, as a database could not keep them."""

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
    columns: tuple[int, ...] = ()
    """The columns of the sheet, from 0, that the labels stand over: not all where hidden ones are left out."""

    @classmethod
    def of(cls, sheet: str, row: int, cells: Sequence[Cell], columns: Sequence[int] | None = None) -> "Header":
        """The header made of the cells of row number `row`, which stand in these columns, or else side by side."""
        names = [" ".join(as_text(cell).split())[:LONGEST_NAME].rstrip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        places = tuple(range(len(names)) if columns is None else columns[: len(names)])
        labels = tuple(_labels(names, places))
        same: dict[str, list[str]] = {}
        for name, label in zip(names, labels, strict=True):
            same.setdefault(comparable(name), []).append(label)
        repeated = tuple(tuple(group) for name, group in same.items() if name and len(group) > 1)
        unnamed = frozenset(position for position, name in enumerate(names) if not name)
        return cls(sheet, row, labels, repeated, unnamed, places)

    def letter(self, position: int) -> str:
        """The letters of the column that the label at this position, from 0, stands over."""
        return column_letter(self.columns[position])


def comparable(name: str) -> str:
    """The name without what people do not see as a difference: case, width, spaces, line breaks, underscores."""
    return " ".join(folded(name).replace("_", " ").split())


def find_header(rows: Sequence[Row], spans: Sequence[Span] = ()) -> int | None:
    """Number of the row that looks like a header, None if there is no filled row.

    It is the first row near the top that is all text and at least half as wide as the widest row: a title or a note
    above the table is narrower. A row of text below it is the header instead if it alone is as wide as the table and
    numbers or dates stand right below it: then what is above are several lines of notes. Where no row is like that, it
    is the first filled row. Of names under names that are merged over several columns, given by `spans`, it is the
    lowest row.
    """
    found = _likely_header(rows)
    return found if found is None else _lowest(found, rows, spans)


def _lowest(found: int, rows: Sequence[Row], spans: Sequence[Span]) -> int:
    """The row below that divides what the header has merged over several columns, if there is one, and so on."""
    by_number = dict(rows)
    while any(first == last == found and right > left for first, left, last, right in spans):
        below = found + 1, by_number.get(found + 1, ())
        reaches_down = any(first == found and last > found for first, _, last, _ in spans)
        is_names = _filled(below) and _is_names(below)
        if not is_names or not (reaches_down or _heads_figures(below, rows)):
            break
        found += 1
    return found


def _likely_header(rows: Sequence[Row]) -> int | None:
    searched = [row for row in rows[:SEARCHED_ROWS] if _filled(row)]
    if not searched:
        return None
    widest = max(map(_filled, searched))
    likely = [row for row in searched if _is_names(row) and _filled(row) * 2 >= widest]
    for place, row in enumerate(likely[1:], 1):
        is_alone = all(_filled(above) < widest for above in likely[:place])
        if is_alone and _filled(row) == widest and _heads_figures(row, searched):
            return row[0]
    return (likely or searched)[0][0]


def _heads_figures(row: Row, searched: Sequence[Row]) -> bool:
    """Whether both rows below have something else than text in one column."""
    below = searched[searched.index(row) + 1 :][:2]
    columns = zip(*(cells for _, cells in below), strict=False) if len(below) == 2 else ()
    return any(not isinstance(cell, str | None) and not isinstance(other, str | None) for cell, other in columns)


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row[1])


def _is_names(row: Row) -> bool:
    return all(cell is None or isinstance(cell, str) for cell in row[1])


def _labels(names: Sequence[str], places: Sequence[int]) -> list[str]:
    labels: list[str] = []
    taken = set(map(comparable, names))
    seen: set[str] = set()
    for place, name in zip(places, names, strict=True):
        label = name or f"Column {column_letter(place)}"
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
