"""The figures of the ledger, for operators: what waits, what runs, who works, and what came of the last hour."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import clock, queries
from .models import Job, JobWorker
from .states import IN_HAND, UNFINISHED, State

HOUR = 3600.0


@dataclass(frozen=True)
class Figures:
    """The whole at a glance: workers alive; jobs that run, and that wait for a worker or a slot; what completed and
    what failed in the last hour.
    """

    workers: int
    running: int
    waiting: int
    completed_last_hour: int
    failed_last_hour: int


@dataclass(frozen=True)
class Consumer:
    """The workers of a pool that one process has started: where it is, since when, and when it was last seen."""

    pool: str
    host: str
    process: str
    workers: int
    started_at: float
    seen_at: float
    is_alive: bool


def figures(session: Session) -> Figures:
    """The figures as they are now; it costs no more when many jobs have ended."""
    unfinished, ended = counts(session, UNFINISHED), _ended_last_hour(session)
    return Figures(
        workers=queries.workers_alive(session, clock.now()),
        running=_sum(unfinished, IN_HAND),
        waiting=_sum(unfinished, (State.QUEUED, State.BLOCKED)),
        completed_last_hour=ended[State.COMPLETED],
        failed_last_hour=ended[State.FAILED] + ended[State.DISCARDED],
    )


def counts(session: Session, states: Collection[State] = frozenset(State)) -> Counter[tuple[str, str]]:
    """How many jobs there are, by queue and state; of these states only."""
    query = select(Job.queue, Job.state, func.count()).where(Job.state.in_(states)).group_by(Job.state, Job.queue)
    return Counter({(queue, state): count for queue, state, count in session.execute(query)})


def consumers(session: Session) -> list[Consumer]:
    """The consumers that are alive, or have not been gone for long, by pool; those alive first."""
    found = session.scalars(select(JobWorker).order_by(JobWorker.pool, JobWorker.started_at))
    return sorted(map(_consumer, found), key=lambda consumer: (consumer.pool, not consumer.is_alive))


def _consumer(row: JobWorker) -> Consumer:
    host, process, _ = row.id.rsplit(".", 2)
    is_alive = abs(row.seen_at - clock.now()) < queries.WORKER_SILENT
    return Consumer(row.pool, host, process, row.workers, row.started_at, row.seen_at, is_alive)


def _ended_last_hour(session: Session) -> Counter[str]:
    ended = select(Job.state, func.count()).where(Job.completed_at >= clock.now() - HOUR).group_by(Job.state)
    return Counter(dict(session.execute(ended).all()))


def _sum(counted: Counter[tuple[str, str]], states: Collection[State]) -> int:
    return sum(count for (_, state), count in counted.items() if state in states)
