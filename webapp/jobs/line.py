"""Who is next: of all jobs that wait in a pool's queues, the one that a free worker takes.

The queues in their order of priority; in a queue, people who have no job running come first; then whoever waits
longest. So one person's hundred jobs do not hold back another's first.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from . import prepared
from .ledger import is_one_of
from .locks import FREE_ROWS
from .models import Job, JobQueue
from .states import IN_HAND, State

JOBS, QUEUES = cast(Table, Job.__table__), cast(Table, JobQueue.__table__)

PAUSED = exists().where(QUEUES.c.name == bindparam("queue"))
BUSY = select(JOBS.c.owner_id).where(is_one_of(IN_HAND), JOBS.c.owner_id.is_not(None))
WAITING = (
    select(JOBS.c.id, JOBS.c.limit_key)
    .where(JOBS.c.state == State.QUEUED, JOBS.c.queue == bindparam("queue"), ~PAUSED)
    .order_by(JOBS.c.run_at, JOBS.c.id)
    .limit(1)
    .with_for_update(**FREE_ROWS)
)
"""All that are queued are due, also when the clock was set back since: it orders them, and does not choose. One that
another worker is about to take is left to him.
"""
OF_OTHERS = WAITING.where(or_(JOBS.c.owner_id.is_(None), JOBS.c.owner_id.not_in(BUSY)))
"""Those of people who have nothing running. Jobs without an owner are everybody's."""


NAMED = select(JOBS.c.id, JOBS.c.limit_key).where(JOBS.c.id == bindparam("job_id"))


class Candidate(NamedTuple):
    """A job that may be taken, and the key of the limit that it needs a slot of, if there is one."""

    id: str
    limit_key: str | None


def next_in(session: Session, queues: Sequence[str]) -> Candidate | None:
    """The job that comes next in these queues; None if none is waiting, or all of them are paused."""
    for queue in queues:
        here = {"queue": queue}
        if found := prepared.run(session, OF_OTHERS, here) or prepared.run(session, WAITING, here):
            return Candidate(**found)
    return None


def named(session: Session, job_id: str) -> Candidate | None:
    """The job with this id, whether it waits or not; None if there is none."""
    found = prepared.run(session, NAMED, {"job_id": job_id})
    return Candidate(**found) if found else None
