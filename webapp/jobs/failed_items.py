"""Items that failed while their job went on (REQUIREMENTS D6): all of them counted, the first thousand kept."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from . import clock
from .models import FailedItem

KEPT = 1_000
"""So many failed items of a job are kept with their reasons."""


class FailedItems:
    """The failed items of a job, as its attempt knows them. They are stored with the checkpoint that passes them."""

    def __init__(self, job_id: str, stored: int):
        self._job_id, self._stored = job_id, stored
        self._waiting: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return self._stored + len(self._waiting)

    def add(self, item: object, reason: str) -> None:
        """Notes that this item failed."""
        line = {"job_id": self._job_id, "at": clock.now(), "item": str(item)[:200], "reason": reason[:500]}
        self._waiting.append(line)

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


def failed_items_of(session: Session, job_id: str, limit: int = 100) -> list[FailedItem]:
    """The first `limit` items of a job that failed, in order; `Job.failed_items` says how many there are in all."""
    query = select(FailedItem).where(FailedItem.job_id == job_id).order_by(FailedItem.id)
    return list(session.scalars(query.limit(limit)))
