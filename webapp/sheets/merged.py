"""Merged cells of a header: each column under one gets its name."""

from collections.abc import Mapping, Sequence

from .cells import Cell
from .facts import Span


def first_row_of_header(row: int, spans: Sequence[Span]) -> int:
    """The row, counted from 1, in which the highest merged range that reaches into this row begins."""
    return min((first for first, _, last, _ in spans if first <= row <= last), default=row)


def header_cells(row: int, rows: Mapping[int, Sequence[Cell]], spans: Sequence[Span]) -> list[Cell]:
    """The cells of a header row, blank ones inside of a merged range filled with what it shows.

    `rows` has the rows from `first_row_of_header` on, by number.
    """
    cells = list(rows.get(row, ()))
    for first_row, first, last_row, last in spans:
        if first_row <= row <= last_row:
            above = rows.get(first_row, ())
            shown = above[first] if first < len(above) else None
            _fill(cells, first, last, shown)
    return cells


def _fill(cells: list[Cell], first: int, last: int, shown: Cell) -> None:
    if shown is None:
        return
    cells += [None] * (last + 1 - len(cells))
    for column in range(first, last + 1):
        if cells[column] is None:
            cells[column] = shown
