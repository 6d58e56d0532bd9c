"""What of a sheet is read: all of it, or only what is not hidden."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from .facts import Columns, SheetFacts
from .placed import Row
from .refusals import HiddenRowsUnnumbered
from .row_ranges import RowRanges

Hidden = Literal["include", "skip"]
"""What to do with hidden rows, those hidden by a filter among them, and with hidden columns."""


class View:
    """The rows and columns of one sheet that are read. Raises HiddenRowsUnnumbered if it cannot be told which."""

    def __init__(self, sheet: SheetFacts, hidden_rows: RowRanges, hidden: Hidden) -> None:
        self._skips = hidden == "skip"
        if self._skips and not hidden_rows.is_complete:
            raise HiddenRowsUnnumbered(sheet=sheet.name)
        self._sheet, self._hidden_rows = sheet, hidden_rows

    @property
    def rows_counted(self) -> int:
        """Rows of the sheet that hold a value or a formula and are read."""
        return self._sheet.rows - (self._sheet.hidden_filled_rows if self._skips else 0)

    def rows(self, rows: Iterator[Row], columns: Sequence[int] | None = None, whole_to: int = 0) -> Iterator[Row]:
        """Those of the rows that are read, if they hold anything in these columns; down to row `whole_to`, all."""
        return self._visible(rows, columns, whole_to) if self._skips else rows

    def _visible(self, rows: Iterable[Row], columns: Sequence[int] | None, whole_to: int) -> Iterator[Row]:
        for number, cells in rows:
            if number > whole_to and number in self._hidden_rows:
                continue
            if columns is None or any(cells[place] != "" for place in columns):
                yield number, cells

    def columns(self, width: int) -> list[int]:
        """Those of the first `width` columns, counted from 0, that are read."""
        return visible_columns(width, self._sheet.hidden_columns if self._skips else ())


def visible_columns(width: int, hidden: Sequence[Columns]) -> list[int]:
    """The first `width` columns, counted from 0, without those of the hidden ranges."""
    gone = {column for first, last in hidden for column in range(first, min(last + 1, width))}
    return [column for column in range(width) if column not in gone]


def picked(given: Sequence[Any], columns: Sequence[int]) -> list[Any]:
    """What is given for these columns, rising; columns beyond its end are left out."""
    return [given[column] for column in columns if column < len(given)]
