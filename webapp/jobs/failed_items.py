"""Items that failed while their job went on (REQUIREMENTS D6): all of them counted, the first thousand kept."""

from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from . import clock
from .models import FailedItem, Job

KEPT = 1_000
"""So many failed items of a job are kept with their reasons."""


class FailedItems:
    """The failed items of a job, as its attempt knows them. They are stored with the checkpoint that passes them."""

    def __init__(self, job: Job):
        self._job_id, self._attempt, self._stored = job.id, job.failures + 1, job.failed_items
        self._waiting: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return self._stored + len(self._waiting)

    def add(self, item: object, reason: str) -> None:
        """Notes that this item failed."""
        about = {"job_id": self._job_id, "attempt": self._attempt, "at": clock.now()}
        self._waiting.append(about | {"item": str(item)[:200], "reason": reason[:500]})

    def forget_beyond(self, count: int) -> None:
        """Forgets all but the first `count`: those that a batch noted which was rolled back."""
        del self._waiting[count - self._stored :]

    def store(self, session: Session) -> None:
        """Writes those that wait, as far as they are kept."""
        lines = self._waiting[: max(0, KEPT - self._stored)]
        if lines:
            session.execute(insert(FailedItem), lines)

    def are_stored(self) -> None:
        """What was written is committed."""
        self._stored = len(self)
        self._waiting.clear()


def failed_items_of(job_id: str) -> Select[FailedItem]:
    """The items of a job that failed, in order, as far as they are kept: a query to page. `Job.failed_items` says how
    many there are in all.
    """
    return select(FailedItem).where(FailedItem.job_id == job_id).order_by(FailedItem.id)
