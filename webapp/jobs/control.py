"""What people may ask of a job: cancel, pause, resume, interrupt, try again, give up; each in a write transaction.

`by` is who asks, as the history is to name them; None for the system.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import clock, ledger, queries
from .errors import AlreadyFinished, JobNotFound, NotPossible, TooManyActiveJobs
from .events import record
from .locks import lock
from .models import Job
from .registry import find_handler
from .settlement import kept
from .states import ACTIVE, FINISHED, IN_HAND, WORDS, State, ways_to
from .triggers import Trigger


def cancel(session: Session, job_id: str, *, by: str | None = None) -> Job:
    """Cancels a waiting job at once, asks a running one to stop at its next batch; asking twice is harmless.

    Raises JobNotFound, or AlreadyFinished for a job that has ended.
    """
    job = _get(session, job_id)
    _refuse_ended(job, "cancel")
    if job.state == State.CANCELLING:
        return job
    if job.state in IN_HAND:
        return _moved(session, job, State.CANCELLING, "cancelling", by=by)
    outcome = kept(job.processed, job.total, job.unit)
    ended: dict[str, Any] = {"outcome": outcome, "completed_at": clock.now()}
    return _moved(session, job, State.CANCELLED, "cancelled", by=by, detail=outcome, **ended)


def pause(session: Session, job_id: str, *, by: str | None = None) -> Job:
    """Pauses a waiting job at once, asks a running one to save its place at its next batch.

    Raises JobNotFound, AlreadyFinished, or NotPossible for one that is being cancelled.
    """
    job = _get(session, job_id)
    _refuse_ended(job, "pause")
    if job.state in {State.PAUSING, State.PAUSED}:
        return job
    if job.state == State.RUNNING:
        return _moved(session, job, State.PAUSING, "pausing", by=by)
    return _moved(session, job, State.PAUSED, "paused", by=by, participle="paused")


def resume(session: Session, job_id: str, active_limit: int, *, by: str | None = None) -> Job:
    """Puts a paused job back on its queue; one that has not paused yet just goes on.

    Raises JobNotFound, NotPossible, or TooManyActiveJobs.
    """
    job = _get(session, job_id)
    if job.state == State.PAUSING:
        return _moved(session, job, State.RUNNING, "resumed", by=by)
    if job.state != State.PAUSED:
        raise NotPossible(words=WORDS[State(job.state)], participle="resumed")
    _refuse_eleventh(session, job, active_limit)
    return _requeued(session, job, "resuming", by=by)


def interrupt(session: Session, job_id: str, when: dict[str, Any], *, by: str | None = None) -> Job:
    """Sets where a job is to be interrupted once, counted from here on if it is under way (see Trigger); with
    nothing said, at its next safe point. It goes on by itself.

    Raises JobNotFound, AlreadyFinished, or UnknownTrigger.
    """
    job = _get(session, job_id)
    _refuse_ended(job, "interrupt")
    running_for = clock.now() - job.resumed_at if job.state in IN_HAND and job.resumed_at else 0.0
    trigger = Trigger.read(when or {"after_seconds": 0})
    changed = ledger.set_trigger(session, job_id, trigger.counted_from(job.processed, running_for).stored)
    assert changed is not None, "the transaction is the only one that writes"
    attempt = job.failures + 1
    record(session, job_id, "interrupting", attempt=attempt, at=clock.now(), detail=trigger.words, by=by)
    return changed


def retry(session: Session, job_id: str, active_limit: int, *, by: str | None = None) -> Job:
    """Tries a failed job again, from its checkpoint, with all its attempts anew.

    Raises JobNotFound, NotPossible, TooManyActiveJobs, or ConcurrencyConflict.
    """
    job = _get(session, job_id)
    if job.state not in {State.FAILED, State.DISCARDED}:
        raise NotPossible(words=WORDS[State(job.state)], participle="tried again")
    _refuse_eleventh(session, job, active_limit)
    limit = find_handler(job.handler).limit
    if limit and job.limit_key:
        limit.refuse_conflict(session, job.limit_key, but=job.id)
    return _requeued(
        session,
        job,
        "retrying",
        by=by,
        failures=0,
        failures_by={},
        losses_here=0,
        completed_at=None,
        error_message=None,
        outcome=None,
    )


def discard(session: Session, job_id: str, *, by: str | None = None) -> Job:
    """Gives up a failed job: it is not offered for another try any more.

    Raises JobNotFound or NotPossible.
    """
    job = _get(session, job_id)
    if job.state == State.DISCARDED:
        return job
    if job.state != State.FAILED:
        raise NotPossible(words=WORDS[State(job.state)], participle="given up")
    return _moved(session, job, State.DISCARDED, "discarded", by=by)


def _get(session: Session, job_id: str) -> Job:
    job = queries.find(session, job_id, to_change=True)
    if job is None:
        raise JobNotFound(id=job_id)
    return job


def _refuse_ended(job: Job, verb: str) -> None:
    if job.state in FINISHED:
        raise AlreadyFinished(words=WORDS[State(job.state)], verb=verb)


def _refuse_eleventh(session: Session, job: Job, limit: int) -> None:
    if job.owner_id is None:
        return
    lock(session, f"owner:{job.owner_id}")
    active = select(func.count()).where(Job.owner_id == job.owner_id, Job.state.in_(ACTIVE))
    if (session.scalar(active) or 0) >= limit:
        raise TooManyActiveJobs(limit=limit, names=", ".join(queries.active_titles(session, job.owner_id)))


def _requeued(session: Session, job: Job, event: str, *, by: str | None, **values: Any) -> Job:
    at = clock.now()
    return _moved(session, job, State.QUEUED, event, by=by, run_at=at, delivered_at=at, **values)


def _moved(
    session: Session, job: Job, target: State, event: str, *, by: str | None, participle: str = "", **values: Any
) -> Job:
    if job.state not in ways_to(target):
        raise NotPossible(words=WORDS[State(job.state)], participle=participle or event)
    moved = ledger.move(session, job.id, target, at=clock.now(), event=event, by=by, **values)
    assert moved is not None, "the transaction is the only one that writes"
    return moved
