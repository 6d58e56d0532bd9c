"""A workbook of XML parts (.xlsx, .xlsm) as a book: checked beforehand, then read by the library that streams it."""

from collections.abc import Iterator
from pathlib import Path

from ..books import Book
from ..facts import SheetFacts
from ..limits import Limits
from ..package.container import Package
from ..placed import Row
from ..tidy import Tidier
from .odd_dates import OddDates
from .preflight import preflight_of, recalled
from .stream import SheetStream


class PackagedBook(Book):
    """Raises a WorkbookRefused where the package or a part of it is broken."""

    kind = "an Excel workbook (.xlsx)"

    def __init__(self, path: Path, package: Package, limits: Limits, known: SheetFacts | None = None) -> None:
        checked = recalled(package, known) if known else preflight_of(package, limits)
        self.sheets = checked.sheets
        self.hidden_rows = checked.hidden_rows
        self.date1904 = checked.date1904
        self.has_macros = checked.has_macros
        if self.has_macros:
            self.kind = "an Excel workbook with macros (.xlsm)"
        self._stream = SheetStream(path)

    def rows(self, sheet: SheetFacts, first: int, last: int, width: int) -> Iterator[Row]:
        """As `Book.rows` promises."""
        return self._stream.rows(sheet, first, last, width)

    def tidier(self, sheet: SheetFacts) -> Tidier:
        """Looks up odd numbers and puts the date system right where that is needed."""
        shift_to_1904 = self.date1904 and not self._stream.date1904
        if not sheet.has_odd_serials or sheet.part is None:
            return Tidier(None, shift_to_1904)
        return Tidier(OddDates(self._stream.path, sheet.part, self.date1904), shift_to_1904)
