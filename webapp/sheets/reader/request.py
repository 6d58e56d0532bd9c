"""What the reading process is asked to do, and what it answers besides rows."""

from dataclasses import dataclass, field
from typing import Any

from ..facts import SheetFacts
from ..limits import Limits
from ..report.census import Census
from ..visible import Hidden


@dataclass(frozen=True, slots=True)
class Request:
    """One task for one workbook. `parent` is the process to die with; rows are numbered from 1 as in Excel."""

    parent: int
    path: str
    task: str
    """"inspect" or "read"."""
    limits: Limits
    sheet: str | None = None
    header_row: int = 0
    after_row: int = 0
    hidden: Hidden = "include"
    known: SheetFacts | None = None
    """The facts of the sheet, where they were found in this very file before."""
    most_rows: int = 0
    """Rows to sample for "inspect", rows in one frame for "read"."""

    @property
    def cpu_seconds(self) -> int:
        """Processor time that the task may take."""
        return self.limits.inspection_seconds if self.task == "inspect" else self.limits.reading_seconds


@dataclass(frozen=True, slots=True)
class Sample:
    """The answer to "inspect": all sheets, the chosen one, and its first rows, their cells wrapped by `wire`."""

    kind: str
    encoding: str | None
    delimiter: str | None
    sheets: list[SheetFacts]
    date1904: bool
    has_macros: bool
    sheet: str
    rows: list[tuple[int, list[Any]]]
    rows_above: int
    """Rows with anything in them above the first of `rows`."""
    rows_counted: int
    """Rows of the chosen sheet that hold a value or a formula and are read."""
    hidden: Hidden
    header_row: int
    """The row that was asked for or that looks like a header; 0 if there is none."""
    census: Census
    properties: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first answer to "read": the cells of the header row, wrapped, the columns in which they stand, from 0, and
    how many rows hold anything.
    """

    header: list[Any]
    columns: list[int]
    rows_counted: int
