"""A binary workbook as a book: its sheets counted, its rows one by one."""

from collections.abc import Iterator

from ..books import BookOfCells
from ..damage import damage_named
from ..facts import Notes, SheetFacts
from ..limits import Limits
from ..package.container import Package
from ..package.kinds import has_macros
from ..package.parts import scan_parts
from ..placed import Placed
from .cells import cells_of
from .records import records
from .workbook import read_workbook


class BinaryBook(BookOfCells):
    """Raises a WorkbookRefused where the package or a part of it is broken."""

    kind = "an Excel binary workbook (.xlsb)"

    def __init__(self, package: Package, limits: Limits, known: SheetFacts | None = None) -> None:
        self._package = package
        if known is None:
            scan_parts(self._package)
        with damage_named():
            self._workbook = read_workbook(self._package)
        self._listed = [sheet for sheet in self._workbook.sheets if sheet.part]
        self.date1904 = self._workbook.date1904
        self.has_macros = has_macros(self._package)
        listed = [(sheet.name, sheet.hidden) for sheet in self._listed]
        self.sheets = [known] if known else self.surveyed(listed, limits)

    def cells(self, place: int, notes: Notes) -> Iterator[Placed]:
        """The cells of the sheet at that place of the list."""
        part = self._listed[place].part or ""
        self._package.count_anew()
        with damage_named():
            yield from cells_of(records(self._package.chunks(part)), self._workbook, notes)
