"""The check of a workbook before anything parses it: sizes, places and kinds, all counted while streaming."""

from dataclasses import dataclass
from pathlib import Path

from ..facts import Found, SheetFacts
from ..limits import Limits
from ..package.container import Package, open_package
from ..package.parts import scan_parts
from ..refusals import TooManyRows
from ..row_ranges import RowRanges
from .outline import Outline, SheetPart, read_outline
from .sheet_scan import SheetScan


@dataclass(frozen=True, slots=True)
class Preflight:
    """A workbook that is safe to parse: its sheets in order, its date system, whether it carries macros, and which
    rows of each sheet are hidden.
    """

    sheets: tuple[SheetFacts, ...]
    date1904: bool
    has_macros: bool
    hidden_rows: tuple[RowRanges, ...]


def preflight(path: Path, limits: Limits) -> Preflight:
    """Check the workbook at `path`, inflating each part once without keeping it. Raises a WorkbookRefused."""
    with path.open("rb") as file:
        return preflight_of(open_package(path, file, limits), limits)


def preflight_of(package: Package, limits: Limits) -> Preflight:
    """Check a workbook whose package is open. Raises a WorkbookRefused."""
    outline = read_outline(package)
    scans = scan_parts(package, {sheet.part for sheet in outline.sheets})
    sheets = tuple(_facts(place, sheet, outline, scans) for place, sheet in enumerate(outline.sheets))
    for sheet in sheets:
        if sheet.rows > limits.rows:
            raise TooManyRows(sheet=sheet.name, rows=sheet.rows, limit=limits.rows)
    hidden_rows = tuple(
        scans[sheet.part].notes.hidden_ranges if sheet.part in scans else RowRanges() for sheet in sheets
    )
    return Preflight(sheets, outline.date1904, outline.has_macros, hidden_rows)


def recalled(package: Package, known: SheetFacts) -> Preflight:
    """The same of a workbook that was checked before, of which one sheet is wanted, whose facts are known."""
    outline = read_outline(package)
    return Preflight((known,), outline.date1904, outline.has_macros, ())


def _facts(place: int, sheet: SheetPart, outline: Outline, scans: dict[str | None, SheetScan]) -> SheetFacts:
    scan = scans.get(sheet.part) or SheetScan()
    notes = scan.notes
    return SheetFacts(
        place=place,
        name=sheet.name,
        hidden=sheet.hidden,
        part=sheet.part,
        rows=scan.rows,
        errors=scan.errors.found,
        without_result=scan.without_result.found,
        doubtful_results=Found() if outline.is_calculated else notes.doubtful_results.found,
        hidden_rows=notes.hidden_rows.found,
        hidden_filled_rows=scan.hidden_filled_rows,
        hidden_columns=tuple(notes.hidden_columns),
        merged=notes.merged.found,
        spans=tuple(notes.spans),
        has_odd_serials=scan.has_odd_serials,
        is_rich=sheet.part is None or bool(scan.errors.count or scan.without_result.count),
    )
