"""The history of jobs: one seam where events are recorded, one subscriber that logs them."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from .commits import after_commit
from .models import JobEvent

log = logging.getLogger("webapp.jobs")

LEVELS = {
    "progressed": logging.DEBUG,
    "retried": logging.WARNING,
    "interrupted": logging.WARNING,
    "failed": logging.ERROR,
    "discarded": logging.ERROR,
}


def record(session: Session, job_id: str, name: str, *, attempt: int, at: float, detail: str | None = None) -> None:
    """Adds an event to the history of a job; its log line follows the commit."""
    session.add(JobEvent(job_id=job_id, at=at, name=name, attempt=attempt, detail=detail))
    after_commit(session, lambda: _log(job_id, name, attempt, detail))


def history(session: Session, job_id: str, limit: int = 100) -> list[JobEvent]:
    """The newest `limit` events of a job, oldest first."""
    newest = select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id.desc()).limit(limit)
    return list(session.scalars(newest))[::-1]


def _log(job_id: str, name: str, attempt: int, detail: str | None) -> None:
    level, said = LEVELS.get(name, logging.INFO), f": {detail}" if detail else ""
    log.log(level, "job %s %s attempt=%d%s", job_id, name, attempt, said)
