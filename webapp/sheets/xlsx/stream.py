"""The one place that knows the library which parses sheets.

`SheetStream` hands over rows as lists of cells, blanks as "", with their true row numbers; everything the library
does differently from what `cells` promises is put right here or in `tidy`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine_plus as calamine

from ..cells import CellError, Uncached
from ..facts import SheetFacts
from ..placed import Row
from ..refusals import ReadingFailed, StoredOutOfOrder, WorkbookDamaged, WorkbookRefused

# What the library says about a broken workbook, and what a person can be told about it.
COMPLAINTS = (
    ("encoding", "one of its parts is not written in UTF-8"),
    ("shared strings", "a text is missing that its cells refer to"),
    ("cell error value", "a cell claims to hold an error that Excel does not know"),
    ("WorksheetNotFound", "the part with the sheet’s cells is missing"),
    ("Xml", "one of its parts is not well-formed"),
    ("XML", "one of its parts is not well-formed"),
    ("Zip", "one of its parts cannot be unpacked"),
)


class SheetStream:
    """A workbook that is open for reading one sheet after the other, row by row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._workbook = calamine.CalamineWorkbook.from_path(str(path))
        except calamine.CalamineError as error:
            raise _refusal(error, "") from None

    @property
    def date1904(self) -> bool:
        """From which year the library counts days; it errs where an extension repeats the workbook's properties."""
        return bool(self._workbook.epoch_1904)

    def rows(self, sheet: SheetFacts, first: int, last: int, width: int) -> Iterator[Row]:
        """Rows with anything in them, from row number `first` to `last` (1-based, inclusive), `width` cells each.

        Raises a WorkbookRefused where the sheet turns out to be broken.
        """
        rich = sheet.is_rich
        blank = [""] * width
        try:
            stream = self._workbook.stream_sheet_by_name(
                sheet.name, rich=rich, min_row=first - 1, max_row=last - 1, max_col=width - 1
            )
            for number, row in enumerate(stream, first):
                cells = [_rich_cell(cell) for cell in row] if rich else row
                if cells != blank:
                    yield number, cells
        except OverflowError:
            raise WorkbookDamaged(detail=f"a length of time on sheet “{sheet.name}” is beyond all measure") from None
        except calamine.CalamineError as error:
            raise _refusal(error, sheet.name) from None


def _rich_cell(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "e":
        return CellError(value)
    # A formula whose result is an empty text has the type "s" and is a result like any other.
    if value == "" and cell.data_type == "n" and cell.formula is not None:
        return Uncached()
    return value


def _refusal(error: Exception, sheet: str) -> WorkbookRefused:
    words = f"{type(error).__name__}: {error}"
    if "row order" in words:
        return StoredOutOfOrder(sheet=sheet)
    detail = next((detail for mark, detail in COMPLAINTS if mark in words), None)
    return WorkbookDamaged(detail=detail) if detail else ReadingFailed()
