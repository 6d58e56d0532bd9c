"""Queues: how they stand, and pausing them: who did it, when and why, until somebody resumes them."""

import logging
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import clock, ledger, queries
from .engine import Engine, Pool
from .errors import NoSuchQueue
from .figures import counts
from .locks import lock
from .models import Job, JobQueue
from .states import IN_HAND, UNFINISHED, State

if TYPE_CHECKING:
    from .kernel import Kernel

log = logging.getLogger("webapp.jobs")


@dataclass(frozen=True)
class Queue:
    """How a queue stands: its pool, its place in it (1 is served first), its jobs, since when the first of those that
    wait for a worker does, and who has paused it.
    """

    name: str
    pool: str
    place: int
    waiting: int
    blocked: int
    scheduled: int
    running: int
    oldest_at: float | None = None
    paused_at: float | None = None
    paused_by: str | None = None
    reason: str | None = None

    @property
    def is_paused(self) -> bool:
        """Whether its jobs wait until somebody resumes it."""
        return self.paused_at is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in it, and nobody has paused it."""
        return not (self.waiting or self.blocked or self.scheduled or self.running or self.is_paused)


class Queues:
    """The queues of a kernel."""

    def __init__(self, kernel: "Kernel"):
        self._kernel = kernel

    def all(self, session: Session) -> list[Queue]:
        """How all of them stand, by pool and in their order of priority."""
        counted, oldest = counts(session, UNFINISHED), _oldest(session)
        paused = {row.name: row for row in session.scalars(select(JobQueue))}
        return [
            _as_it_stands(name, pool, counted, oldest.get(name), paused.get(name))
            for pool in self._kernel.settings.pools
            for name in pool.queues
        ]

    def pause(self, name: str, by: str, reason: str | None = None) -> JobQueue:
        """Lets no worker take a job of this queue any more; what runs goes on. Pausing twice changes nothing.

        `by` says who asks, in words. Raises NoSuchQueue.
        """
        self._engine_of(name)
        with self._kernel.writing() as session:
            lock(session, f"queue:{name}")
            found = session.get(JobQueue, name)
            if found is None:
                found = JobQueue(name=name, paused_at=clock.now(), paused_by=by[:200], reason=reason and reason[:300])
                session.add(found)
                log.warning("queue %s paused by %s: %s", name, by, reason or "no reason given")
        return found

    def resume(self, name: str) -> None:
        """Lets workers take jobs of this queue again, at once. Raises NoSuchQueue."""
        engine = self._engine_of(name)
        with self._kernel.writing() as session:
            lock(session, f"queue:{name}")
            found = session.get(JobQueue, name)
            if found is None:
                return
            session.delete(found)
            waiting = _without_message(session, name, engine)
            ledger.delivered(session, [job.id for job in waiting], clock.now())
        log.warning("queue %s resumed", name)
        for job in waiting:
            self._kernel.deliver(engine, job.id, name)

    def _engine_of(self, name: str) -> Engine:
        for engine in self._kernel.engines.values():
            if name in engine.pool.queues:
                return engine
        names = ", ".join(name for pool in self._kernel.settings.pools for name in pool.queues)
        raise NoSuchQueue(queue=name, names=names)


def _without_message(session: Session, name: str, engine: Engine) -> list[Job]:
    """The first of the waiting jobs, as many as there are messages missing: workers took theirs in vain."""
    missing = queries.queued(session, [name]) - engine.waiting()
    return queries.undelivered(session, [name], before=math.inf, limit=min(missing, 200)) if missing > 0 else []


def _oldest(session: Session) -> dict[str, float]:
    """For each queue in which jobs wait for a worker, the moment since when the first of them does."""
    due = select(Job.queue, func.min(Job.run_at)).where(Job.state == State.QUEUED).group_by(Job.queue)
    return dict(session.execute(due).all())


def _as_it_stands(
    name: str, pool: Pool, counted: Counter[tuple[str, str]], oldest_at: float | None, paused: JobQueue | None
) -> Queue:
    return Queue(
        name=name,
        pool=pool.name,
        place=pool.queues.index(name) + 1,
        waiting=counted[name, State.QUEUED],
        blocked=counted[name, State.BLOCKED],
        scheduled=counted[name, State.SCHEDULED],
        running=sum(counted[name, state] for state in IN_HAND),
        oldest_at=oldest_at,
        paused_at=paused.paused_at if paused else None,
        paused_by=paused.paused_by if paused else None,
        reason=paused.reason if paused else None,
    )
