"""One try at a job, as its handler sees it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from . import clock, ledger
from .errors import Cancelled, Interrupted, Paused
from .events import record
from .models import Job
from .states import State
from .status import decoded

PUBLISH_EVERY = 0.5
"""Seconds between two pictures of progress (REQUIREMENTS A7: at most twice a second)."""

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Surroundings:
    """What an attempt needs of the kernel: transactions, the length of a lease, who is told, when to stop."""

    writing: Transaction
    lease: float
    publish: Callable[[str], None]
    stopping: Callable[[], bool]


class Attempt:
    """The running attempt: handed to the handler, which does its work in batches and reports through it."""

    def __init__(self, job: Job, surroundings: Surroundings):
        self.id = job.id
        self.token = job.token
        self.number = job.failures + 1
        self.owner_id = job.owner_id
        self.kind, self.subject_id = job.kind, job.subject_id
        self.processed = job.processed
        self.total = job.total
        self._cursor = job.cursor
        self._message = job.message
        self._around = surroundings
        self._published_at = 0.0

    @property
    def cursor(self) -> Any:
        """Where the job stands: the JSON value of its last checkpoint, None at the start."""
        return decoded(self._cursor)

    @contextmanager
    def batch(
        self, cursor: Any, *, processed: int | None = None, total: int | None = None, message: str | None = None
    ) -> Iterator[Session]:
        """A transaction for the effects of one batch. At its end they and the new `cursor` commit together, or,
        when another attempt has taken the job, not at all (FencedOut).

        After the commit is the place where a job stops when asked: Cancelled, Paused or Interrupted is raised
        there. `processed` and `total` are counts since the beginning of the job.
        """
        encoded = json.dumps(cursor, sort_keys=True)
        with self._around.writing() as session:
            yield session
            state = self._checkpoint(session, encoded, processed, total, message)
        self._cursor = encoded
        self._publish()
        self._stop_if_asked(state)

    def report(self, message: str | None = None, *, processed: int | None = None, total: int | None = None) -> None:
        """Tells where the work is, without a checkpoint. A place to stop when asked, like a batch's end."""
        with self._around.writing() as session:
            state = self._checkpoint(session, self._cursor, processed, total, message)
        self._publish()
        self._stop_if_asked(state)

    def _checkpoint(
        self, session: Session, new: str | None, processed: int | None, total: int | None, message: str | None
    ) -> State:
        at, progress = clock.now(), self._changes(processed, total, message)
        if "message" in progress:
            record(session, self.id, "progressed", attempt=self.number, at=at, detail=message)
        return ledger.checkpoint(
            session, self.id, self.token, old=self._cursor, new=new, at=at, lease=self._around.lease, **progress
        )

    def _changes(self, processed: int | None, total: int | None, message: str | None) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if processed is not None:
            changes["processed"] = self.processed = processed
        if total is not None:
            changes["total"] = self.total = total
        if message is not None and message != self._message:
            changes["message"] = self._message = message
        return changes

    def _publish(self) -> None:
        if clock.now() - self._published_at >= PUBLISH_EVERY:
            self._published_at = clock.now()
            self._around.publish(self.id)

    def _stop_if_asked(self, state: State) -> None:
        if state is State.CANCELLING:
            raise Cancelled
        if state is State.PAUSING:
            raise Paused
        if self._around.stopping():
            raise Interrupted
