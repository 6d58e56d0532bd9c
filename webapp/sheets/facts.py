"""What is known of a sheet before its rows are used: how much of everything, and where it was seen first."""

from dataclasses import dataclass, field

from .cells import column_letter
from .row_ranges import RowRanges

REMEMBERED_SPANS = 1_000
"""Merged ranges that are kept; beyond that they are counted."""

Span = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column; rows count from 1, columns from 0."""

Columns = tuple[int, int]
"""First and last of some columns side by side, counted from 0."""


@dataclass(frozen=True, slots=True)
class Found:
    """How often something was seen, and the first place: a cell ("C17"), a row ("17") or a column ("C")."""

    count: int = 0
    first: str | None = None

    def __bool__(self) -> bool:
        return self.count > 0


NOTHING_FOUND = Found()


@dataclass(slots=True)
class Tally:
    """A `Found` in the making."""

    count: int = 0
    first: str | None = None

    def add(self, place: str, count: int = 1) -> None:
        """Count `count` more; `place` is where the first of them is."""
        if count and self.first is None:
            self.first = place
        self.count += count

    def cell(self, row: int, column: int) -> None:
        """Count the cell in this row (from 1) and column (from 0)."""
        if self.first is None:
            self.first = f"{column_letter(column)}{row}"
        self.count += 1

    @property
    def found(self) -> Found:
        """The count and first place so far."""
        return Found(self.count, self.first)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet and what was found in it; `rows` counts those that hold a value or a formula."""

    place: int
    """Its place in the workbook, from 0, hidden sheets counted."""
    name: str
    hidden: bool
    part: str | None = None
    """The part of the package that holds it, where it has one of its own."""
    rows: int = 0
    errors: Found = NOTHING_FOUND
    without_result: Found = NOTHING_FOUND
    """Formulas whose result was never stored."""
    doubtful_results: Found = NOTHING_FOUND
    """Formulas whose stored 0 comes from a program that does not calculate."""
    hidden_rows: Found = NOTHING_FOUND
    hidden_filled_rows: int = 0
    """How many of `rows` are hidden."""
    hidden_columns: tuple[Columns, ...] = ()
    """The first ranges of hidden columns; the last one often reaches to the end of the sheet."""
    merged: Found = NOTHING_FOUND
    spans: tuple[Span, ...] = ()
    """The first merged ranges."""
    has_odd_serials: bool = False
    in_order: bool = True
    """False where cells are stored in another order than that of rows."""
    is_rich: bool = False
    """True where the fast stream of an .xlsx sheet would hide an error behind a text, or a missing result behind a
    blank."""


@dataclass(slots=True)
class Notes:
    """What a reader notices about a sheet besides its cells, while it goes through them."""

    hidden_rows: Tally = field(default_factory=Tally)
    hidden_ranges: RowRanges = field(default_factory=RowRanges)
    """The same rows by number."""
    hidden_columns: list[Columns] = field(default_factory=list)
    merged: Tally = field(default_factory=Tally)
    spans: list[Span] = field(default_factory=list)
    doubtful_results: Tally = field(default_factory=Tally)

    def hide_rows(self, first: int, count: int = 1) -> None:
        """So many rows from `first` on, counted from 1, are hidden."""
        self.hidden_rows.add(str(first), count)
        self.hidden_ranges.add(first, count)

    def hide_columns(self, first: int, last: int) -> None:
        """Columns from `first` to `last`, counted from 0, are hidden."""
        if len(self.hidden_columns) < REMEMBERED_SPANS:
            self.hidden_columns.append((first, last))

    def merge(self, span: Span) -> None:
        """A range of cells is merged."""
        self.merged.cell(span[0], span[1])
        if len(self.spans) < REMEMBERED_SPANS:
            self.spans.append(span)
