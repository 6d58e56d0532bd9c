"""A look into a workbook before anything is made of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..cells import Cell, as_text
from ..facts import SheetFacts
from ..headers import SEARCHED_ROWS, Header
from ..limits import Limits
from ..merged import header_cells
from ..reader import wire
from ..reader.process import ReadingProcess
from ..reader.request import Request, Sample
from ..refusals import HeaderBlank, HeaderMissing, ReadingFailed, TooManyColumns
from ..visible import Hidden, picked, visible_columns
from .findings import Finding, findings_of
from .odd_rows import odd_rows
from .proposals import ProposedColumn, meant_by, propose_columns

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
    facts: SheetFacts
    """All that was counted in the chosen sheet, for whoever reads its rows later."""
    kind: str = "an Excel workbook (.xlsx)"
    """What the file is, in words that go on "This is"."""
    encoding: str | None = None
    """How the characters of a text file are stored; None for workbooks."""
    delimiter: str | None = None
    """What stands between the cells of a text file, in a word; None for workbooks."""
    findings: tuple[Finding, ...] = ()
    """What is worth knowing before anything is written."""
    properties: tuple[str, ...] = ()
    """The names of the workbook's own properties."""
    top: tuple[TypedRow, ...] = ()
    """The first filled rows of the sheet, for whoever looks for the header among them."""


def inspect_workbook(
    path: str | os.PathLike[str], sheet: str | None = None, header_row: int | None = None, preview_rows: int = 20,
    limits: Limits | None = None, hidden: Hidden = "include",
) -> WorkbookReport:  # fmt: skip
    """Look at one sheet of a workbook in a limited process. Raises a WorkbookRefused.

    Without a name the first visible sheet with cells is taken; without a row number (1-based) the header is looked for.
    With `hidden` "skip", hidden rows and columns are left out of everything but the findings that count them.
    """
    limits = limits or Limits()
    sample = _sample(path, sheet, header_row, limits, hidden)
    rows = [(number, tuple(map(wire.unwrapped, cells))) for number, cells in sample.rows]
    facts = next(facts for facts in sample.sheets if facts.name == sample.sheet and not facts.hidden)
    columns = _columns(sample, facts, rows)
    header = _header(facts, rows, columns, header_row, sample.header_row, limits)
    below = _below(rows, header.row, columns)
    ignored = max(0, max((len(cells) for _, cells in below), default=0) - len(header.labels))
    counted = sample.rows_counted - sample.rows_above - (len(rows) - len(below))
    return WorkbookReport(
        sheets=tuple(SheetSummary(facts.name, facts.rows) for facts in sample.sheets if not facts.hidden),
        hidden_sheets=sum(facts.hidden for facts in sample.sheets),
        has_macros=sample.has_macros,
        date1904=sample.date1904,
        sheet=sample.sheet,
        header=header,
        rows_counted=max(len(below), counted),
        preview=tuple(below[:preview_rows]),
        proposed=propose_columns(header, _meant(below) if sample.encoding else below),
        ignored_columns=ignored,
        has_errors=bool(facts.errors),
        has_formulas_without_result=bool(facts.without_result),
        kind=sample.kind,
        encoding=sample.encoding,
        delimiter=sample.delimiter,
        facts=facts,
        top=tuple(rows[:SEARCHED_ROWS]),
        findings=_findings(sample, facts, header, dict(rows).get(header.row, ()), below, counted, ignored),
        properties=tuple(sample.properties),
    )


def _findings(
    sample: Sample, facts: SheetFacts, header: Header, names: Sequence[Cell], below: list[TypedRow], counted: int,
    ignored: int,
) -> tuple[Finding, ...]:  # fmt: skip
    odd = odd_rows((header.row, list(map(meant_by, names))), below, is_whole=len(below) == counted)
    return findings_of(sample, facts, max(header.columns[-1] + 1, len(names)), ignored, odd)


def _meant(rows: list[TypedRow]) -> list[TypedRow]:
    """The rows of a text file as their texts are most likely meant."""
    return [(number, tuple(map(meant_by, cells))) for number, cells in rows]


def _sample(
    path: str | os.PathLike[str], sheet: str | None, header_row: int | None, limits: Limits, hidden: Hidden
) -> Sample:
    request = Request(
        parent=os.getpid(),
        path=str(Path(path).resolve()),
        task="inspect",
        limits=limits,
        sheet=sheet,
        header_row=header_row or 0,
        hidden=hidden,
        most_rows=SAMPLED_ROWS + 1,
    )
    with ReadingProcess(request, limits.inspection_seconds) as process:
        for kind, body in process.frames():
            if kind == wire.REPORT:
                return msgspec.msgpack.decode(body, type=Sample)
    raise ReadingFailed


def _columns(sample: Sample, facts: SheetFacts, rows: list[TypedRow]) -> list[int]:
    """The columns that are read, as far as any of the rows or merged ranges reach."""
    width = max([len(cells) for _, cells in rows] + [last + 1 for _, _, _, last in facts.spans], default=0)
    return visible_columns(width, facts.hidden_columns if sample.hidden == "skip" else ())


def _header(
    sheet: SheetFacts, rows: list[TypedRow], columns: list[int], chosen: int | None, row: int, limits: Limits
) -> Header:
    cells = picked(header_cells(row, dict(rows), sheet.spans), columns)
    is_blank = not any(as_text(cell).strip() for cell in cells)
    if chosen is not None and (is_blank or chosen != row):
        raise HeaderBlank(row=chosen, sheet=sheet.name)
    if is_blank:
        raise HeaderMissing(sheet=sheet.name)
    header = Header.of(sheet.name, row, cells, columns)
    if len(header.labels) > limits.columns:
        raise TooManyColumns(sheet=sheet.name, limit=limits.columns)
    return header


def _below(rows: list[TypedRow], header_row: int, columns: list[int]) -> list[TypedRow]:
    """The rows below the header that hold anything in the columns that are read."""
    below = ((number, tuple(picked(cells, columns))) for number, cells in rows if number > header_row)
    return [(number, cells) for number, cells in below if any(cell is not None for cell in cells)]
