"""A look into a workbook before anything is made of it."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from . import wire
from .cells import Cell
from .facts import SheetFacts
from .findings import Finding, findings_of
from .headers import Header
from .limits import Limits
from .merged import header_cells
from .process import ReadingProcess
from .proposals import ProposedColumn, meant_by, propose_columns
from .refusals import HeaderMissing, ReadingFailed, TooManyColumns
from .request import Request, Sample

SAMPLED_ROWS = 1_000

TypedRow = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """A visible sheet; `rows` counts those that hold a value or a formula, the header among them."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class WorkbookReport:
    """What is in a workbook. Everything from `sheet` on is about the chosen sheet.

    `rows_counted` is the number of filled rows below the header, `preview` the first of them as they are typed, with
    their row numbers in the sheet. `ignored_columns` counts columns with cells to the right of the header's last name.
    """

    sheets: tuple[SheetSummary, ...]
    hidden_sheets: int
    has_macros: bool
    date1904: bool
    sheet: str
    header: Header
    rows_counted: int
    preview: tuple[TypedRow, ...]
    proposed: tuple[ProposedColumn, ...]
    ignored_columns: int
    has_errors: bool
    has_formulas_without_result: bool
    kind: str = "an Excel workbook (.xlsx)"
    """What the file is, in words that go on "This is"."""
    encoding: str | None = None
    """How the characters of a text file are stored; None for workbooks."""
    delimiter: str | None = None
    """What stands between the cells of a text file, in a word; None for workbooks."""
    findings: tuple[Finding, ...] = ()
    """What is worth knowing before anything is written."""


def inspect_workbook(
    path: str | os.PathLike[str],
    sheet: str | None = None,
    header_row: int | None = None,
    preview_rows: int = 20,
    limits: Limits | None = None,
) -> WorkbookReport:
    """Look at one sheet of a workbook in a limited process. Raises a WorkbookRefused.

    Without a name the first visible sheet with cells is taken; without a row number (1-based) the header is looked for.
    """
    limits = limits or Limits()
    sample = _sample(path, sheet, header_row, limits)
    rows = [(number, tuple(map(wire.unwrapped, cells))) for number, cells in sample.rows]
    facts = next(facts for facts in sample.sheets if facts.name == sample.sheet and not facts.hidden)
    header = _header(facts, rows, header_row, sample.header_row, limits)
    below = [row for row in rows if row[0] > header.row]
    ignored = max(0, max((len(cells) for _, cells in below), default=0) - len(header.labels))
    return WorkbookReport(
        sheets=tuple(SheetSummary(facts.name, facts.rows) for facts in sample.sheets if not facts.hidden),
        hidden_sheets=sum(facts.hidden for facts in sample.sheets),
        has_macros=sample.has_macros,
        date1904=sample.date1904,
        sheet=sample.sheet,
        header=header,
        rows_counted=max(len(below), facts.rows - (len(rows) - len(below))),
        preview=tuple(below[:preview_rows]),
        proposed=propose_columns(header, _meant(below) if sample.encoding else below),
        ignored_columns=ignored,
        has_errors=bool(facts.errors),
        has_formulas_without_result=bool(facts.without_result),
        kind=sample.kind,
        encoding=sample.encoding,
        delimiter=sample.delimiter,
        findings=findings_of(sample, facts, len(header.labels), ignored),
    )


def _meant(rows: list[TypedRow]) -> list[TypedRow]:
    """The rows of a text file as their texts are most likely meant."""
    return [(number, tuple(map(meant_by, cells))) for number, cells in rows]


def _sample(path: str | os.PathLike[str], sheet: str | None, header_row: int | None, limits: Limits) -> Sample:
    request = Request(
        parent=os.getpid(),
        path=str(Path(path).resolve()),
        task="inspect",
        limits=limits,
        sheet=sheet,
        header_row=header_row or 0,
        most_rows=SAMPLED_ROWS + 1,
    )
    with ReadingProcess(request, limits.inspection_seconds) as process:
        for kind, body in process.frames():
            if kind == wire.REPORT:
                return msgspec.msgpack.decode(body, type=Sample)
    raise ReadingFailed


def _header(sheet: SheetFacts, rows: list[TypedRow], chosen: int | None, row: int, limits: Limits) -> Header:
    cells = header_cells(row, dict(rows), sheet.spans)
    if not cells:
        where = f"in row {chosen}" if chosen else "in the first rows"
        raise HeaderMissing(where=where, sheet=sheet.name)
    header = Header.of(sheet.name, row, cells)
    if len(header.labels) > limits.columns:
        raise TooManyColumns(sheet=sheet.name, limit=limits.columns)
    return header
