"""The history of jobs: one seam where events are recorded, one subscriber that logs them."""

import logging
from typing import cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from . import prepared
from .commits import after_commit
from .models import JobAttempt, JobEvent

log = logging.getLogger("webapp.jobs")

ADD = insert(cast(Table, JobEvent.__table__))

LEVELS = {
    "progressed": logging.DEBUG,
    "retried": logging.WARNING,
    "interrupted": logging.WARNING,
    "failed": logging.ERROR,
    "discarded": logging.ERROR,
}


def record(
    session: Session,
    job_id: str,
    name: str,
    *,
    attempt: int,
    at: float,
    detail: str | None = None,
    by: str | None = None,
) -> None:
    """Adds an event to the history of a job, `by` whoever asked for it; its log line follows the commit."""
    facts = {"job_id": job_id, "at": at, "name": name, "attempt": attempt, "actor": by, "detail": detail}
    prepared.run(session, ADD, facts)
    after_commit(session, lambda: _log(job_id, name, attempt, detail, by))


def history(session: Session, job_id: str, limit: int = 100) -> list[JobEvent]:
    """The newest `limit` events of a job, oldest first."""
    newest = select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id.desc()).limit(limit)
    return list(session.scalars(newest))[::-1]


def attempts_of(session: Session, job_id: str, limit: int = 10) -> tuple[list[JobAttempt], int]:
    """The newest `limit` attempts at a job, newest first, and how many there were."""
    newest = select(JobAttempt).where(JobAttempt.job_id == job_id).order_by(JobAttempt.token.desc()).limit(limit)
    total = session.scalar(select(func.count()).where(JobAttempt.job_id == job_id)) or 0
    return list(session.scalars(newest)), total


def _log(job_id: str, name: str, attempt: int, detail: str | None, by: str | None) -> None:
    """What somebody asked for is nothing to be alarmed at."""
    level = logging.INFO if by else LEVELS.get(name, logging.INFO)
    asked, said = f" by={by}" if by else "", f": {detail}" if detail else ""
    log.log(level, "job %s %s attempt=%d%s%s", job_id, name, attempt, asked, said)
