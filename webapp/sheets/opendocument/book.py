"""An OpenDocument spreadsheet as a book: its tables counted, their rows one by one."""

from collections.abc import Iterator

from ..books import BookOfCells
from ..facts import Notes, SheetFacts
from ..limits import Limits
from ..package.container import Package
from ..package.parts import scan_parts
from ..placed import MARKS, Placed, Survey
from ..refusals import PasswordProtected, TooManyRows, WorkbookDamaged
from .content import ContentReader, OpenRow, Table

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
LAST_ROW = 1_048_576


class OpenDocumentBook(BookOfCells):
    """Raises a WorkbookRefused where the package or its content is broken."""

    kind = "an OpenDocument spreadsheet (.ods)"

    def __init__(self, package: Package, limits: Limits, known: SheetFacts | None = None) -> None:
        self._package = package
        if self._package.find(MANIFEST) and b"encryption-data" in self._package.read(MANIFEST):
            raise PasswordProtected
        if CONTENT not in self._package.parts:
            raise WorkbookDamaged(detail="the part with its content is missing")
        self.has_macros = any(name.startswith("Basic/") and name.endswith(".xml") for name in self._package.parts)
        if known:
            self.sheets = [known]
        else:
            scan_parts(self._package)
            self._survey(limits)

    def cells(self, place: int, notes: Notes) -> Iterator[Placed]:
        """The cells of the sheet at that place of the list."""
        for table in self._tables():
            if table.place > place:
                return
            if table.place == place:
                yield from _cells(table)
            table.ready.clear()

    def _survey(self, limits: Limits) -> None:
        surveys: dict[int, Survey] = {}
        for table in self._tables():
            survey = surveys.setdefault(table.place, Survey(table.place, table.name, table.hidden, limits))
            survey.notes = table.notes
            for row in _rows(table):
                _count(survey, row)
        self.sheets = [survey.facts for survey in surveys.values()]
        self.hidden_rows = [survey.notes.hidden_ranges for survey in surveys.values()]

    def _tables(self) -> Iterator[Table]:
        self._package.count_anew()
        return ContentReader(CONTENT).tables(self._package.chunks(CONTENT))


def _cells(table: Table) -> Iterator[Placed]:
    """The cells of the rows that are ready, which are taken away."""
    for row in _rows(table):
        for number in row.numbers:
            for first, repeated, cell in row.cells:
                for column in range(first, first + repeated):
                    yield number, column, cell


def _rows(table: Table) -> Iterator[OpenRow]:
    rows, table.ready = table.ready, []
    for row in rows:
        if row.numbers[-1] > LAST_ROW:
            raise TooManyRows(sheet=table.name, rows=row.numbers[-1], limit=LAST_ROW)
        yield row


def _count(survey: Survey, row: OpenRow) -> None:
    """Of the cells only the marks are looked at: they alone are counted."""
    marks = [cell for cell in row.cells if type(cell[2]) in MARKS]
    for number in row.numbers:
        survey.enter(number)
        for first, repeated, cell in marks:
            for column in range(first, first + repeated):
                survey.add((number, column, cell))
