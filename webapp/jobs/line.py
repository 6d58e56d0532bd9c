"""Who is next: of all jobs that wait in a pool's queues, the one that a free worker takes.

The queues in their order of priority; in a queue, people who have no job running come first; then whoever waits
longest. So one person's hundred jobs do not hold back another's first.
"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from .locks import FREE_ROWS
from .models import Job, JobQueue
from .states import IN_HAND, State

JOBS, QUEUES = cast(Table, Job.__table__), cast(Table, JobQueue.__table__)

PAUSED = exists().where(QUEUES.c.name == bindparam("queue"))
BUSY = select(JOBS.c.owner_id).where(JOBS.c.state.in_(IN_HAND), JOBS.c.owner_id.is_not(None))
WAITING = (
    select(JOBS.c.id)
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


def next_in(session: Session, queues: Sequence[str]) -> str | None:
    """The id of the job that comes next in these queues; None if none is waiting, or all of them are paused."""
    for queue in queues:
        here = {"queue": queue}
        if found := session.scalar(OF_OTHERS, here) or session.scalar(WAITING, here):
            return str(found)
    return None
