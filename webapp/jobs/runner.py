"""Runs one attempt: claims the job, calls its handler, settles what came of it."""

import logging
from collections.abc import Sequence

from sqlalchemy.orm import Session

from . import clock, ledger, limits, line, queries
from .attempt import Attempt
from .errors import Cancelled, FencedOut, Interrupted, Paused, UnknownHandler
from .heartbeat import heartbeat
from .models import Job
from .registry import Handler, find_handler, is_known
from .settlement import Settlement
from .states import State
from .surroundings import Surroundings

log = logging.getLogger("webapp.jobs")


def run(job_id: str, worker: str, around: Surroundings) -> bool:
    """Runs this job if it is to be had, to whatever end; answers whether it was."""
    with around.writing() as session:
        job = _claim(session, job_id, worker, around)
    if job is None:
        log.info("job %s is in hand, blocked or done; this delivery changes nothing", job_id)
        return False
    _attempt(job, around)
    return True


def run_next(queues: Sequence[str], worker: str, around: Surroundings) -> bool:
    """Runs the job that comes next in these queues; answers whether there was one. A worker that was asked to stop
    takes none: a job that another hands back at the same moment would only be interrupted again.
    """
    if around.stopping():
        return False
    with around.writing() as session:
        job = None
        while job is None and (job_id := line.next_in(session, queues)):
            job = _claim(session, job_id, worker, around)
    if job is None:
        return False
    _attempt(job, around)
    return True


def _claim(session: Session, job_id: str, worker: str, around: Surroundings) -> Job | None:
    """Takes the job, unless another holds the slot that it needs: then it is blocked from now on."""
    at, blocker = clock.now(), _blocker_of(session, job_id)
    if blocker is not None:
        ledger.move(session, job_id, State.BLOCKED, at=at, event="blocked", detail=blocker, blocked_by=blocker)
        return None
    return ledger.claim(session, job_id, worker, at=at, lease=around.lease)


def _blocker_of(session: Session, job_id: str) -> str | None:
    if not queries.is_limited(session, job_id):
        return None
    job = queries.find(session, job_id, to_change=True)
    if job is None or job.state != State.QUEUED or not is_known(job.handler):
        return None
    limit = find_handler(job.handler).limit
    return limits.blocker_of(session, job, limit) if limit else None


def _attempt(job: Job, around: Surroundings) -> None:
    around.publish(job)
    with heartbeat(job.id, job.token, around.writing, around.lease):
        _perform(job, around)


def _perform(job: Job, around: Surroundings) -> None:
    attempt = Attempt(job, around)
    try:
        handler = find_handler(job.handler)
    except UnknownHandler as error:
        Settlement(job, None, attempt, around).parked(error.sentence)
        return
    _call(handler, job, attempt, Settlement(job, handler, attempt, around))


def _call(handler: Handler, job: Job, attempt: Attempt, settle: Settlement) -> None:
    try:
        settle.completed(handler.run(attempt, job.arguments))
    except Cancelled:
        settle.cancelled()
    except Paused:
        settle.paused()
    except Interrupted as interruption:
        settle.interrupted(str(interruption) or "the worker is shutting down")
    except FencedOut:
        log.warning("job %s fenced out: attempt with token %d changes nothing more", job.id, job.token)
    except Exception as error:
        surprise = None if hasattr(error, "sentence") else error
        log.info("job %s stopped by an error", job.id, exc_info=surprise)
        settle.failed(error)
