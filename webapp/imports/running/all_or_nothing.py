"""The mode that takes all rows or none: one pass that examines every row, then one transaction that writes them all.

The cursor says which of the two it is in. While the one transaction lasts, others read what was there before, and
whoever wants to write waits (docs/decisions/0020).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.datasets.changes import ABSENT, EXISTS, REFUSED, NewRow, Outcome, Refusal

from ..after import corrections
from ..errors import DataChanged, NothingImported, TooManyRowsAtOnce
from ..models import RUN, Import, ProblemGroup, RejectedCell, RejectedRow
from . import phases
from .batches import Examined
from .examining import Examination, examined
from .phases import VALIDATING, WRITING
from .plans import Plan
from .valid_rows import Batches, Book, Cursor, Unputtable, Waiting, taken

MOST_ROWS = 100_000
"""Rows that one transaction takes: more would keep others from writing for too long."""
AHEAD = 64_000_000
"""Characters of rows that are made ready before the transaction begins; those beyond are while it lasts."""
BEGINNING: Cursor = {"row": 0, "phase": VALIDATING}
NO = {EXISTS, ABSENT, REFUSED}


class Poisoned(Exception):
    """The row of this number cannot be put."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__()


@dataclass
class Total:
    """What became of all rows together."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    def add(self, outcome: Outcome) -> None:
        """Adds what became of some of them."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(outcome, name))


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
        self._repaired: list[int] = []
        """Rows of the import that this one corrects, which are taken in if all are."""

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
        try:
            with examined(self._plan, 0, self._waiting) as examination:
                self._repaired = []
                portions = self._portions(examination)
                ahead = list(_up_to(AHEAD, portions))
                with self._batches(self.cursor | {"read": True}, self.processed, self.processed) as session:
                    self._put_all(session, chain(ahead, portions))
        except Poisoned as poisoned:
            self._reject(poisoned.row, poisoned.__cause__)
            self._stop_if_rejected()
        except DataChanged:
            self._begin_again()
            raise

    def _refuse_too_many(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise TooManyRowsAtOnce(limit=MOST_ROWS)

    def _objections(self, batch: Examined) -> list[Refusal]:
        """What the target says to the rows as things are now."""
        with self._plan.reading() as session:
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

    def _portions(self, examination: Examination) -> Iterator[Sequence[NewRow]]:
        """All rows, which are good as things were when they were checked."""
        for batch in examination:
            self._waiting()
            if batch.problems:
                raise DataChanged
            self._note_repaired(examination, batch)
            yield batch.rows

    def _note_repaired(self, examination: Examination, batch: Examined) -> None:
        if self._plan.parent_id is not None:
            with self._plan.reading() as session:
                parent_id, header = self._plan.parent_id, examination.header
                self._repaired += corrections.numbers_in(session, parent_id, header, batch)

    def _put_all(self, session: Session, portions: Iterable[Sequence[NewRow]]) -> None:
        total, import_id = Total(), self._plan.import_id
        for rows in portions:
            self._waiting()
            self._put(session, rows, total)
        values = {name: getattr(Import, name) + count for name, count in vars(total).items()}
        session.execute(update(Import).where(Import.id == import_id).values(values))
        if self._plan.parent_id is not None:
            corrections.note_repaired(session, import_id, self._plan.parent_id, self._repaired)
        phases.finish(session, import_id, datetime.now(UTC), self.processed)

    def _put(self, session: Session, rows: Sequence[NewRow], total: Total) -> None:
        """Puts some rows. Raises DataChanged if what is there no longer allows that, Poisoned if one row does not."""
        try:
            with session.begin_nested():
                outcome = taken(session, self._plan, rows)
        except Unputtable as failure:
            if len(rows) == 1:
                raise Poisoned(rows[0].number) from failure
            middle = len(rows) // 2
            self._put(session, rows[:middle], total)
            self._put(session, rows[middle:], total)
            return
        if outcome.refused:
            raise DataChanged
        total.add(outcome)

    def _reject(self, row: int, failure: BaseException | None) -> None:
        """The row that cannot be put is rejected, and so nothing is imported."""
        with examined(self._plan, row - 1, self._waiting) as examination:
            book = Book(self._plan, examination, WRITING, datetime.now(UTC))
            batch = next(iter(examination)).first()
            book.note_poison(batch, failure)
            with self._saving(self.cursor["row"], WRITING, self.processed) as session:
                book.enter(session, batch, Outcome())

    def _begin_again(self) -> None:
        """Takes the import back to its beginning: what was found about its rows is no longer so."""
        self.processed = 0
        with self._saving(0, VALIDATING, 0) as session:
            for kind in (RejectedRow, RejectedCell, ProblemGroup):
                session.execute(delete(kind).where(kind.import_id == self._plan.import_id, *_of_run(kind)))
            counts = {"skipped": 0, "rejected": 0, "repeated": 0, "phases": "[]"}
            session.execute(update(Import).where(Import.id == self._plan.import_id).values(counts))


def _of_run(kind: Any) -> list[Any]:
    return [kind.phase == RUN] if kind is ProblemGroup else []


def _up_to(characters: int, portions: Iterator[Sequence[NewRow]]) -> Iterator[Sequence[NewRow]]:
    """Portions, until they hold so many characters."""
    for rows in portions:
        yield rows
        characters -= sum(len(row.data) for row in rows)
        if characters < 0:
            return
