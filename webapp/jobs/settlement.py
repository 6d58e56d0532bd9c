"""The end of an attempt, written once, under its token."""

import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from . import clock, ledger, limits
from .attempt import Attempt
from .commits import after_commit
from .models import Job
from .outages import outlasting
from .registry import Handler
from .retries import decide
from .states import State
from .surroundings import Surroundings

log = logging.getLogger("webapp.jobs")

UNEXPECTED = (
    "Something went wrong in Longshore itself. What was done before is kept. Tell your operator the job's number: {id}."
)
POSTPONED = 10.0
"""Seconds after which a job goes on that an outage of the ledger stopped: a full disk lets small writes pass."""
PARKED = 30.0
"""Seconds after which it is tried again whether a worker knows the handler of a job."""


Take = Callable[[Session], Job | None]
"""Takes a worker's next job, in the transaction that ends the one before."""


def nobody(_session: Session) -> None:
    """Takes none."""


class Settlement:
    """What an attempt came to. Whatever is asked for in the same moment, a cancellation or a pause, comes first."""

    def __init__(self, job: Job, handler: Handler | None, attempt: Attempt, around: Surroundings, take: Take = nobody):
        self._job, self._handler, self._attempt, self._around = job, handler, attempt, around
        self._take = take
        self._taken: Job | None = None

    def completed(self, result: Any) -> Job | None:
        """The handler came to its end with `result`; an `outcome` in it is its closing sentence.

        Answers the job that the worker has taken in the same transaction, to go on with.
        """
        attempt = self._attempt
        outcome = result.get("outcome") if isinstance(result, Mapping) else None
        outcome = outcome or but_for(attempt.failed_items, attempt.processed, self._job.unit)
        total = attempt.processed if attempt.total is not None else None
        facts: dict[str, Any] = {"result": result, "outcome": outcome, "total": total, "error_message": None}
        self._end(State.COMPLETED, "completed", detail=outcome, failed_items=attempt.failed_items, **facts)
        return self._taken

    def cancelled(self) -> None:
        """It stopped because someone asked."""
        outcome = kept(self._attempt.processed, self._attempt.total, self._job.unit)
        self._end(State.CANCELLED, "cancelled", detail=outcome, outcome=outcome)

    def paused(self) -> None:
        """It saved its place because someone asked."""
        self._move(State.PAUSED, "paused")

    def interrupted(self, reason: str) -> None:
        """It goes back on its queue and costs no retry."""
        at = clock.now()
        back: dict[str, Any] = {**ledger.INTERRUPTED, "run_at": at, "delivered_at": at}
        self._move(State.QUEUED, "interrupted", detail=reason, **back)

    def parked(self, reason: str) -> None:
        """No code here knows its handler: it waits for a worker whose code does."""
        self._move(State.SCHEDULED, "parked", detail=reason, run_at=clock.now() + PARKED)

    def postponed(self, reason: str) -> None:
        """The ledger did not answer: that is no fault of the job's, and costs no retry. It goes on a little later."""
        detail, run_at = f"the database did not answer: {reason}", clock.now() + POSTPONED
        self._move(State.SCHEDULED, "interrupted", detail=detail, run_at=run_at, **ledger.INTERRUPTED)

    def failed(self, error: Exception) -> None:
        """An error ended it: discarded, tried again, or failed."""
        message = getattr(error, "sentence", UNEXPECTED.format(id=self._job.id))
        said = f"{error.__class__.__name__}: {message}"
        decision = decide(error, self._handler, self._job.failures_by)
        counts = {"failures": self._job.failures + 1, "failures_by": decision.failures_by, "error_message": message}
        if decision.wait is not None:
            detail = f"{said} Trying again in {decision.wait:.0f} s."
            self._move(
                State.SCHEDULED, "retried", detail=detail, error=error, run_at=clock.now() + decision.wait, **counts
            )
            return
        target = State.DISCARDED if decision.discard else State.FAILED
        if self._end(target, target.value, detail=said, error=error, **counts):
            self.given_up(error)

    def given_up(self, error: Exception) -> None:
        """Calls the handler's hooks for a job that is not tried again: all of them, even if one raises."""
        for hook in self._handler.after_discard if self._handler else ():
            try:
                hook(self._attempt, error)
            except Exception:
                log.exception("job %s: a hook for its discard failed", self._job.id)

    def _end(self, target: State, event: str, **facts: Any) -> bool:
        return self._move(target, event, completed_at=clock.now(), **facts)

    def _move(self, target: State, event: str, *, error: Exception | None = None, **facts: Any) -> bool:
        moved, taken = outlasting(self._around, lambda: self._written(target, event, error, facts))
        if moved is None:
            outlasting(self._around, self._yield_to_request)
            return False
        self._taken = taken
        if taken is None:
            self._around.announce(moved)
        else:
            self._around.publish_soon(moved, taken)
        return True

    def _written(
        self, target: State, event: str, error: Exception | None, facts: dict[str, Any]
    ) -> tuple[Job | None, Job | None]:
        """What the job is now, None if it was not this attempt's any more; and the one that is taken along."""
        at, taken = clock.now(), None
        with self._around.writing() as session:
            moved = ledger.move(
                session, self._job.id, target, at=at, event=event, fence=self._job.token, **ledger.FREED, **facts
            )
            if moved is not None:
                ledger.end_attempt(session, self._job, at, event, error, _trace(error))
                self._free_slot(session)
                if target is State.COMPLETED:
                    self._attempt.store_failed_items(session)
                    taken = self._take(session)
        return moved, taken

    def _free_slot(self, session: Session) -> None:
        if self._job.limit_key and self._handler and self._handler.limit:
            for job in limits.unblock(session, self._job.limit_key, self._handler.limit):
                after_commit(session, lambda job=job: self._around.announce(job))  # type: ignore[misc]

    def _yield_to_request(self) -> None:
        """Someone asked to cancel or to pause in this very moment: that beats a retry, an interruption, a failure."""
        with self._around.writing() as session:
            state = ledger.extend(session, self._job.id, self._job.token, clock.now() + self._around.lease)
        if state is State.CANCELLING:
            self.cancelled()
        elif state is State.PAUSING:
            self.paused()


def kept(processed: int, total: int | None, unit: str) -> str:
    """What a cancelled job leaves behind, in words."""
    if not processed:
        return "Cancelled before anything was done."
    of = f" of {total:,}" if total else ""
    return f"Cancelled after {processed:,}{of} {unit}. What was done until then is kept."


def but_for(failed: int, processed: int, unit: str) -> str | None:
    """The closing sentence of a job that went on when items failed; None if none did."""
    return f"{failed:,} of {processed:,} {unit} failed; the others are done." if failed else None


def _trace(error: Exception | None) -> str | None:
    """For operators: where the error came from. Never shown to the person whose job it is."""
    return None if error is None else "".join(traceback.format_exception(error))[-8_000:]
