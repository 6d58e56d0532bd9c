"""Every write to the ledger. Each function takes the session of a write transaction.

The fence: a statement of an attempt carries its token
(https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html). Whatever takes a job away raises the
token, so that an attempt that comes back changes nothing.

The statements are prepared, and go past the ORM: to make one, or a row of it, costs far more than to run it.
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ClauseElement, ColumnElement, Table, bindparam, func, insert, literal, select, update
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate, Update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from . import prepared
from .errors import FencedOut
from .events import record
from .models import Job, JobAttempt
from .states import ACTIVE, IN_HAND, UNFINISHED, State, ways_to

Computed = tuple[tuple[str, ClauseElement], ...]

JOBS, ATTEMPTS = cast(Table, Job.__table__), cast(Table, JobAttempt.__table__)

FREED: dict[str, Any] = {"lease_until": None, "worker": None, "token": JOBS.c.token + 1}
"""What changes in a job that leaves a worker's hands."""
CLAIMED: dict[str, Any] = {
    "token": JOBS.c.token + 1,
    "started_at": func.coalesce(JOBS.c.started_at, bindparam("at")),
    "resumed_from": JOBS.c.processed,
}
"""What changes in a job that comes into a worker's hands, besides the worker and his lease."""
INTERRUPTED: dict[str, Any] = {"interruptions": JOBS.c.interruptions + 1}
"""What changes in a job that was stopped before its end through no fault of its own."""
ONE_MORE_REVISION: dict[str, Any] = {"revision": JOBS.c.revision + 1}
ONE_MORE_CHECKPOINT: dict[str, Any] = {"checkpoints": JOBS.c.checkpoints + 1}

DEFAULTS = {
    column.name: column.default.arg for column in JOBS.c if isinstance(column.default, ScalarElementColumnDefault)
}
"""What a new job has unless it is given otherwise."""

BEGIN_ATTEMPT = insert(ATTEMPTS)
END_ATTEMPT = update(ATTEMPTS).where(ATTEMPTS.c.job_id == bindparam("this"), ATTEMPTS.c.token == bindparam("fence"))


def add(session: Session, values: dict[str, Any], limit: int | None) -> Job | None:
    """Inserts a job, unless its owner has `limit` active ones already: then nothing, and None.

    Count and insert are one statement, so that racing requests cannot both take the last place.
    """
    values = DEFAULTS | values
    given = {f"new_{name}": value for name, value in values.items()}
    statement = _insertion(tuple(values), limit is not None)
    job = _job(prepared.run(session, statement, {**given, "owner": values["owner_id"], "limit": limit}))
    if job is not None:
        record(session, job.id, "enqueued", attempt=1, at=job.created_at, detail=job.title)
    return job


def move(
    session: Session,
    job_id: str,
    target: State,
    *,
    at: float,
    event: str | Callable[[Job], str],
    start: Collection[State] | None = None,
    fence: int | None = None,
    detail: str | None = None,
    by: str | None = None,
    **values: Any,
) -> Job | None:
    """Moves a job into the state `target`, from one of `start` (any legal one, unless said) and, for an
    attempt, under its token, the `fence`. Answers the job as it is now, or None if it was not there to be moved.
    `event` is the name of what happened, or tells it from the moved job; `by` is who asked for it.
    """
    starts = ways_to(target) if start is None else ways_to(target) & frozenset(start)
    changes = {"state": target, "updated_at": at, **ONE_MORE_REVISION, **values}
    statement = _change(starts, fence is not None, _computed(changes))
    job = _job(prepared.run(session, statement, {"this": job_id, "fence": fence, "at": at, **_plain(changes)}))
    if job is not None:
        name = event if isinstance(event, str) else event(job)
        record(session, job.id, name, attempt=job.failures + 1, at=at, detail=detail, by=by)
    return job


def claim(session: Session, job_id: str, worker: str, *, at: float, lease: float) -> Job | None:
    """Takes a queued job for `worker`, for `lease` seconds, with a new token. None if it is not to be had."""
    claimed = move(
        session,
        job_id,
        State.RUNNING,
        at=at,
        start={State.QUEUED},
        event=lambda job: "started" if job.token == 1 else "resumed",
        worker=worker,
        lease_until=at + lease,
        resumed_at=at,
        blocked_by=None,
        **CLAIMED,
    )
    if claimed is not None:
        begins = {"job_id": job_id, "token": claimed.token, "worker": worker, "started_at": at}
        prepared.run(session, BEGIN_ATTEMPT, begins)
    return claimed


def end_attempt(
    session: Session, job: Job, at: float, came_to: str, error: Exception | None = None, trace: str | None = None
) -> None:
    """Notes what the attempt that held `job` came to."""
    name = None if error is None else error.__class__.__name__
    facts = {"ended_at": at, "came_to": came_to, "error_name": name, "error_trace": trace}
    prepared.run(session, END_ATTEMPT, {"this": job.id, "fence": job.token, **facts})


