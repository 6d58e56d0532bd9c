"""Housekeeping: finds work whose worker is gone, whose time has come, or whose message was lost, and delivers it."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from . import clock, ledger, limits, locks, queries
from .checkpoints import place_of
from .errors import WorkerLost
from .models import Job, JobWorker
from .registry import find_handler, is_known
from .states import State
from .surroundings import Transaction

LOSSES_ALLOWED = 3
"""So many times in a row a job may lose its worker at one unchanged cursor; then it is given up."""

LOST: dict[str, Any] = {**ledger.INTERRUPTED, "losses_here": Job.losses_here + 1}
GIVEN_UP: dict[str, Any] = {**ledger.INTERRUPTED, "failures": Job.failures + 1}
"""What changes in a job whose worker is gone, once more or once too often."""

REDELIVER_SOON = 2.0
REDELIVER_LATE = 60.0
"""Seconds after which a queued job's message counts as lost: soon when the queue is empty, late when it is not."""


def rescue(writing: Transaction, at: float | None = None) -> list[str]:
    """Takes every job whose lease ran out before `at` (now, unless said) away from its worker: back on its queue, or to
    the end that was asked for. Leases that run out while this waits for the database do not count.
    """
    at = clock.now() if at is None else at
    with writing() as session:
        lost = session.scalars(queries.lost(at).with_for_update(**locks.FREE_ROWS)).all()
        return [job.id for job in lost if _rescue(session, job)]


def release_due(writing: Transaction) -> list[str]:
    """Queues the scheduled jobs whose time has come."""
    at = clock.now()
    with writing() as session:
        due = session.scalars(queries.due(at).with_for_update(**locks.FREE_ROWS)).all()
        return [
            job_id
            for job_id in due
            if ledger.move(session, job_id, State.QUEUED, at=at, event="queued", start={State.SCHEDULED})
        ]


def redeliver(
    reading: Transaction,
    writing: Transaction,
    queues: Collection[str],
    waiting: Callable[[], int],
    deliver: Callable[[Job], None],
) -> list[str]:
    """Delivers again the queued jobs whose messages were lost; `waiting` counts the messages that the engine still has.

    A second message is harmless, yet must not pile up: only as many go out as the engine lacks.
    """
    with reading() as session:
        jobs = _without_message(session, queues, waiting())
    if not jobs:
        return []
    with writing() as session:
        ledger.delivered(session, [job.id for job in jobs], clock.now())
    for job in jobs:
        deliver(job)
    return [job.id for job in jobs]


def unblock(writing: Transaction) -> list[Job]:
    """Queues the jobs whose slot is free, whichever way it became so."""
    with writing() as session:
        return [job for key, handler in limits.blocked_keys(session) for job in _unblocked(session, key, handler)]


def sign_in(writing: Transaction, worker_id: str, pool: str, workers: int) -> None:
    """Notes that this consumer is alive, and forgets those that have been silent for long."""
    at = clock.now()
    with writing() as session:
        known = session.scalar(select(JobWorker).where(JobWorker.id == worker_id))
        if known is None:
            session.add(JobWorker(id=worker_id, pool=pool, workers=workers, started_at=at, seen_at=at))
        else:
            known.seen_at = at
        silent = ~JobWorker.seen_at.between(at - 10 * queries.WORKER_SILENT, at + queries.WORKER_SILENT)
        session.execute(delete(JobWorker).where(silent))


def sign_out(writing: Transaction, worker_id: str) -> None:
    """Notes that this consumer has ended as it should."""
    with writing() as session:
        session.execute(delete(JobWorker).where(JobWorker.id == worker_id))


def _unblocked(session: Session, key: str, handler: str) -> list[Job]:
    limit = find_handler(handler).limit if is_known(handler) else None
    return limits.unblock(session, key, limit) if limit else []


def _without_message(session: Session, queues: Collection[str], waiting: int) -> list[Job]:
    queues = queries.open_queues(session, queues)
    missing = queries.queued(session, queues) - waiting
    if missing <= 0:
        return []
    before = clock.now() - (REDELIVER_LATE if waiting else REDELIVER_SOON)
    return queries.undelivered(session, queues, before, limit=min(missing, 200))


def _rescue(session: Session, job: Job) -> bool:
    at = clock.now()
    ledger.end_attempt(session, job, at, "lost")
    freed = ledger.FREED
    if job.state == State.CANCELLING:
        moved = ledger.move(
            session, job.id, State.CANCELLED, at=at, event="cancelled", completed_at=at,
            outcome="Cancelled. What was done until then is kept.", **freed,
        )  # fmt: skip
    elif job.state == State.PAUSING:
        moved = ledger.move(session, job.id, State.PAUSED, at=at, event="paused", **freed)
    elif job.losses_here + 1 >= LOSSES_ALLOWED:
        moved = _give_up(session, job, at, freed)
    else:
        moved = ledger.move(
            session, job.id, State.QUEUED, at=at, event="interrupted", detail="its worker was lost", run_at=at,
            delivered_at=None, **LOST, **freed,
        )  # fmt: skip
    return moved is not None


def _give_up(session: Session, job: Job, at: float, freed: dict[str, Any]) -> Job | None:
    sentence = WorkerLost(times=LOSSES_ALLOWED, place=place_of(job)).sentence
    return ledger.move(
        session, job.id, State.FAILED, at=at, event="failed", detail=sentence, error_message=sentence, completed_at=at,
        **GIVEN_UP, **freed,
    )  # fmt: skip
