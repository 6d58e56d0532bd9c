"""An import under way: examined batches go into the target, each with all that it leaves behind in one transaction."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from webapp.datasets.changes import NewRow, Outcome, Refusal
from webapp.db import run_one

from ..after import corrections
from ..errors import TooManyRejected
from ..models import RUN, Import
from . import phases, rejections
from .batches import Examined
from .examining import Examination, examined
from .phases import CHECKING, VALIDATING, WRITING
from .plans import Plan
from .poison import POISON, is_poison

Cursor = dict[str, Any]
Batches = Callable[[Cursor, int, int], AbstractContextManager[Session]]
Waiting = Callable[[], None]

log = logging.getLogger(__name__)


class Unputtable(Exception):
    """The target did not take a batch, for something that is in it."""


def import_valid_rows(plan: Plan, batches: Batches, start: Cursor | None, processed: int, waiting: Waiting) -> int:
    """Puts the good rows behind the cursor `start` into the target; answers how many rows were read in all.

    Raises WorkbookRefused and TooManyRejected; what was committed before stays.
    """
    began, row = datetime.now(UTC), start["row"] if start else 0
    with examined(plan, row, waiting) as examination:
        run = _ValidRows(plan, batches, Book(plan, examination, WRITING, began), processed)
        for batch in examination:
            run.put(batch)
            row = batch.last_row
    run.finish(row)
    return run.processed


class _ValidRows:
    """Puts batches, and keeps what is wrong with the other rows."""

    def __init__(self, plan: Plan, batches: Batches, book: "Book", processed: int) -> None:
        self._plan, self._batches, self._book = plan, batches, book
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
            self._book.note_poison(batch, failure)
            rejected = self._put(batch)
        if rejected > self._plan.most_rejected:
            raise TooManyRejected(limit=self._plan.most_rejected, row=batch.last_row)

    def finish(self, row: int) -> None:
        """Notes that nothing is left behind this row."""
        with self._batches({"row": row, "read": True}, self.processed, self.processed) as session:
            self._book.close(session, self.processed)

    def _put(self, batch: Examined) -> int:
        """One transaction; answers how many rows of the import are rejected by now."""
        plan, done = self._plan, self.processed + len(batch)
        with self._batches({"row": batch.last_row}, done, max(self._book.total, done)) as session:
            rejected = self._book.enter(session, batch, taken(session, plan, batch.rows))
            if rejected > plan.most_rejected:
                self._book.close(session, done)
        self.processed = done
        return rejected


class Book:
    """What is written about the rows of an import in one phase, in the transaction of their batch."""

    def __init__(self, plan: Plan, examination: Examination, phase: str, began: datetime) -> None:
        """`began` is when the workbook was about to be opened, which it now is."""
        self._import_id, self._parent_id = plan.import_id, plan.parent_id
        self._examination, self._phase = examination, phase
        self._labels = msgspec.json.encode(examination.header.labels).decode()
        self._groups = rejections.ProblemGroups(plan.import_id, RUN, plan.fields)
        self._began, self._opened, self._is_open = began, datetime.now(UTC), False

    @property
    def total(self) -> int:
        """How many rows the workbook has, as far as that is known."""
        return self._examination.total

    def enter(self, session: Session, batch: Examined, outcome: Outcome) -> int:
        """Counts what became of a batch and keeps its rejected rows; answers how many there are by now."""
        self._open(session)
        self._examination.refuse(batch, outcome.refused)
        rejected = _count(session, self._import_id, batch, outcome)
        if batch.problems:
            rejections.keep(session, self._import_id, batch, rejected - len(batch.rejected))
            self._groups.add(session, batch.problems)
        if self._parent_id is not None and self._phase != VALIDATING:
            numbers = corrections.numbers_in(session, self._parent_id, self._examination.header, batch)
            corrections.note_repaired(session, self._import_id, self._parent_id, numbers)
        return rejected

    def close(self, session: Session, processed: int) -> None:
        """Notes that the import is over."""
        self._open(session)
        phases.finish(session, self._import_id, datetime.now(UTC), processed)

    def note_poison(self, batch: Examined, failure: BaseException | None) -> None:
        """Rejects the only row of a batch, because of what the target said to it."""
        number, cause = batch.last_row, type(failure and failure.__cause__).__name__
        log.warning("row %d of import %d is poison: %s", number, self._import_id, cause)
        self._examination.refuse(batch, [Refusal(number, POISON)])

    def _open(self, session: Session) -> None:
        if not self._is_open:
            phases.begin_first(session, self._import_id, CHECKING, self._began)
            phases.begin(session, self._import_id, self._phase, self._opened)
            session.get_one(Import, self._import_id).header = self._labels
            self._is_open = True


def taken(session: Session, plan: Plan, rows: Sequence[NewRow]) -> Outcome:
    """What the target made of rows. Raises Unputtable if something in them makes it stumble."""
    try:
        return plan.target.put(session, rows, plan.existing, plan.import_id, datetime.now(UTC))
    except Exception as error:
        if is_poison(error):
            raise Unputtable from error
        raise


def _count(session: Session, import_id: int, batch: Examined, outcome: Outcome) -> int:
    """Adds what became of a batch to the record; answers how many rows are rejected by now."""
    became = {
        "inserted": outcome.inserted,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
        "skipped": outcome.skipped + batch.passed_over,
        "rejected": len(batch.rejected),
        "repeated": len(batch.repeats),
    }
    found = run_one(session, COUNT, {"this": import_id, **{f"more_{name}": more for name, more in became.items()}})
    return found["rejected"] if found else 0


COUNTERS = "inserted", "updated", "unchanged", "skipped", "rejected", "repeated"
IMPORTS = cast(Table, Import.__table__)
COUNT = (
    update(IMPORTS)
    .where(IMPORTS.c.id == bindparam("this"))
    .values({name: IMPORTS.c[name] + bindparam(f"more_{name}") for name in COUNTERS})
    .returning(IMPORTS.c.rejected)
)
