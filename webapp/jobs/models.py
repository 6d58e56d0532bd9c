"""The ledger's tables: the truth about jobs. Moments are floats: seconds since the epoch, UTC."""

from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Ledger(DeclarativeBase):
    """What every table of the kernel is made from; `Ledger.metadata` belongs into your migrations."""

    type_annotation_map = {dict[str, Any]: JSON, Any: JSON, float: Float}


class Job(Ledger):
    """A durable request to run a handler with arguments."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("owner_id", "submission_key"),
        Index("jobs_by_state", "state", "run_at"),
        Index("jobs_by_owner", "owner_id", "state"),
        Index("jobs_by_subject", "kind", "subject_id", "created_at"),
        Index("jobs_by_age", "created_at"),
        Index("jobs_by_change", "updated_at"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    handler: Mapped[str] = mapped_column(String(100))
    queue: Mapped[str] = mapped_column(String(50))
    arguments: Mapped[dict[str, Any]]
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(50))
    subject_id: Mapped[str] = mapped_column(String(50))
    owner_id: Mapped[int | None]
    submission_key: Mapped[str | None] = mapped_column(String(64))

    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(default=1)
    token: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[float | None]
    failures: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0)
    losses_here: Mapped[int] = mapped_column(default=0)

    cursor: Mapped[str | None] = mapped_column(Text)
    processed: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
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


class JobEvent(Ledger):
    """A line of a job's history."""

    __tablename__ = "job_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    at: Mapped[float]
    name: Mapped[str] = mapped_column(String(20))
    attempt: Mapped[int]
    detail: Mapped[str | None] = mapped_column(Text)


class JobWorker(Ledger):
    """A consumer that serves a pool, alive as long as it is seen."""

    __tablename__ = "job_workers"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    pool: Mapped[str] = mapped_column(String(50))
    workers: Mapped[int]
    started_at: Mapped[float]
    seen_at: Mapped[float]
