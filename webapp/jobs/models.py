"""The ledger's tables: the truth about jobs. Moments are floats: seconds since the epoch, UTC."""

from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Ledger(DeclarativeBase):
    """What every table of the kernel is made from; `Ledger.metadata` belongs into your migrations."""

    type_annotation_map = {dict[str, Any]: JSON, Any: JSON, float: Float}


def _of_some(name: str, column: str, *others: str) -> Index:
    """An index of the jobs that have something in its first column: the others, most of them at most times, need not
    be kept up in it whenever they move.
    """
    filled = text(f"{column} IS NOT NULL")
    return Index(name, column, *others, sqlite_where=filled, postgresql_where=filled)


class Job(Ledger):
    """A durable request to run a handler with arguments."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_by_state", "state", "queue", "run_at"),
        Index("jobs_by_owner", "owner_id", "state", "completed_at"),
        Index("jobs_by_subject", "kind", "subject_id", "created_at"),
        Index("jobs_by_age", "created_at", "owner_id", "state"),
        _of_some("jobs_by_limit", "limit_key", "state"),
        _of_some("jobs_by_end", "completed_at"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    handler: Mapped[str] = mapped_column(String(100))
    queue: Mapped[str] = mapped_column(String(50))
    arguments: Mapped[dict[str, Any]]
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[str] = mapped_column(String(50))
    owner_id: Mapped[int | None]

    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(default=1)
    token: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[float | None]
    failures: Mapped[int] = mapped_column(default=0)
    failures_by: Mapped[dict[str, Any]] = mapped_column(default=dict)
    interruptions: Mapped[int] = mapped_column(default=0)
    losses_here: Mapped[int] = mapped_column(default=0)
    begun: Mapped[bool] = mapped_column(default=False)

    limit_key: Mapped[str | None] = mapped_column(String(200))
    blocked_by: Mapped[str | None] = mapped_column(String(16))
    interrupt_when: Mapped[Any | None]

    cursor: Mapped[str | None] = mapped_column(Text)
    checkpoints: Mapped[int] = mapped_column(default=0)
    processed: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    failed_items: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(20), default="rows")
    message: Mapped[str | None] = mapped_column(String(300))
    result: Mapped[Any | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)

    run_at: Mapped[float]
    delivered_at: Mapped[float | None]
    created_at: Mapped[float]
    started_at: Mapped[float | None]
    resumed_at: Mapped[float | None]
    resumed_from: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[float]
    completed_at: Mapped[float | None]


class JobKey(Ledger):
    """A form that was submitted: one key of an owner's makes one job, even after that job is pruned."""

    __tablename__ = "job_keys"

    owner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[float] = mapped_column(index=True)


class JobAttempt(Ledger):
    """One try at a job: who made it, when, and what came of it."""

    __tablename__ = "job_attempts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[str] = mapped_column(String(100))
    started_at: Mapped[float]
    ended_at: Mapped[float | None]
    came_to: Mapped[str | None] = mapped_column(String(20))
    error_name: Mapped[str | None] = mapped_column(String(100))
    error_trace: Mapped[str | None] = mapped_column(Text)


class FailedItem(Ledger):
    """An item of a job that failed while the job went on: what it is called, why it failed, in which attempt."""

    __tablename__ = "job_failed_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    at: Mapped[float]
    attempt: Mapped[int]
    item: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))


class JobEvent(Ledger):
    """A line of a job's history. `actor` is who asked for it, None for what happened by itself."""

    __tablename__ = "job_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    at: Mapped[float]
    name: Mapped[str] = mapped_column(String(20))
    attempt: Mapped[int]
    actor: Mapped[str | None] = mapped_column(String(254))
    detail: Mapped[str | None] = mapped_column(Text)


class JobWorker(Ledger):
    """A consumer that serves a pool, alive as long as it is seen."""

    __tablename__ = "job_workers"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    pool: Mapped[str] = mapped_column(String(50))
    workers: Mapped[int]
    started_at: Mapped[float]
    seen_at: Mapped[float]


class JobQueue(Ledger):
    """A queue that somebody paused: who, when and why."""

    __tablename__ = "job_queues"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    paused_at: Mapped[float]
    paused_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(300))


class JobSchedule(Ledger):
    """A recurring rule: when its handler is enqueued next, and whether it is switched on.

    `rule` is `every SECONDS` or `cron EXPRESSION`; `missed` is `skip` or `run_once`; `declared` rows are kept in step
    with the code. `last_at` is the last time at which it fell due. Its jobs have this title, subject and owner.
    """

    __tablename__ = "job_schedules"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    handler: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]]
    rule: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(50), default="UTC")
    missed: Mapped[str] = mapped_column(String(10), default="skip")
    enabled: Mapped[bool] = mapped_column(default=True)
    declared: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[str] = mapped_column(String(50))
    owner_id: Mapped[int | None]
    next_at: Mapped[float] = mapped_column(index=True)
    last_at: Mapped[float | None]


class JobOccurrence(Ledger):
    """A time at which a schedule fell due, and the job that it made: one row, however many schedulers there are.

    Without a job, `reason` says why there is none.
    """

    __tablename__ = "job_occurrences"

    schedule: Mapped[str] = mapped_column(String(100), primary_key=True)
    due_at: Mapped[float] = mapped_column(primary_key=True, index=True)
    job_id: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
