"""Reading the ledger: one job, the jobs of an owner or of a subject, what is due and what is lost."""

from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from . import clock, locks
from .models import Job, JobEvent, JobQueue, JobWorker
from .states import ACTIVE, IN_HAND, UNFINISHED, State

WORKER_SILENT = 30.0
"""Seconds after which a consumer that was not seen counts as gone. One that was seen so far in the future was so before
the clock was set back: nobody knows how long ago.
"""

FRESH = select(Job).execution_options(populate_existing=True)
"""Jobs as they stand in the ledger, also those that the session has seen before."""


def find(session: Session, job_id: str, *, to_change: bool = False) -> Job | None:
    """The job, fresh from the ledger, or None. `to_change` keeps others from changing it in this transaction."""
    return session.get(Job, job_id, populate_existing=True, with_for_update=locks.ROW if to_change else None)


def jobs_of(
    owner_ids: Collection[int] | None = None,
    kind: str | None = None,
    subject_id: str | None = None,
    *,
    states: Collection[State] | None = None,
    many: bool = False,
) -> Select[Job]:
    """The jobs of these owners (all, if None), of this subject and in these states, newest first: a query to page
    and to narrow. Say `many` when there are thousands of them.

    The database then goes through all jobs by age until the page is full. Otherwise it gathers and sorts those of
    the owners: good for few, seconds for a million. Arithmetic on a column keeps it from doing that; and jobs of the
    very same moment come as the index has them, for to sort these it would read every row that it goes past.
    """
    query = FRESH.order_by(Job.created_at.desc()) if many else FRESH.order_by(Job.created_at.desc(), Job.id)
    if owner_ids is not None:
        query = query.where((Job.owner_id + 0 if many else Job.owner_id).in_(owner_ids))
    if states is not None:
        query = query.where((Job.state + "" if many else Job.state).in_(states))
    if kind is not None:
        query = query.where(Job.kind == kind)
    if subject_id is not None:
        query = query.where(Job.subject_id == subject_id)
    return query


def unfinished_of(session: Session, owner_id: int) -> list[Job]:
    """The owner's jobs that have not ended, oldest first."""
    query = FRESH.where(Job.owner_id == owner_id, Job.state.in_(UNFINISHED)).order_by(Job.created_at)
    return list(session.scalars(query))


def active_titles(session: Session, owner_id: int | None) -> list[str]:
    """What the owner's active jobs are called, oldest first."""
    query = select(Job.title).where(Job.owner_id == owner_id, Job.state.in_(ACTIVE)).order_by(Job.created_at)
    return list(session.scalars(query))


def ahead_of(session: Session, job: Job) -> int:
    """How many queued jobs of the same queue are due before this one."""
    query = select(func.count()).where(Job.state == State.QUEUED, Job.queue == job.queue, Job.run_at < job.run_at)
    return session.scalar(query) or 0


def lost(at: float) -> Select[Job]:
    """The jobs in hand whose lease has run out."""
    return select(Job).where(Job.state.in_(IN_HAND), Job.lease_until < at)


def due(at: float, limit: int = 500) -> Select[str]:
    """The ids of scheduled jobs whose time has come, earliest first."""
    query = select(Job.id).where(Job.state == State.SCHEDULED, Job.run_at <= at).order_by(Job.run_at)
    return query.limit(limit)


def blocked(session: Session) -> bool:
    """Whether any job waits for a slot."""
    return session.scalar(select(Job.id).where(Job.state == State.BLOCKED).limit(1)) is not None


def open_queues(session: Session, queues: Collection[str]) -> list[str]:
    """Those of the queues that nobody has paused."""
    paused = set(session.scalars(select(JobQueue.name)))
    return [queue for queue in queues if queue not in paused]


def queued(session: Session, queues: Collection[str]) -> int:
    """How many jobs of these queues wait for a worker."""
    return session.scalar(select(func.count()).where(Job.state == State.QUEUED, Job.queue.in_(queues))) or 0


def undelivered(session: Session, queues: Collection[str], before: float, limit: int = 200) -> list[Job]:
    """Queued jobs of these queues whose last message went out before then, if any did; longest waiting first.

    A message that went out in the future did so before the clock was set back: nobody knows how long ago.
    """
    stale = Job.delivered_at.is_(None) | (Job.delivered_at < before) | (Job.delivered_at > clock.now())
    query = select(Job).where(Job.state == State.QUEUED, Job.queue.in_(queues), stale).order_by(Job.run_at)
    return list(session.scalars(query.limit(limit)))


def in_states(session: Session, states: Collection[State], limit: int) -> list[Job]:
    """The jobs in these states, those that were due first before the others."""
    return list(session.scalars(FRESH.where(Job.state.in_(states)).order_by(Job.run_at, Job.id).limit(limit)))


def ended_since(session: Session, at: float, limit: int) -> list[Job]:
    """The jobs that ended after then, the latest first: only those that have ended have a `completed_at`."""
    return list(session.scalars(FRESH.where(Job.completed_at > at).order_by(Job.completed_at.desc()).limit(limit)))


def workers_alive(session: Session, at: float) -> int:
    """How many worker processes the consumers that were seen lately run."""
    lately = JobWorker.seen_at.between(at - WORKER_SILENT, at + WORKER_SILENT)
    return session.scalar(select(func.sum(JobWorker.workers)).where(lately)) or 0


def last_event(session: Session) -> int:
    """The number of the newest event of all, 0 if there is none."""
    return session.scalar(select(func.max(JobEvent.id))) or 0


def changed_since(session: Session, event: int, limit: int = 1000) -> list[Job]:
    """The jobs of the events that came after this one, and those in hand, the latest changed first."""
    moved = select(JobEvent.job_id).where(JobEvent.id > event)
    changed = moved.union(select(Job.id).where(Job.state.in_(IN_HAND)))
    return list(session.scalars(select(Job).where(Job.id.in_(changed)).order_by(Job.updated_at.desc()).limit(limit)))
