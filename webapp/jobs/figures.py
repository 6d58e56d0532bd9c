"""The figures of the ledger, for operators: what waits, what runs, what came of the last hour."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import clock, queries
from .models import Job
from .states import State

HOUR = 3600.0
FAILED = (State.FAILED, State.DISCARDED)


@dataclass(frozen=True)
class Figures:
    """Counts of jobs by state, and by queue and state; the seconds that the oldest waiting one has been due, None if
    none waits; the workers that are alive; what was completed and what failed in the last hour.
    """

    states: dict[str, int]
    queues: dict[str, dict[str, int]]
    oldest_waiting: float | None
    workers: int
    completed_last_hour: int
    failed_last_hour: int


def figures(session: Session) -> Figures:
    """The figures as they are now."""
    states: dict[str, int] = {}
    queues: dict[str, dict[str, int]] = {}
    counts = select(Job.queue, Job.state, func.count()).group_by(Job.state, Job.queue).order_by(Job.queue, Job.state)
    for queue, state, count in session.execute(counts):
        states[state] = states.get(state, 0) + count
        queues.setdefault(queue, {})[state] = count
    return Figures(
        states,
        queues,
        _oldest_waiting(session),
        queries.workers_alive(session, clock.now()),
        _ended_lately(session, State.COMPLETED),
        _ended_lately(session, *FAILED),
    )


def _oldest_waiting(session: Session) -> float | None:
    earliest = session.scalar(select(func.min(Job.run_at)).where(Job.state == State.QUEUED))
    return None if earliest is None else max(0.0, clock.now() - earliest)


def _ended_lately(session: Session, *states: State) -> int:
    """What ended in the last hour: by `updated_at` first, on which there is an index."""
    since = clock.now() - HOUR
    ended = select(func.count()).where(Job.updated_at >= since, Job.completed_at >= since, Job.state.in_(states))
    return session.scalar(ended) or 0
