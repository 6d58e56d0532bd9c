"""One try at a job, as its handler sees it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.orm import Session

from .checkpoints import Checkpoint
from .errors import CursorMissing, StylesMixed
from .iteration import Place
from .models import Job
from .standing import Standing
from .steps import Steps, Work
from .surroundings import Surroundings


class Attempt(Place):
    """The running attempt: handed to the handler, which does its work through it and can be stopped there.

    A handler without steps uses `batch` and `iterate` of the attempt itself; one with steps those of its steps.
    """

    def __init__(self, job: Job, surroundings: Surroundings):
        super().__init__(Standing(job, surroundings))
        self.id = job.id
        self.token = job.token
        self.number = job.failures + 1
        self.owner_id = job.owner_id
        self.kind, self.subject_id = job.kind, job.subject_id
        self.has_begun = job.begun
        self._steps = Steps(self._standing)

    @property
    def cursor(self) -> Any:
        """The cursor of the job's last checkpoint, None at the start; in a job with steps, that inside the step."""
        return self._standing.checkpoint.cursor

    @property
    def processed(self) -> int:
        """How many items of the job are done."""
        return self._standing.processed

    @property
    def total(self) -> int | None:
        """How many items the job has, if that is known."""
        return self._standing.total

    def step(self, name: str, *, isolated: bool = False) -> Callable[[Work], None]:
        """Does the decorated function, at once, as the step `name`: once in all attempts, for its end is saved.

        It is called with the Step. The steps of a job, their names and their order, are the same in every attempt
        (else StepsChanged). An `isolated` one has an attempt of its own.
        """
        return lambda work: self._steps.take(name, isolated, work)

    def aside(self) -> AbstractContextManager[Session]:
        """A transaction for effects between two batches, such as what came of a message that was just sent: they
        commit while the job is this attempt's, or not at all (FencedOut); the cursor stays where it is. A job does not
        stop behind it: what has been noted there can be acted on first. `report` is the safe point that follows.
        """
        return self._standing.aside()

    def report(self, message: str | None = None, *, processed: int | None = None, total: int | None = None) -> None:
        """Tells where the work is, without a checkpoint. Behind it is a safe point, as behind a batch."""
        self._standing.report(message=message, processed=processed, total=total)

    def wait(self, seconds: float) -> None:
        """Lets so much time pass; the job stops at once when it is asked to."""
        self._standing.wait(seconds)

    def stop_if_asked(self) -> None:
        """A place to stop when the worker is to, for work that waits for something else; it writes nothing."""
        self._standing.stop_if_asked()

    def record_failure(self, item: object, reason: object) -> None:
        """Notes that an item failed, and why, in words for people; the job goes on.

        It is stored with the next checkpoint: that of the batch that is open, or of the iteration's going on.
        """
        self._standing.failed_items.add(item, str(reason))

    @property
    def failed_items(self) -> int:
        """How many items of the job have failed."""
        return len(self._standing.failed_items)

    def store_failed_items(self, session: Session) -> None:
        """Writes the failed items that no checkpoint has stored yet, together with the end of the job."""
        self._standing.failed_items.store(session)

    def begin(self) -> None:
        """Notes that the hooks for the job's beginning have run."""
        self._standing.begin()
        self.has_begun = True

    def finish(self) -> None:
        """The handler came to its end. Raises StepsChanged if it left out a step that was done or under way."""
        self._steps.finish()

    def _checkpoint_at(self, cursor: Any) -> Checkpoint:
        if self._steps.in_hand or self._standing.checkpoint.has_steps:
            raise StylesMixed
        return Checkpoint(cursor)

    def _checkpoint_without_cursor(self) -> Checkpoint:
        raise CursorMissing
