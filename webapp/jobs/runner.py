"""Runs one attempt: claims the job, calls its handler, settles what came of it."""

import logging
from collections.abc import Mapping
from typing import Any

from . import clock, ledger
from .attempt import Attempt, Surroundings
from .errors import Cancelled, FencedOut, Interrupted, Paused, UnknownHandler
from .heartbeat import Heartbeat
from .models import Job
from .registry import Handler, find_handler
from .retries import policy_for
from .states import State

log = logging.getLogger("webapp.jobs")

UNEXPECTED = (
    "Something went wrong in Longshore itself. What was done before is kept. Tell your operator the job's number: {id}."
)


def run(job_id: str, worker: str, surroundings: Surroundings) -> bool:
    """Runs the job if it is to be had, to whatever end; answers whether it was."""
    with surroundings.writing() as session:
        job = ledger.claim(session, job_id, worker, at=clock.now(), lease=surroundings.lease)
    if job is None:
        log.info("job %s is in hand or done; this delivery changes nothing", job_id)
        return False
    surroundings.publish(job_id)
    with Heartbeat(job_id, job.token, surroundings.writing, surroundings.lease):
        _perform(job, surroundings)
    surroundings.publish(job_id)
    return True


def _perform(job: Job, surroundings: Surroundings) -> None:
    attempt = Attempt(job, surroundings)
    settle = _Settlement(job, attempt, surroundings)
    try:
        handler = find_handler(job.handler)
        settle.completed(handler.function(attempt, **job.arguments))
    except Cancelled:
        settle.cancelled()
    except Paused:
        settle.paused()
    except Interrupted:
        settle.interrupted("the worker is shutting down")
    except FencedOut:
        log.warning("job %s fenced out: attempt with token %d changes nothing more", job.id, job.token)
    except UnknownHandler as error:
        settle.failed(error, None)
    except Exception as error:
        surprise = None if hasattr(error, "sentence") else error
        log.info("job %s stopped by an error", job.id, exc_info=surprise)
        settle.failed(error, handler)


class _Settlement:
    """Writes the end of an attempt, once, under its token."""

    def __init__(self, job: Job, attempt: Attempt, surroundings: Surroundings):
        self._job, self._attempt, self._around = job, attempt, surroundings

    def completed(self, result: Any) -> None:
        """The handler came to its end with `result`; an `outcome` in it is its closing sentence."""
        outcome = result.get("outcome") if isinstance(result, Mapping) else None
        total = self._attempt.processed if self._attempt.total is not None else None
        self._move(
            State.COMPLETED, "completed", result=result, outcome=outcome, total=total, detail=outcome, ended=True
        )

    def cancelled(self) -> None:
        """It stopped because someone asked."""
        outcome = kept(self._attempt.processed, self._attempt.total, self._job.unit)
        self._move(State.CANCELLED, "cancelled", outcome=outcome, detail=outcome, ended=True)

    def paused(self) -> None:
        """It saved its place because someone asked."""
        self._move(State.PAUSED, "paused", ended=False)

    def interrupted(self, reason: str) -> None:
        """It goes back on its queue and costs no retry."""
        self._move(
            State.QUEUED, "interrupted", detail=reason, ended=False,
            interruptions=Job.interruptions + 1, run_at=clock.now(), delivered_at=None,
        )  # fmt: skip

    def failed(self, error: Exception, handler: Handler | None) -> None:
        """An error ended it: discarded, tried again, or failed."""
        failures = self._job.failures + 1
        message = getattr(error, "sentence", UNEXPECTED.format(id=self._job.id))
        facts = {"error_message": message, "failures": failures}
        said = f"{error.__class__.__name__}: {message}"
        policy = policy_for(error, handler.retry) if handler else None
        if handler and isinstance(error, handler.discard):
            self._move(State.DISCARDED, "discarded", detail=said, ended=True, **facts)
        elif policy and failures < policy.attempts:
            self._retried(policy.seconds(failures), said, facts)
        else:
            self._move(State.FAILED, "failed", detail=said, ended=True, **facts)

    def _retried(self, seconds: float, said: str, facts: dict[str, Any]) -> None:
        detail = f"{said} Trying again in {seconds:.0f} s."
        self._move(State.SCHEDULED, "retried", detail=detail, ended=False, run_at=clock.now() + seconds, **facts)

    def _move(self, target: State, event: str, *, ended: bool, **values: Any) -> None:
        at = clock.now()
        values |= {"lease_until": None, "worker": None, "token": Job.token + 1}
        values |= {"completed_at": at} if ended else {}
        with self._around.writing() as session:
            moved = ledger.move(session, self._job.id, target, at=at, event=event, fence=self._job.token, **values)
        if moved is None:
            self._yield_to_request()

    def _yield_to_request(self) -> None:
        """Someone asked to cancel or to pause in this very moment: that beats a retry, an interruption, a failure."""
        with self._around.writing() as session:
            until = clock.now() + self._around.lease
            state = ledger.extend(session, self._job.id, self._job.token, until)
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
