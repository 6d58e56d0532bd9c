"""Runs attempts: claims a job, calls its handler, settles what came of it, and goes on with the next."""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from . import clock, ledger, limits, line, queries
from .attempt import Attempt
from .commits import after_commit
from .errors import Cancelled, FencedOut, Interrupted, LedgerAway, Paused, UnknownHandler
from .heartbeat import heartbeat
from .line import Candidate
from .models import Job
from .outages import is_away, is_outage, outlasting, reason_of
from .registry import Handler, find_handler, is_known
from .settlement import Settlement, Take, nobody
from .states import State
from .surroundings import Surroundings

log = logging.getLogger("webapp.jobs")


def run(job_id: str, worker: str, around: Surroundings) -> bool:
    """Runs this job if it is to be had, to whatever end; answers whether it was."""
    job = outlasting(around, lambda: _take(job_id, worker, around))
    if job is None:
        log.info("job %s is in hand, blocked or done; this delivery changes nothing", job_id)
        return False
    return _run(job, around)


def run_next(queues: Sequence[str], worker: str, around: Surroundings) -> bool:
    """Runs the job that comes next in these queues; answers whether there was one."""
    return _run(_take_next(queues, worker, around), around)


def work(queues: Sequence[str], worker: str, around: Surroundings, took_another: Callable[[], None]) -> None:
    """Runs the jobs that come next in these queues, one after the other, while there are any.

    The transaction that completes a job takes the next one along; `took_another` is called at its end.
    """

    def take(session: Session) -> Job | None:
        job = _next(session, queues, worker, around)
        if job is not None:
            after_commit(session, took_another)
        return job

    _run(_take_next(queues, worker, around), around, take)


def _take(job_id: str, worker: str, around: Surroundings) -> Job | None:
    with around.writing() as session:
        candidate = line.named(session, job_id)
        return _claim(session, candidate, worker, around) if candidate else None


def _take_next(queues: Sequence[str], worker: str, around: Surroundings) -> Job | None:
    """Takes the next job as soon as the ledger answers; none if the worker is to stop before."""

    def take() -> Job | None:
        with around.writing() as session:
            return _next(session, queues, worker, around)

    try:
        return outlasting(around, take)
    except LedgerAway:
        return None


def _next(session: Session, queues: Sequence[str], worker: str, around: Surroundings) -> Job | None:
    """Takes the job that comes next in these queues. A worker that was asked to stop takes none: a job that another
    hands back at the same moment would only be interrupted again.
    """
    job = None
    while job is None and not around.stopping() and (candidate := line.next_in(session, queues)):
        job = _claim(session, candidate, worker, around)
    return job


def _claim(session: Session, candidate: Candidate, worker: str, around: Surroundings) -> Job | None:
    """Takes the job, unless another holds the slot that it needs: then it is blocked from now on."""
    at, job_id = clock.now(), candidate.id
    blocker = _blocker_of(session, job_id) if candidate.limit_key else None
    if blocker is not None:
        ledger.move(session, job_id, State.BLOCKED, at=at, event="blocked", detail=blocker, blocked_by=blocker)
        return None
    return ledger.claim(session, job_id, worker, at=at, lease=around.lease)


def _blocker_of(session: Session, job_id: str) -> str | None:
    job = queries.find(session, job_id, to_change=True)
    if job is None or job.state != State.QUEUED or not is_known(job.handler):
        return None
    limit = find_handler(job.handler).limit
    return limits.blocker_of(session, job, limit) if limit else None


def _run(job: Job | None, around: Surroundings, take: Take = nobody) -> bool:
    """Runs a job that was taken, and then each that was taken along with the end of the one before."""
    if job is None:
        return False
    around.announce(job)
    with heartbeat(job, around.writing, around.lease) as grip:
        while job is not None:
            grip.job = job
            job = _attempt(job, around, take)
    return True


def _attempt(job: Job, around: Surroundings, take: Take) -> Job | None:
    try:
        return _perform(job, around, take)
    except LedgerAway as away:
        log.warning("job %s comes back when its lease has run out, for its worker stops. %s", job.id, away)
        return None


def _perform(job: Job, around: Surroundings, take: Take) -> Job | None:
    attempt = Attempt(job, around)
    try:
        handler = find_handler(job.handler)
    except UnknownHandler as error:
        Settlement(job, None, attempt, around).parked(error.sentence)
        return None
    settle = Settlement(job, handler, attempt, around, take)
    try:
        return _call(handler, job, attempt, settle)
    except Exception as error:
        _fail(error, job, settle, around)
        return None


def _call(handler: Handler, job: Job, attempt: Attempt, settle: Settlement) -> Job | None:
    try:
        return settle.completed(handler.run(attempt, job.arguments))
    except Cancelled:
        settle.cancelled()
    except Paused:
        settle.paused()
    except Interrupted as interruption:
        settle.interrupted(str(interruption) or "the worker is shutting down")
    except FencedOut:
        _say_fenced_out(job)
    return None


def _fail(error: Exception, job: Job, settle: Settlement, around: Surroundings) -> None:
    """An outage of the ledger is no failure of the job; one of a database of the handler's own is."""
    if isinstance(error, LedgerAway) or (is_outage(error) and is_away(around.writing)):
        settle.postponed(reason_of(error))
        return
    if not _is_ours(job, around):
        # What another attempt has written meanwhile is in the way of this one: that is no error of the job's.
        _say_fenced_out(job)
        return
    surprise = None if hasattr(error, "sentence") else error
    log.info("job %s stopped by an error", job.id, exc_info=surprise)
    settle.failed(error)


def _is_ours(job: Job, around: Surroundings) -> bool:
    with around.writing() as session:
        return ledger.extend(session, job.id, job.token, clock.now() + around.lease) is not None


def _say_fenced_out(job: Job) -> None:
    log.warning("job %s fenced out: attempt with token %d changes nothing more", job.id, job.token)
