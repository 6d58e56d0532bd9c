"""A workbook of any kind behind one small interface."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from .facts import Notes, SheetFacts
from .limits import Limits
from .placed import Placed, Row, Survey, rows_of
from .row_ranges import RowRanges
from .tidy import Tidier


class Book(ABC):
    """An open workbook whose sheets are counted and whose rows can be gone through."""

    kind: str
    """What it is, in words that go on "This is"."""
    sheets: Sequence[SheetFacts]
    hidden_rows: Sequence[RowRanges] = ()
    """Which rows of each sheet are hidden; empty where no row can be."""
    date1904: bool = False
    has_macros: bool = False
    encoding: str | None = None
    """How the characters of a text file are stored; None for workbooks."""
    delimiter: str | None = None
    """What stands between the cells of a text file, in a word; None for workbooks."""
    properties: Sequence[str] = ()
    """The names of its own properties."""

    @abstractmethod
    def rows(self, sheet: SheetFacts, first: int, last: int, width: int) -> Iterator[Row]:
        """Rows with anything in them, from row number `first` to `last` (1-based, inclusive), `width` cells each.

        Blanks are "". Raises a WorkbookRefused where the sheet turns out to be broken.
        """

    def hidden_rows_of(self, sheet: SheetFacts) -> RowRanges:
        """Which rows of the sheet are hidden."""
        return self.hidden_rows[sheet.place] if self.hidden_rows else RowRanges()

    def tidier(self, sheet: SheetFacts) -> Tidier:
        """What makes the rows of this sheet into the cells that are promised."""
        return Tidier(None, shift_to_1904=False)


class BookOfCells(Book):
    """A book whose cells come one by one with their places."""

    @abstractmethod
    def cells(self, place: int, notes: Notes) -> Iterator[Placed]:
        """The cells of the sheet at that place of `sheets`, in the order in which they are stored."""

    def rows(self, sheet: SheetFacts, first: int, last: int, width: int) -> Iterator[Row]:
        """As `Book.rows` promises."""
        return rows_of(self.cells(sheet.place, Notes()), sheet, first, last, width)

    def surveyed(self, listed: Sequence[tuple[str, bool]], limits: Limits) -> list[SheetFacts]:
        """The facts of sheets given by name and whether they are hidden, counted by going through their cells; their
        hidden rows are kept.
        """
        facts, hidden_rows = [], []
        for place, (name, hidden) in enumerate(listed):
            survey = Survey(place, name, hidden, limits)
            for cell in self.cells(place, survey.notes):
                survey.add(cell)
            facts.append(survey.facts)
            hidden_rows.append(survey.notes.hidden_ranges)
        self.hidden_rows = hidden_rows
        return facts
