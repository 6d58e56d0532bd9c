"""Cells that come one by one with their places: counted, and put together to rows."""

from collections.abc import Iterable, Iterator
from typing import Any

from .cells import Cell, CellError, Uncached
from .facts import Notes, SheetFacts, Tally
from .limits import Limits
from .refusals import StoredOutOfOrder, TooManyRows

Placed = tuple[int, int, Cell]
"""Row from 1, column from 0, and what the cell holds; a blank cell has no place."""
MARKS = frozenset((CellError, Uncached))
"""The types of cells that are counted one by one."""
Row = tuple[int, list[Any]]
"""A row's number and its cells, blanks as ""."""


class Survey:
    """Counts what a sheet holds, cell by cell."""

    def __init__(self, place: int, name: str, hidden: bool, limits: Limits) -> None:
        self.notes = Notes()
        self._place, self._name, self._hidden, self._limits = place, name, hidden, limits
        self._rows, self._row, self._hidden_rows = 0, 0, 0
        self._in_order = True
        self._errors, self._without_result = Tally(), Tally()

    def add(self, placed: Placed) -> None:
        """Count one more cell. Raises TooManyRows."""
        row, column, cell = placed
        self.enter(row)
        if type(cell) is CellError:
            self._errors.cell(row, column)
        elif type(cell) is Uncached:
            self._without_result.cell(row, column)

    def enter(self, row: int) -> None:
        """Count the row of this number, which holds something. Raises TooManyRows."""
        if row != self._row:
            self._in_order = self._in_order and row > self._row
            self._row = row
            self._rows += 1
            self._hidden_rows += bool(self.notes.hidden_ranges) and row in self.notes.hidden_ranges
            if self._rows > self._limits.rows:
                raise TooManyRows(sheet=self._name, rows=f"more than {self._limits.rows}", limit=self._limits.rows)

    @property
    def facts(self) -> SheetFacts:
        """What was counted, once all cells have been added."""
        notes = self.notes
        return SheetFacts(
            place=self._place,
            name=self._name,
            hidden=self._hidden,
            rows=self._rows,
            errors=self._errors.found,
            without_result=self._without_result.found,
            doubtful_results=notes.doubtful_results.found,
            hidden_rows=notes.hidden_rows.found,
            hidden_filled_rows=self._hidden_rows,
            hidden_columns=tuple(notes.hidden_columns),
            merged=notes.merged.found,
            spans=tuple(notes.spans),
            in_order=self._in_order,
        )


def rows_of(cells: Iterable[Placed], sheet: SheetFacts, first: int, last: int, width: int) -> Iterator[Row]:
    """The rows from `first` to `last` (from 1, inclusive) with anything in their first `width` cells.

    Cells that are not stored in the order of rows are gathered in memory first.
    """
    rows = _in_stored_order(cells, sheet.name, last) if sheet.in_order else _sorted(cells)
    for number, found in rows:
        if number > last:
            return
        if number < first:
            continue
        row: list[Any] = [""] * width
        for column, cell in found:
            if column < width:
                row[column] = cell
        if any(cell != "" for cell in row):
            yield number, row


def _in_stored_order(cells: Iterable[Placed], sheet: str, last: int) -> Iterator[tuple[int, list[tuple[int, Cell]]]]:
    current, found = 0, list[tuple[int, Cell]]()
    for row, column, cell in cells:
        if row != current:
            if row < current:
                raise StoredOutOfOrder(sheet=sheet)
            if found:
                yield current, found
            current, found = row, []
            if row > last:
                return
        found.append((column, cell))
    if found:
        yield current, found


def _sorted(cells: Iterable[Placed]) -> list[tuple[int, list[tuple[int, Cell]]]]:
    rows: dict[int, list[tuple[int, Cell]]] = {}
    for row, column, cell in cells:
        rows.setdefault(row, []).append((column, cell))
    return sorted(rows.items())
