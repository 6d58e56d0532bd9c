"""The check of a workbook before anything parses it: sizes, places and kinds, all counted while streaming."""

from dataclasses import dataclass
from pathlib import Path

from .kinds import require_zip
from .limits import Limits
from .outline import SheetPart, read_outline
from .package import Package, open_package
from .refusals import TooManyRows
from .scan import DocumentTypeScan, SheetScan, looks_like_markup


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What is known of a sheet before it is parsed; `rows` counts those that hold a value or a formula."""

    name: str
    hidden: bool
    part: str | None
    rows: int
    has_errors: bool
    has_formulas_without_result: bool
    has_odd_serials: bool

    @property
    def needs_rich_reading(self) -> bool:
        """True if the fast stream would hide an error behind a text, or a missing result behind a blank."""
        return self.part is None or self.has_errors or self.has_formulas_without_result


@dataclass(frozen=True, slots=True)
class Preflight:
    """A workbook that is safe to parse: its sheets in order, its date system, whether it carries macros."""

    sheets: tuple[SheetFacts, ...]
    date1904: bool
    has_macros: bool


def preflight(path: Path, limits: Limits) -> Preflight:
    """Check the workbook at `path`, inflating each part once without keeping it. Raises a WorkbookRefused."""
    require_zip(path)
    with path.open("rb") as file:
        package = open_package(path, file, limits)
        outline = read_outline(package)
        scans = _scan_parts(package, {sheet.part for sheet in outline.sheets})
    sheets = tuple(_facts(sheet, scans) for sheet in outline.sheets)
    for sheet in sheets:
        if sheet.rows > limits.rows:
            raise TooManyRows(sheet=sheet.name, rows=sheet.rows, limit=limits.rows)
    return Preflight(sheets, outline.date1904, outline.has_macros)


def _scan_parts(package: Package, sheet_parts: set[str | None]) -> dict[str | None, SheetScan]:
    """Inflate every part, so that none can grow unseen later; the scans of the sheets by part name."""
    scans: dict[str | None, SheetScan] = {}
    for name in package.parts:
        scan = SheetScan() if name in sheet_parts else None
        _scan_part(package, name, scan)
        if scan:
            scans[name] = scan
    return scans


def _scan_part(package: Package, name: str, sheet: SheetScan | None) -> None:
    markup: DocumentTypeScan | None = None
    for place, chunk in enumerate(package.chunks(name)):
        if place == 0 and looks_like_markup(chunk):
            markup = DocumentTypeScan(name)
        if markup:
            markup.feed(chunk)
        if sheet:
            sheet.feed(chunk)
    if sheet:
        sheet.finish()


def _facts(sheet: SheetPart, scans: dict[str | None, SheetScan]) -> SheetFacts:
    scan = scans.get(sheet.part) or SheetScan()
    return SheetFacts(
        name=sheet.name,
        hidden=sheet.hidden,
        part=sheet.part,
        rows=scan.rows,
        has_errors=scan.has_errors,
        has_formulas_without_result=scan.has_formulas_without_result,
        has_odd_serials=scan.has_odd_serials,
    )
