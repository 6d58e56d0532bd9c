"""Importing a workbook: its rows are read, checked and put into a target, batch by batch. Knows no job and no page.

Who calls it lends the transactions: `batch(cursor, processed, total)` gives a session for the effects of one batch, and
commits them together with the cursor. Started again with the last cursor, the import goes on behind it.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.datasets.changes import Outcome, Refusal

from . import rejections
from .batches import Examined
from .errors import TooManyRejected
from .examining import Examination, examined
from .models import RUN, Import, RejectedCell
from .plans import Plan, plan_for
from .poison import POISON, is_poison

__all__ = [
    "Batches",
    "Cursor",
    "ImportResult",
    "Plan",
    "plan_for",
    "rejected_cells",
    "result_of",
    "run_import",
    "summary",
]

Cursor = dict[str, Any]
Batches = Callable[[Cursor, int, int], AbstractContextManager[Session]]

log = logging.getLogger(__name__)


class Unputtable(Exception):
    """The target did not take a batch, for something that is in it."""


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


def run_import(
    plan: Plan,
    batches: Batches,
    start: Cursor | None = None,
    processed: int = 0,
    waiting: Callable[[], None] = lambda: None,
) -> int:
    """Imports what stands below the cursor `start`, `processed` rows into it; answers how many rows it read in all.
    While the workbook's reader is silent, `waiting` is called now and then; what it raises ends the import there.

    Raises WorkbookRefused as soon as the workbook turns out to be unreadable, and TooManyRejected; what was committed
    before stays.
    """
    row = start["row"] if start else 0
    with examined(plan, row, waiting) as examination:
        run = _Run(plan, batches, examination, processed)
        for batch in examination:
            run.put(batch)
            row = batch.last_row
    with batches({"row": row, "read": True}, run.processed, run.processed):
        pass
    return run.processed


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


class _Run:
    """An import under way: puts examined batches into the target, each with all that it leaves in one transaction."""

    def __init__(self, plan: Plan, batches: Batches, examination: Examination, processed: int) -> None:
        self._plan, self._batches, self._examination = plan, batches, examination
        self._groups = rejections.ProblemGroups(plan.import_id, RUN, plan.fields)
        self.processed = processed

    def put(self, batch: Examined) -> None:
        """Puts a batch; one that the target does not take is halved until the row is found that it does not take.

        Raises TooManyRejected behind the batch in which too many rows are.
        """
        try:
            rejected = self._put(batch)
        except Unputtable as failure:
            if len(batch) > 1:
                for half in batch.halves():
                    self.put(half)
                return
            self._note_poison(batch, failure)
            rejected = self._put(batch)
        if rejected > self._plan.most_rejected:
            raise TooManyRejected(limit=self._plan.most_rejected, row=batch.last_row)

    def _put(self, batch: Examined) -> int:
        """One transaction; answers how many rows of the import are rejected by now."""
        plan, done = self._plan, self.processed + len(batch)
        with self._batches({"row": batch.last_row}, done, max(self._examination.total, done)) as session:
            outcome = self._taken(session, batch)
            self._examination.refuse(batch, outcome.refused)
            rejected = _count(session, plan.import_id, batch, outcome)
            if batch.problems:
                rejections.keep(session, plan.import_id, batch, rejected - len(batch.rejected))
                self._groups.add(session, batch.problems)
        self.processed = done
        return rejected

    def _taken(self, session: Session, batch: Examined) -> Outcome:
        plan = self._plan
        try:
            return plan.target.put(session, batch.rows, plan.existing, plan.import_id, datetime.now(UTC))
        except Exception as error:
            if is_poison(error):
                raise Unputtable from error
            raise

    def _note_poison(self, batch: Examined, failure: Unputtable) -> None:
        number, cause = batch.last_row, type(failure.__cause__).__name__
        log.warning("row %d of import %d is poison: %s", number, self._plan.import_id, cause)
        self._examination.refuse(batch, [Refusal(number, POISON)])


def _count(session: Session, import_id: int, batch: Examined, outcome: Outcome) -> int:
    """Adds what became of a batch to the record; answers how many rows are rejected by now."""
    changes = {
        "inserted": Import.inserted + outcome.inserted,
        "updated": Import.updated + outcome.updated,
        "unchanged": Import.unchanged + outcome.unchanged,
        "skipped": Import.skipped + outcome.skipped + batch.passed_over,
        "rejected": Import.rejected + len(batch.rejected),
        "repeated": Import.repeated + len(batch.repeats),
    }
    record = update(Import).where(Import.id == import_id).values(changes)
    return session.scalar(record.returning(Import.rejected)) or 0
