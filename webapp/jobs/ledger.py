"""Every write to the ledger. Each function takes the session of a write transaction.

The fence: a statement of an attempt carries its token
(https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html). Whatever takes a job away raises the
token, so that an attempt that comes back changes nothing.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from .errors import FencedOut
from .events import record
from .models import Job
from .states import ACTIVE, IN_HAND, State, ways_to


def add(session: Session, values: dict[str, Any], limit: int | None) -> bool:
    """Inserts a job, unless its owner has `limit` active ones already: then nothing, and False.

    Count and insert are one statement, so that racing requests cannot both take the last place.
    """
    columns = {name: getattr(Job, name).type for name in values}
    row = select(*(literal(value, columns[name]).label(name) for name, value in values.items()))
    if limit is not None:
        active = select(func.count()).where(Job.owner_id == values["owner_id"], Job.state.in_(ACTIVE))
        row = row.where(active.scalar_subquery() < limit)
    result = session.execute(insert(Job).from_select(list(values), row, include_defaults=True))
    if getattr(result, "rowcount", 0) != 1:
        return False
    record(session, values["id"], "enqueued", attempt=1, at=values["created_at"], detail=values["title"])
    return True


def move(
    session: Session,
    job_id: str,
    target: State,
    *,
    at: float,
    event: str,
    start: Collection[State] | None = None,
    fence: int | None = None,
    detail: str | None = None,
    **values: Any,
) -> Job | None:
    """Moves a job into the state `target`, from one of `start` (any legal one, unless said) and, for an
    attempt, under its token, the `fence`. Answers the job as it is now, or None if it was not there to be moved.
    """
    starts = ways_to(target) if start is None else ways_to(target) & frozenset(start)
    statement = update(Job).where(Job.id == job_id, Job.state.in_(starts))
    if fence is not None:
        statement = statement.where(Job.token == fence)
    changes = {"state": target, "revision": Job.revision + 1, "updated_at": at, **values}
    job = _returned(session, statement.values(**changes))
    if job is not None:
        record(session, job.id, event, attempt=job.failures + 1, at=at, detail=detail)
    return job


def claim(session: Session, job_id: str, worker: str, *, at: float, lease: float) -> Job | None:
    """Takes a queued job for `worker`, for `lease` seconds, with a new token. None if it is not to be had."""
    resumed = session.scalar(select(Job.started_at).where(Job.id == job_id)) is not None
    return move(
        session,
        job_id,
        State.RUNNING,
        at=at,
        event="resumed" if resumed else "started",
        worker=worker,
        token=Job.token + 1,
        lease_until=at + lease,
        started_at=func.coalesce(Job.started_at, at),
        resumed_at=at,
        resumed_from=Job.processed,
    )


def extend(session: Session, job_id: str, token: int, until: float) -> State | None:
    """The heartbeat: the lease of this token now lasts until then. Answers the state, or None when fenced out."""
    statement = update(Job).where(Job.id == job_id, Job.token == token, Job.state.in_(IN_HAND))
    state = session.scalar(statement.values(lease_until=until).returning(Job.state))
    return State(state) if state else None


def checkpoint(
    session: Session,
    job_id: str,
    token: int,
    *,
    old: str | None,
    new: str | None,
    at: float,
    lease: float,
    **progress: Any,
) -> State:
    """Moves the cursor from `old` to `new`, in the transaction that holds the effects of the batch.

    Raises FencedOut, and so rolls the batch back, when the job is not this attempt's or stands elsewhere.
    """
    statement = update(Job).where(Job.id == job_id, Job.token == token, Job.state.in_(IN_HAND))
    statement = statement.where(Job.cursor.is_(None) if old is None else Job.cursor == old)
    changes: dict[str, Any] = {"revision": Job.revision + 1, "updated_at": at, "lease_until": at + lease, **progress}
    if new != old:
        changes |= {"cursor": new, "losses_here": 0}
    state = session.scalar(statement.values(**changes).returning(Job.state))
    if state is None:
        raise FencedOut
    return State(state)


def delivered(session: Session, job_ids: Collection[str], at: float) -> None:
    """Notes that messages for these jobs went out at `at`."""
    session.execute(update(Job).where(Job.id.in_(job_ids)).values(delivered_at=at))


def _returned(session: Session, statement: Any) -> Job | None:
    found = session.scalars(statement.returning(Job), execution_options={"populate_existing": True}).one_or_none()
    if found is not None:
        session.expunge(found)
    return found
