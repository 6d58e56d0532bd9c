"""Cells below a header that are not what they seem, counted in the first rows of a sheet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..books import Book
from ..cells import Cell, ImpossibleDate
from ..facts import NOTHING_FOUND, Found, SheetFacts, Tally
from ..row_ranges import LAST_ROW
from ..visible import View

COUNTED_ROWS = 20_000
"""Rows below the header that are looked through; of a longer sheet the rest may hold more of the same."""
BLOCK = 500
NUMBERS = {int, float}
LONG, MEASURE = 10**15, 10**20
"""Numbers from the first on have more than 15 digits; from the second on they are measures rather than codes."""
FIRST_CHARACTERS = frozenset("0123456789+- \u00a0")
"""With which a number or a date can begin."""

# Without leading zeros, which belong to codes, and with no more digits than a number keeps.
NUMBER = re.compile(
    r"\s*[+-]?(?:0|[1-9]\d{0,2}(?:([ .,\u00a0\u202f'])\d{3}(?:\1\d{3}){0,3})|[1-9]\d{0,14})"
    r"(?:[.,]\d+)?\s*%?\s*"
)
DATE = re.compile(
    r"\s*(?:\d{4}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\2(?:\d{4}|\d{2}))"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?\s*"
)


@dataclass(frozen=True, slots=True)
class Census:
    """What was counted; `rows` says in how many rows below the header, `is_whole` whether these were all."""

    rows: int = 0
    is_whole: bool = True
    numbers_as_text: Found = NOTHING_FOUND
    dates_as_text: Found = NOTHING_FOUND
    impossible_dates: Found = NOTHING_FOUND
    long_numbers: Found = NOTHING_FOUND
    """Numbers with more digits than Excel keeps."""


@dataclass(slots=True)
class _Count:
    numbers: Tally = field(default_factory=Tally)
    dates: Tally = field(default_factory=Tally)
    impossible: Tally = field(default_factory=Tally)
    long: Tally = field(default_factory=Tally)

    def add(self, position: int, numbers: Sequence[int], column: Sequence[Cell]) -> None:
        """Count the cells of one column of some rows."""
        kinds = set(map(type, column))
        if str in kinds:
            for number, cell in zip(numbers, column, strict=True):
                if type(cell) is str and cell[:1] in FIRST_CHARACTERS:
                    self._tell(number, position, cell)
        if kinds & NUMBERS:
            for number, cell in zip(numbers, column, strict=True):
                if type(cell) in NUMBERS and LONG <= abs(cell) < MEASURE and cell == int(cell):  # type: ignore[arg-type, operator]
                    self.long.cell(number, position)
        if ImpossibleDate in kinds:
            for number, cell in zip(numbers, column, strict=True):
                if type(cell) is ImpossibleDate:
                    self.impossible.cell(number, position)

    def _tell(self, number: int, position: int, text: str) -> None:
        if NUMBER.fullmatch(text):
            self.numbers.cell(number, position)
        elif DATE.fullmatch(text):
            self.dates.cell(number, position)


def census_of(book: Book, sheet: SheetFacts, header_row: int, width: int, view: View) -> Census:
    """Counts below the header. In a text file everything is text, so that nothing there is out of place."""
    if not width or book.encoding is not None:
        return Census()
    count, rows = _Count(), 0
    tidier = book.tidier(sheet)
    columns = view.columns(width)
    found = view.rows(book.rows(sheet, header_row + 1, LAST_ROW, width), columns)
    while rows < COUNTED_ROWS and (block := list(islice(found, BLOCK))):
        rows += len(block)
        numbers, cells = zip(*block, strict=True)
        tidy = tidier.columns(numbers, cells)
        for position in columns:
            count.add(position, numbers, tidy[position])
    is_whole = rows < COUNTED_ROWS or next(found, None) is None
    return Census(rows, is_whole, count.numbers.found, count.dates.found, count.impossible.found, count.long.found)
