"""Pruning: what has been over for long is removed, a few rows at a time, so that no one else has to wait.

The keys of forms and the times of schedules outlive the jobs that they made: they guard against making them twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, Table, delete, select, tuple_
from sqlalchemy.orm import Session

from . import clock, locks
from .models import Job, JobKey, JobOccurrence, Ledger
from .surroundings import Transaction

DAY = 86_400.0
KEEP_KEYS, KEEP_OCCURRENCES = 7 * DAY, 90 * DAY
BATCH = 200
"""The most jobs, keys or occurrences that one transaction removes."""
EVERY = 3600.0
BREATH = 0.05
"""Seconds between two transactions, in which others write."""


@dataclass(frozen=True)
class Pruned:
    """How many rows of each kind were removed."""

    jobs: int = 0
    keys: int = 0
    occurrences: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(self.jobs + other.jobs, self.keys + other.keys, self.occurrences + other.occurrences)

    @property
    def is_full(self) -> bool:
        """Whether a batch of this size may have left some behind."""
        return BATCH in (self.jobs, self.keys, self.occurrences)


class Pruner:
    """Prunes once an hour: a batch in each round, until nothing is left."""

    def __init__(self, reading: Transaction, writing: Transaction, keep_jobs: float):
        self._reading, self._writing, self._keep_jobs = reading, writing, keep_jobs
        self._last_at = float("-inf")

    def round(self) -> None:
        """One round, most of which do nothing."""
        if abs(clock.now() - self._last_at) >= EVERY and not self.batch().is_full:
            self._last_at = clock.now()

    def all(self) -> Pruned:
        """Removes all that is over for long enough, with a breath after each batch."""
        total = batch = self.batch()
        while batch.is_full:
            clock.sleep(BREATH)
            batch = self.batch()
            total += batch
        return total

    def batch(self) -> Pruned:
        """Removes the oldest rows of each kind, at most `BATCH` of each, each kind in a transaction of its own."""
        at = clock.now()
        return Pruned(
            self._remove(_jobs_before(at - self._keep_jobs), _remove_jobs),
            self._remove(_before(JobKey, JobKey.created_at, at - KEEP_KEYS), _remover(JobKey)),
            self._remove(_before(JobOccurrence, JobOccurrence.due_at, at - KEEP_OCCURRENCES), _remover(JobOccurrence)),
        )

    def _remove(self, choose: Select[Any], remove: Callable[[Session, list[Any]], None]) -> int:
        """Looks first, outside a write transaction: most of the time there is nothing to remove."""
        with self._reading() as session:
            if not session.execute(choose.limit(1)).first():
                return 0
        with self._writing() as session:
            rows = [tuple(row) for row in session.execute(choose.with_for_update(**locks.FREE_ROWS))]
            remove(session, rows)
        return len(rows)


def _jobs_before(before: float) -> Select[Any]:
    """Those that ended before then: only jobs that have ended have a `completed_at`. To ask for the states too would
    lead to all that ever ended.
    """
    return _before(Job, Job.completed_at, before)


def _before(model: type[Ledger], moment: Any, before: float) -> Select[Any]:
    return select(*_keys(_table(model))).where(moment < before).order_by(moment).limit(BATCH)


def _remove_jobs(session: Session, rows: list[Any]) -> None:
    """Removes these jobs, with all that hangs on them."""
    ids = [job_id for (job_id,) in rows]
    for table in reversed(Ledger.metadata.sorted_tables):
        for key in table.foreign_keys:
            if key.column is _table(Job).c.id:
                session.execute(delete(table).where(key.parent.in_(ids)))
    session.execute(delete(_table(Job)).where(Job.id.in_(ids)))


def _remover(model: type[Ledger]) -> Callable[[Session, list[Any]], None]:
    table = _table(model)

    def remove(session: Session, rows: list[Any]) -> None:
        session.execute(delete(table).where(tuple_(*_keys(table)).in_(rows)))

    return remove


def _keys(table: Table) -> list[Any]:
    return list(table.primary_key.columns)


def _table(model: type[Ledger]) -> Table:
    return cast(Table, model.__table__)
