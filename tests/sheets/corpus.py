"""The workbooks that others made, and what became of each."""

from dataclasses import dataclass, field
from pathlib import Path

from webapp.sheets import Cell, Header, Limits, WorkbookRefused, WorkbookReport, inspect_workbook, read_rows
from webapp.sheets.limits import MEGABYTE


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "workbooks"
LIMITS = Limits(memory_bytes=256 * MEGABYTE, inspection_seconds=60, reading_seconds=60, silence_seconds=60)

FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.suffix != ".md")


@dataclass
class SheetOutcome:
    """What was read of a visible sheet: its header and the rows below it by number."""

    header: Header
    rows: dict[int, tuple[Cell, ...]]


@dataclass
class Outcome:
    """What became of a file: a sentence, or its visible sheets with cells by name."""

    sentence: str | None = None
    sheets: dict[str, SheetOutcome] = field(default_factory=dict)


def outcome_of(path: Path) -> Outcome:
    outcome = Outcome()
    try:
        first = inspect_workbook(path, limits=LIMITS)
        for sheet in (sheet.name for sheet in first.sheets if sheet.rows):
            report = first if sheet == first.sheet else inspect_workbook(path, sheet, limits=LIMITS)
            outcome.sheets[sheet] = sheet_outcome(path, report)
    except WorkbookRefused as refusal:
        outcome.sentence = refusal.sentence
    return outcome


def sheet_outcome(path: Path, report: WorkbookReport) -> SheetOutcome:
    with read_rows(path, report.sheet, report.header.row, limits=LIMITS, known=report.facts) as stream:
        return SheetOutcome(stream.header, {number: cells for batch in stream for number, cells in batch.rows})