def extend(session: Session, job_id: str, token: int, until: float) -> State | None:
    """The heartbeat: the lease of this token now lasts until then. Answers the state, or None when fenced out."""
    found = prepared.run(session, _change(IN_HAND, True), {"this": job_id, "fence": token, "lease_until": until})
    return State(found["state"]) if found else None


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
) -> tuple[State, dict[str, Any] | None]:
    """Moves the cursor from `old` to `new`, in the transaction that holds the effects of the batch. Answers the
    state and where the job is to be interrupted.

    Raises FencedOut, and so rolls the batch back, when the job is not this attempt's or stands elsewhere.
    """
    changes = {"updated_at": at, "lease_until": at + lease, **progress}
    if new != old:
        changes |= {"cursor": new, "losses_here": 0}
    values = {"this": job_id, "fence": token, "old": old, **changes}
    found = prepared.run(session, _advance(old is None, new != old), values)
    if found is None:
        raise FencedOut
    return State(found["state"]), found["interrupt_when"]


def begin(session: Session, job_id: str, token: int) -> None:
    """Notes that the hooks for the job's beginning have run. Raises FencedOut."""
    if prepared.run(session, _change(IN_HAND, True), {"this": job_id, "fence": token, "begun": True}) is None:
        raise FencedOut


def set_trigger(session: Session, job_id: str, when: dict[str, Any] | None) -> Job | None:
    """Sets where an unfinished job is to be interrupted. Answers it, None if it is not there or has ended."""
    values = {"this": job_id, "interrupt_when": when}
    return _job(prepared.run(session, _change(UNFINISHED, False, _computed(ONE_MORE_REVISION)), values))


def delivered(session: Session, job_ids: Collection[str], at: float) -> None:
    """Notes that messages for these jobs went out at `at`."""
    session.execute(update(JOBS).where(JOBS.c.id.in_(job_ids)).values(delivered_at=at))


@lru_cache
def _insertion(names: tuple[str, ...], limited: bool) -> ReturningInsert[Any]:
    """Inserts the values `new_<name>`; if `limited`, only while `owner` has less than `limit` active jobs."""
    row = select(*(bindparam(f"new_{name}", type_=JOBS.c[name].type).label(name) for name in names))
    if limited:
        active = select(func.count()).where(JOBS.c.owner_id == bindparam("owner"), is_one_of(ACTIVE))
        row = row.where(active.scalar_subquery() < bindparam("limit"))
    return insert(JOBS).from_select(list(names), row, include_defaults=False).returning(*JOBS.c)


@lru_cache
def _change(starts: Collection[State], fenced: bool, computed: Computed = ()) -> ReturningUpdate[Any]:
    """Changes the job `this` if it is in one of `starts`; answers the whole of it."""
    return _changing(starts, fenced, computed).returning(*JOBS.c)


@lru_cache
def _advance(at_start: bool, moves: bool) -> ReturningUpdate[Any]:
    """Changes the job in hand whose cursor is still `old`, none if it is `at_start`; answers its state and trigger.
    If the cursor `moves`, that is a checkpoint, and is counted.
    """
    unmoved = JOBS.c.cursor.is_(None) if at_start else JOBS.c.cursor == bindparam("old")
    computed = ONE_MORE_REVISION | (ONE_MORE_CHECKPOINT if moves else {})
    change = _changing(IN_HAND, True, _computed(computed)).where(unmoved)
    return change.returning(JOBS.c.state, JOBS.c.interrupt_when)


def _changing(starts: Collection[State], fenced: bool, computed: Computed) -> Update:
    """If `fenced`, only while the token is `fence`. Sets what is `computed`, and what else it is executed with."""
    statement = update(JOBS).where(JOBS.c.id == bindparam("this"), is_one_of(starts))
    if fenced:
        statement = statement.where(JOBS.c.token == bindparam("fence"))
    return statement.values(dict(computed))


def is_one_of(states: Collection[State]) -> ColumnElement[bool]:
    """Whether a job is in one of these states: they are part of the statement, which is so always the same."""
    return JOBS.c.state.in_([literal(state) for state in sorted(states)])


def _computed(changes: dict[str, Any]) -> Computed:
    """Those of the changes that the database works out."""
    return tuple((name, value) for name, value in changes.items() if isinstance(value, ClauseElement))


def _plain(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if not isinstance(value, ClauseElement)}


def _job(row: dict[str, Any] | None) -> Job | None:
    """The job of a whole row, as of now, and of no session."""
    if row is None:
        return None
    job = Job()
    vars(job).update(row)
    make_transient_to_detached(job)
    return job
