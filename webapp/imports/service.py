"""Importing a workbook: its rows are read, checked and put into a dataset, batch by batch. Knows no job and no page.

Who calls it lends the transactions: `batch(cursor, processed, total)` gives a session for the effects of one batch, and
commits them together with the cursor. Started again with the last cursor, the import goes on behind it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from webapp.datasets.changes import Outcome
from webapp.db import reading
from webapp.sheets import Batch, Converter, Limits, Problem, read_rows

from .columns import TemplateColumn
from .models import Import, RejectedCell
from .targets import Target, absent_fields, target_of

BATCH_ROWS = 500
"""Rows in one transaction: few enough that the lock of the database is free again within 50 ms (DESIGN §4)."""
CELLS_KEPT = 10_000
"""Rejected cells that are kept, of one import; the rows are counted on beyond them."""

Cursor = dict[str, Any]
Batches = Callable[[Cursor, int, int], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Plan:
    """Everything that an import needs to know: what goes where, and how."""

    import_id: int
    target: Target
    path: Path
    sheet: str
    header_row: int
    columns: Sequence[TemplateColumn]
    existing: str
    """What happens to a row whose key is there already: "upsert", "insert", "update" or "skip"."""
    limits: Limits


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


def plan_for(record: Import, path: Path, limits: Limits | None = None) -> Plan:
    """The plan of an import whose workbook lies at `path`, and is read within `limits`."""
    version = record.version
    return Plan(
        import_id=record.id,
        target=target_of(record.template, version.columns),
        path=path,
        sheet=record.sheet,
        header_row=record.header_row,
        columns=version.columns,
        existing=version.existing,
        limits=limits or Limits(),
    )


def run_import(
    plan: Plan,
    batches: Batches,
    start: Cursor | None = None,
    processed: int = 0,
    waiting: Callable[[], None] = lambda: None,
) -> int:
    """Imports what stands below the cursor `start`, `processed` rows into it; answers how many rows it read in all.
    While the workbook's reader is silent, `waiting` is called now and then; what it raises ends the import there.

    Raises WorkbookRefused as soon as the workbook turns out to be unreadable; what was committed before stays.
    """
    row = start["row"] if start else 0
    with read_rows(plan.path, plan.sheet, plan.header_row, row, plan.limits, BATCH_ROWS, waiting) as stream:
        converter, total = Converter(plan.columns, stream.header), stream.rows_counted
        for batch in stream:
            _Batch(plan, converter, batch).put(batches, processed, max(total, processed + len(batch)))
            processed += len(batch)
            row = batch.last_row
    with batches({"row": row, "read": True}, processed, processed):
        pass
    return processed


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
    )


def summary(record: Import) -> str:
    """What came of the rows, as in `990 of 1,000 rows imported: 900 new, 90 unchanged. 10 were rejected.`"""
    good = record.inserted + record.updated + record.unchanged + record.skipped
    parts = {"new": record.inserted, "updated": record.updated, "unchanged": record.unchanged}
    parts |= {"skipped": record.skipped}
    said = ", ".join(f"{count:,} {word}" for word, count in parts.items() if count)
    rows = f"{good:,} of {good + record.rejected:,} rows" if record.rejected else f"{good:,} rows"
    rejected = f" {record.rejected:,} {'was' if record.rejected == 1 else 'were'} rejected." if record.rejected else ""
    return f"{rows} imported{': ' + said if said else ''}.{rejected}"


def rejected_cells(import_id: int) -> Any:
    """The rejected cells of an import, by row: a query to page."""
    return select(RejectedCell).where(RejectedCell.import_id == import_id).order_by(RejectedCell.row, RejectedCell.id)


class _Batch:
    """One batch of rows on its way: converted and encoded before the transaction, so that the lock is short."""

    def __init__(self, plan: Plan, converter: Converter, batch: Batch):
        converted = converter.convert(batch)
        self._plan, self._size, self._last_row = plan, len(batch), batch.last_row
        absent = absent_fields(plan.columns, converter.mapping.positions)
        with reading() as session:
            self._rows = plan.target.prepare(session, converted.rows, absent).rows
        self._problems = converted.problems

    def put(self, batches: Batches, before: int, total: int) -> None:
        """Writes rows, rejected cells and counters in one transaction of the caller's."""
        at = datetime.now(UTC)
        with batches({"row": self._last_row}, before + self._size, total) as session:
            outcome = self._plan.target.put(session, self._rows, self._plan.existing, self._plan.import_id, at)
            self._count(session, outcome)

    def _count(self, session: Session, outcome: Outcome) -> None:
        rejected = self._size - len(self._rows)
        record = update(Import).where(Import.id == self._plan.import_id)
        changes = {
            "inserted": Import.inserted + outcome.inserted,
            "updated": Import.updated + outcome.updated,
            "unchanged": Import.unchanged + outcome.unchanged,
            "skipped": Import.skipped + outcome.skipped,
            "rejected": Import.rejected + rejected,
        }
        total = session.scalar(record.values(changes).returning(Import.rejected)) or 0
        if self._problems and total - rejected < CELLS_KEPT:
            session.execute(insert(RejectedCell), [_cell(self._plan.import_id, problem) for problem in self._problems])


def _cell(import_id: int, problem: Problem) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column_letter,
        "header": problem.header,
        "value": problem.value_text,
        "code": problem.code,
        "reason": problem.reason,
    }
