"""The mode that takes all rows or none: one pass that examines every row, then one transaction that writes them all.

The cursor says which of the two it is in. While the one transaction lasts, others read what was there before, and
whoever wants to write waits (docs/decisions/0024).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.datasets.changes import ABSENT, EXISTS, REFUSED, Outcome, Refusal
from webapp.db import reading

from . import phases
from .batches import Examined
from .errors import DataChanged, NothingImported, TooManyRowsAtOnce
from .examining import Examination, examined
from .models import RUN, Import, ProblemGroup, RejectedCell, RejectedRow
from .phases import VALIDATING, WRITING
from .plans import Plan
from .running import Batches, Book, Cursor, Unputtable, Waiting, taken

MOST_ROWS = 200_000
"""Rows that one transaction takes: more would keep others from writing for too long."""
BEGINNING: Cursor = {"row": 0, "phase": VALIDATING}
NO = {EXISTS, ABSENT, REFUSED}


class Poisoned(Exception):
    """One row cannot be put: `batch` is that row alone."""

    def __init__(self, batch: Examined, failure: Unputtable) -> None:
        self.batch, self.failure = batch, failure
        super().__init__()


@dataclass
class Total:
    """What became of all rows together."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    def add(self, batch: Examined, outcome: Outcome) -> None:
        """Adds a batch."""
        self.inserted += outcome.inserted
        self.updated += outcome.updated
        self.unchanged += outcome.unchanged
        self.skipped += outcome.skipped + batch.passed_over


def import_all_or_nothing(plan: Plan, batches: Batches, start: Cursor | None, processed: int, waiting: Waiting) -> int:
    """Imports all rows or none, from where the cursor `start` is; answers how many rows were read.

    Raises WorkbookRefused, TooManyRowsAtOnce, NothingImported, or DataChanged, after which it can be tried again.
    """
    whole = _Whole(plan, batches, waiting, start, processed)
    if whole.cursor.get("phase") != WRITING:
        whole.validate()
    whole.write()
    return whole.processed


class _Whole:
    """An import of all rows or none, under way."""

    def __init__(self, plan: Plan, batches: Batches, waiting: Waiting, start: Cursor | None, processed: int) -> None:
        self._plan, self._batches, self._waiting = plan, batches, waiting
        self.cursor = start or BEGINNING
        self.processed = processed

    def validate(self) -> None:
        """Examines every row behind the cursor; what is wrong is kept, and nothing goes into the target."""
        began = datetime.now(UTC)
        with examined(self._plan, self.cursor["row"], self._waiting, keep=True) as examination:
            book = Book(self._plan, examination, VALIDATING, began)
            self._refuse_too_many(examination.total)
            for batch in examination:
                self._refuse_too_many(self.processed + len(batch))
                examination.refuse(batch, self._objections(batch))
                if self._enter(book, batch) > self._plan.most_rejected:
                    break
        with self._saving(self.cursor["row"], WRITING, self.processed) as session:
            phases.begin(session, self._plan.import_id, WRITING, datetime.now(UTC), self.processed)

    def write(self) -> None:
        """Puts all rows into the target in one transaction, unless any was rejected."""
        self._stop_if_rejected()
        began = datetime.now(UTC)
        with examined(self._plan, 0, self._waiting) as examination:
            try:
                with self._batches(self.cursor | {"read": True}, self.processed, self.processed) as session:
                    self._put_all(session, examination)
            except Poisoned as poisoned:
                self._reject(poisoned, Book(self._plan, examination, WRITING, began))
            except DataChanged:
                self._begin_again()
                raise

    def _refuse_too_many(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise TooManyRowsAtOnce(limit=MOST_ROWS)

    def _objections(self, batch: Examined) -> list[Refusal]:
        """What the target says to the rows as things are now."""
        with reading() as session:
            fates = self._plan.target.compare(session, batch.rows, self._plan.existing)
        pairs = zip(batch.rows, fates, strict=True)
        return [fate.refusal or Refusal(row.number, fate.becomes) for row, fate in pairs if fate.becomes in NO]

    def _enter(self, book: Book, batch: Examined) -> int:
        self.processed += len(batch)
        with self._saving(batch.last_row, VALIDATING, max(book.total, self.processed)) as session:
            return book.enter(session, batch, Outcome())

    @contextmanager
    def _saving(self, row: int, phase: str, total: int) -> Iterator[Session]:
        cursor = {"row": row, "phase": phase}
        with self._batches(cursor, self.processed, total) as session:
            yield session
        self.cursor = cursor

    def _stop_if_rejected(self) -> None:
        import_id = self._plan.import_id
        with self._batches(self.cursor, self.processed, self.processed) as session:
            rejected = session.scalar(select(Import.rejected).where(Import.id == import_id))
            if rejected:
                phases.finish(session, import_id, datetime.now(UTC), self.processed)
        if rejected:
            raise NothingImported(rejected=rejected, read=self.processed)

    def _put_all(self, session: Session, examination: Examination) -> None:
        total, import_id = Total(), self._plan.import_id
        for batch in examination:
            self._waiting()
            if batch.problems:
                raise DataChanged
            self._put(session, batch, total)
        values = {name: getattr(Import, name) + count for name, count in vars(total).items()}
        session.execute(update(Import).where(Import.id == import_id).values(values))
        phases.finish(session, import_id, datetime.now(UTC), self.processed)

    def _put(self, session: Session, batch: Examined, total: Total) -> None:
        """Puts a batch. Raises DataChanged if what is there no longer allows that, Poisoned if one row does not."""
        try:
            with session.begin_nested():
                outcome = taken(session, self._plan, batch)
        except Unputtable as failure:
            if len(batch) == 1:
                raise Poisoned(batch, failure) from failure
            for half in batch.halves():
                self._put(session, half, total)
            return
        if outcome.refused:
            raise DataChanged
        total.add(batch, outcome)

    def _reject(self, poisoned: Poisoned, book: Book) -> None:
        """The row that cannot be put is rejected, and so nothing is imported."""
        book.note_poison(poisoned.batch, poisoned.failure)
        poisoned.batch.repeats = {}  # they are counted already
        with self._saving(self.cursor["row"], WRITING, self.processed) as session:
            book.enter(session, poisoned.batch, Outcome())
        self._stop_if_rejected()

    def _begin_again(self) -> None:
        """Takes the import back to its beginning: what was found about its rows is no longer so."""
        self.processed = 0
        with self._saving(0, VALIDATING, 0) as session:
            for kind in (RejectedRow, RejectedCell, ProblemGroup):
                session.execute(delete(kind).where(kind.import_id == self._plan.import_id, *_of_run(kind)))
            counts = {"rejected": 0, "repeated": 0, "phases": "[]"}
            session.execute(update(Import).where(Import.id == self._plan.import_id).values(counts))


def _of_run(kind: Any) -> list[Any]:
    return [kind.phase == RUN] if kind is ProblemGroup else []
