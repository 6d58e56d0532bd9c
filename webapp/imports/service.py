"""Importing a workbook: its rows are read, checked and put into a target, batch by batch. Knows no job and no page.

Who calls it lends the transactions: `batch(cursor, processed, total)` gives a session for the effects of one batch, and
commits them together with the cursor. Started again with the last cursor, the import goes on behind it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Import, RejectedCell, Upload
from .running.all_or_nothing import import_all_or_nothing
from .running.plans import ALL_OR_NOTHING, Plan, plan_for
from .running.valid_rows import Batches, Cursor, Waiting, import_valid_rows

__all__ = ["Batches", "Cursor", "ImportResult", "Plan", "plan_for", "rejected_cells", "result_of", "run_import"]


@dataclass(frozen=True)
class ImportResult:
    """What came of an import: `errors` counts rejected rows, `processed_count` all that were read."""

    success: bool
    summary: str
    processed_count: int
    errors: int
    inserted: int
    updated: int
    unchanged: int
    skipped: int
    repeated: int
    """Rows whose key came before in the workbook, counted above as what became of them."""

    @property
    def completed_with(self) -> str | None:
        """What there is besides success, as in `10 rejected rows`; None if nothing."""
        return f"{self.errors:,} rejected {'row' if self.errors == 1 else 'rows'}" if self.errors else None


def run_import(
    plan: Plan,
    batches: Batches,
    start: Cursor | None = None,
    processed: int = 0,
    waiting: Waiting = lambda: None,
) -> int:
    """Imports what stands below the cursor `start`, `processed` rows into it; answers how many rows it read in all.
    While the workbook's reader is silent, `waiting` is called now and then; what it raises ends the import there.

    Raises WorkbookRefused as soon as the workbook turns out to be unreadable, and TooManyRejected; what was committed
    before stays. In the mode that takes all rows or none, raises what `import_all_or_nothing` does.
    """
    run = import_all_or_nothing if plan.mode == ALL_OR_NOTHING else import_valid_rows
    return run(plan, batches, start, processed, waiting)


def result_of(session: Session, import_id: int) -> ImportResult:
    """What came of an import, in figures and in a sentence."""
    record = session.get_one(Import, import_id, populate_existing=True)
    good = record.inserted + record.updated + record.unchanged + record.skipped
    return ImportResult(
        success=True,
        summary=summary(record),
        processed_count=good + record.rejected,
        errors=record.rejected,
        inserted=record.inserted,
        updated=record.updated,
        unchanged=record.unchanged,
        skipped=record.skipped,
        repeated=record.repeated,
    )


def summary(record: Import) -> str:
    """What came of the rows, as in `990 of 1,000 rows imported: 900 new, 90 unchanged. 10 were rejected.`"""
    good = record.inserted + record.updated + record.unchanged + record.skipped
    parts = {"new": record.inserted, "updated": record.updated, "unchanged": record.unchanged}
    parts |= {"skipped": record.skipped}
    said = ", ".join(f"{count:,} {word}" for word, count in parts.items() if count)
    total = good + record.rejected
    rows = f"{good:,} of {total:,} rows" if record.rejected else f"{good:,} {'row' if good == 1 else 'rows'}"
    rejected = f" {record.rejected:,} {'was' if record.rejected == 1 else 'were'} rejected." if record.rejected else ""
    again = f" {record.repeated:,} repeated the key of a row before." if record.repeated else ""
    return f"{rows} imported{': ' + said if said else ''}.{rejected}{again}"


def earlier_import(session: Session, template_id: int, sha256: str, before: int | None = None) -> Import | None:
    """The last import by this template, `before` which if that is given, of a workbook that is the same to the last
    byte, if it brought anything and was not undone: for a warning, and never to keep anyone from importing again.
    """
    query = select(Import).join(Upload).where(Import.template_id == template_id, Upload.sha256 == sha256)
    brought = Import.inserted + Import.updated + Import.unchanged + Import.skipped
    query = query.where(Import.finished_at.is_not(None), Import.undone_by.is_(None), brought > 0)
    if before is not None:
        query = query.where(Import.id < before)
    return session.scalar(query.order_by(Import.id.desc()).limit(1))


def rejected_cells(import_id: int) -> Any:
    """The rejected cells of an import, by row: a query to page."""
    return select(RejectedCell).where(RejectedCell.import_id == import_id).order_by(RejectedCell.row, RejectedCell.id)
