"""Where a running job stands, as its attempt knows it and writes it: every write fenced, behind each a safe point."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from . import clock, ledger
from .checkpoints import Checkpoint
from .errors import BatchInBatch, Cancelled, Interrupted, Paused, Stop
from .events import record
from .failed_items import FailedItems
from .models import Job
from .states import State
from .surroundings import Surroundings
from .triggers import Trigger

PUBLISH_EVERY = 0.5
"""Seconds between two pictures of progress (REQUIREMENTS A7: at most twice a second)."""
LOOK_EVERY, TELL_EVERY = 0.2, 1.0
"""Seconds between two looks of a job that waits: whether its worker is to stop, and whether it is itself."""


class Standing:
    """The checkpoint, the progress and the failed items of a running job: the one way in which its attempt writes.

    At a safe point, behind a write, the attempt ends with a Stop if someone asked for that, if its worker is to
    stop, or if a trigger says so.
    """

    def __init__(self, job: Job, surroundings: Surroundings):
        self.checkpoint = Checkpoint.read(job.cursor)
        self.processed, self.total, self.message = job.processed, job.total, job.message
        self.failed_items = FailedItems(job)
        self.has_moved = False
        self._job, self._around = job, surroundings
        self._stored = job.cursor
        self._trigger = Trigger.read(job.interrupt_when) if job.interrupt_when else None
        self._is_writing = False
        self._published_at = float("-inf")

    @contextmanager
    def saving(self, checkpoint: Checkpoint, **progress: Any) -> Iterator[Session]:
        """A transaction whose effects commit together with the checkpoint, the progress and the failed items, or not
        at all: also not if another attempt has taken the job (FencedOut). Behind it is a safe point.
        """
        stored, noted = checkpoint.stored, len(self.failed_items)
        try:
            with self._alone(), self._around.writing() as session:
                yield session
                self.failed_items.store(session)
                changes = self._changes(progress) | {"failed_items": len(self.failed_items)}
                stop = self._write(session, checkpoint, stored, changes)
        except BaseException:
            self.failed_items.forget_beyond(noted)
            raise
        self.failed_items.are_stored()
        self.checkpoint, self._stored, self.has_moved = checkpoint, stored, True
        self._arrive(changes, stop)

    @contextmanager
    def aside(self) -> Iterator[Session]:
        """A transaction for effects that leave the checkpoint where it is. They commit together with the failed items,
        or not at all if another attempt has taken the job (FencedOut). Behind it is no safe point.
        """
        noted = len(self.failed_items)
        try:
            with self._alone(), self._around.writing() as session:
                yield session
                self.failed_items.store(session)
                self._hold(session)
        except BaseException:
            self.failed_items.forget_beyond(noted)
            raise
        self.failed_items.are_stored()

    def report(self, **progress: Any) -> None:
        """Writes the progress, without a checkpoint. Behind it is a safe point."""
        changes = self._changes(progress)
        with self._alone(), self._around.writing() as session:
            stop = self._write(session, self.checkpoint, self._stored, changes)
        self._arrive(changes, stop)

    def wait(self, seconds: float) -> None:
        """Lets so much time pass, a safe point from beginning to end."""
        told_at, until = clock.monotonic(), clock.monotonic() + seconds
        while (left := until - clock.monotonic()) > 0:
            clock.sleep(min(left, LOOK_EVERY))
            if self._around.stopping() or clock.monotonic() - told_at >= TELL_EVERY:
                told_at = clock.monotonic()
                self.report()

    def stop_if_asked(self) -> None:
        """Ends the attempt here if its worker is to stop."""
        if self._around.stopping():
            raise Interrupted

    def begin(self) -> None:
        """Notes that the hooks for the job's beginning have run. Raises FencedOut."""
        with self._alone(), self._around.writing() as session:
            ledger.begin(session, self._job.id, self._job.token)

    @property
    def has_trigger(self) -> bool:
        """Whether there is a place at which the job is to be interrupted."""
        return self._trigger is not None

    def ends_at(self, checkpoint: Checkpoint, processed: int) -> bool:
        """Whether a trigger wants the job to stop exactly there, so that a batch has to end there."""
        return self._reason(checkpoint, processed) is not None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A transaction inside another would wait for the other's end, and the other for it."""
        if self._is_writing:
            raise BatchInBatch
        self._is_writing = True
        try:
            yield
        finally:
            self._is_writing = False

    def _changes(self, progress: dict[str, Any]) -> dict[str, Any]:
        said = {name: value for name, value in progress.items() if value is not None}
        if said.get("message") == self.message:
            said.pop("message", None)
        return said

    def _write(
        self, session: Session, checkpoint: Checkpoint, stored: str | None, changes: dict[str, Any]
    ) -> Stop | None:
        job, at = self._job, clock.now()
        if "message" in changes:
            record(session, job.id, "progressed", attempt=job.failures + 1, at=at, detail=changes["message"])
        state, when = ledger.checkpoint(
            session, job.id, job.token, old=self._stored, new=stored, at=at, lease=self._around.lease, **changes
        )
        self._trigger = Trigger.read(when) if when else None
        reason = self._reason(checkpoint, changes.get("processed", self.processed))
        if reason is not None:
            ledger.set_trigger(session, job.id, None)
        if state is State.CANCELLING:
            return Cancelled()
        if state is State.PAUSING:
            return Paused()
        return None if reason is None else Interrupted(reason)

    def _hold(self, session: Session) -> None:
        """Extends the lease and counts the failed items, at the same place. Raises FencedOut."""
        job, at, stored = self._job, clock.now(), self._stored
        counts = {"failed_items": len(self.failed_items)}
        ledger.checkpoint(session, job.id, job.token, old=stored, new=stored, at=at, lease=self._around.lease, **counts)

    def _reason(self, checkpoint: Checkpoint, processed: int) -> str | None:
        if self._trigger is None:
            return None
        return self._trigger.reason(checkpoint, processed, clock.now() - (self._job.resumed_at or 0))

    def _arrive(self, changes: dict[str, Any], stop: Stop | None) -> None:
        """The safe point: what was written is committed."""
        vars(self).update({name: changes[name] for name in ("processed", "total", "message") if name in changes})
        if clock.monotonic() - self._published_at >= PUBLISH_EVERY:
            self._published_at = clock.monotonic()
            self._around.publish(self._job.id)
        if stop is not None:
            raise stop
        self.stop_if_asked()
