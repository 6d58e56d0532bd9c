"""Concurrency limits: at most so many jobs with one key at once, by the leases that are live, not by the clock.

A lease that ran out holds its slot until housekeeping takes the job away, a second later: until then its worker may
only have stood still, and goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import clock, ledger
from .errors import ConcurrencyConflict
from .locks import FREE_ROWS, lock
from .models import Job
from .states import IN_HAND, UNFINISHED, State

SLOTS = "slots"
"""The lock of whoever gives slots away: one for all keys, for a worker may come by several in one transaction, and two
workers in two orders. Who has it waits for no row: of the jobs he changes then, he has locked each before, or has seen
that it was free.
"""


@dataclass(frozen=True)
class Limit:
    """At most `to` jobs at once whose `key`, with the job's arguments filled in, is the same.

    On a conflict a job waits, in the order in which the jobs were asked for, or is refused when it is asked for.
    """

    key: str
    to: int = 1
    on_conflict: Literal["wait", "refuse"] = "wait"

    def key_for(self, arguments: Mapping[str, Any]) -> str:
        """The key of a job with these arguments."""
        return self.key.format(**arguments)[:200]

    def refuse_conflict(self, session: Session, key: str, but: str | None = None) -> None:
        """For a limit that refuses: raises ConcurrencyConflict if `to` other jobs with this key have not ended."""
        if self.on_conflict != "refuse":
            return
        lock(session, f"refusal:{key}")
        query = select(Job).where(Job.limit_key == key, Job.state.in_(UNFINISHED), Job.id != (but or ""))
        holders = list(session.scalars(query.order_by(Job.created_at)))
        if len(holders) >= self.to:
            raise ConcurrencyConflict(title=holders[0].title, id=holders[0].id)


def blocker_of(session: Session, job: Job, limit: Limit) -> str | None:
    """The id of the job that this one has to wait for, None if there is a slot for it.

    Those that were asked for earlier come first, also when they wait for a worker just now: so a job that was
    interrupted keeps its turn.
    """
    lock(session, SLOTS)
    others = select(Job.id).where(Job.limit_key == job.limit_key, Job.id != job.id)
    holding = others.where(Job.state.in_(IN_HAND))
    before = others.where(
        Job.state.in_({State.QUEUED, State.BLOCKED}), Job.created_at < job.created_at, Job.queue == job.queue
    )
    ahead = [*session.scalars(holding.order_by(Job.resumed_at)), *session.scalars(before.order_by(Job.created_at))]
    return ahead[0] if len(ahead) >= limit.to else None


def unblock(session: Session, key: str, limit: Limit) -> list[Job]:
    """Queues as many of the jobs that wait for a slot of this key as there are free ones, in order."""
    lock(session, SLOTS)
    at = clock.now()
    holding = Job.state.in_(IN_HAND | {State.QUEUED})
    taken = session.scalar(select(func.count()).where(Job.limit_key == key, holding)) or 0
    blocked = select(Job.id).where(Job.limit_key == key, Job.state == State.BLOCKED).order_by(Job.created_at)
    freed = session.scalars(blocked.limit(max(0, limit.to - taken)).with_for_update(**FREE_ROWS))
    moved = [
        ledger.move(session, job_id, State.QUEUED, at=at, event="unblocked", blocked_by=None, delivered_at=None)
        for job_id in freed
    ]
    return [job for job in moved if job is not None]


def blocked_keys(session: Session) -> list[tuple[str, str]]:
    """The keys that jobs wait for a slot of, each with a handler that has it."""
    query = select(Job.limit_key, func.min(Job.handler)).where(Job.state == State.BLOCKED).group_by(Job.limit_key)
    return [(key, handler) for key, handler in session.execute(query) if key is not None]
