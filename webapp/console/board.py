"""The board: what waits, what is under way, who works, what ended lately. A few bounded queries; no page."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.jobs import FINISHED, Job, State, clock
from webapp.jobs.models import JobWorker
from webapp.jobs.queries import WORKER_SILENT
from webapp.jobs.queues import Queue

LATELY = 3600.0
"""Seconds that count as lately."""
SHOWN = 20
"""The most jobs that the board shows one by one."""


@dataclass(frozen=True)
class Figures:
    """The whole at a glance: workers alive, jobs running and waiting, how those came out that ended lately."""

    workers: int
    running: int
    waiting: int
    completed: int
    failed: int


def figures(session: Session, queues: Sequence[Queue]) -> Figures:
    """The whole at a glance, how its queues stand being known."""
    ended = select(Job.state, func.count()).where(Job.updated_at > clock.now() - LATELY, Job.state.in_(FINISHED))
    count = Counter(dict(session.execute(ended.group_by(Job.state)).all()))
    return Figures(
        workers=sum(worker.workers for worker in workers(session) if is_alive(worker)),
        running=sum(queue.running for queue in queues),
        waiting=sum(queue.waiting + queue.blocked for queue in queues),
        completed=count[State.COMPLETED],
        failed=count[State.FAILED] + count[State.DISCARDED],
    )


def oldest(session: Session) -> dict[str, float]:
    """For each queue in which jobs wait for a worker, the moment since when the first of them does."""
    due = select(Job.queue, func.min(Job.run_at)).where(Job.state == State.QUEUED).group_by(Job.queue)
    return dict(session.execute(due).all())


def workers(session: Session) -> list[JobWorker]:
    """The consumers that are alive or have not been gone for long, by pool."""
    return list(session.scalars(select(JobWorker).order_by(JobWorker.pool, JobWorker.started_at)))


def is_alive(worker: JobWorker) -> bool:
    """Whether this consumer was seen lately enough."""
    return abs(worker.seen_at - clock.now()) < WORKER_SILENT


def jobs_in(session: Session, states: Collection[str], limit: int = SHOWN) -> list[Job]:
    """The jobs in these states, those that were due first before the others."""
    query = select(Job).where(Job.state.in_(states)).order_by(Job.run_at, Job.id).limit(limit)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def ended_lately(session: Session, seconds: float, limit: int) -> list[Job]:
    """The jobs that ended in the last so many seconds, the latest first."""
    query = select(Job).where(Job.updated_at > clock.now() - seconds, Job.state.in_(FINISHED))
    return list(session.scalars(query.order_by(Job.updated_at.desc()).limit(limit)))
